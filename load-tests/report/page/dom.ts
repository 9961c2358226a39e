export type Child = Node | string | number | false | null | undefined | Child[];

/** Attributes by name; true writes an empty one, false and undefined none. */
export type Attributes = Record<string, string | number | boolean | undefined>;

/**
 * The only way in which anything gets onto the page. Strings become text, never markup: titles, reasons and error codes
 * come from the service, and it is not asked to be kind.
 */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : String(value));
  append(node, children);
  return node;
}

function append(node: Node, children: Child[]): void {
  for (const child of children) {
    if (child === false || child === null || child === undefined) continue;
    if (Array.isArray(child)) append(node, child);
    else node.appendChild(typeof child === 'object' ? child : document.createTextNode(String(child)));
  }
}

/** A word that is good or bad news, with a sign beside it: never by colour alone. */
export function verdictMark(good: boolean, says: string): HTMLElement {
  return el(
    'span',
    { class: `mark ${good ? 'good' : 'bad'}` },
    el('span', { class: 'sign', 'aria-hidden': 'true' }, good ? '✓' : '✕'),
    says,
  );
}

export interface Column {
  head: string;
  /** To the right, in figures of one width. */
  figures?: boolean;
}

/** A real table, which scrolls by itself where the screen is narrow, and can then be reached by the keyboard. */
export function table(caption: string, columns: Column[], rows: Child[][]): HTMLElement {
  const cell = (child: Child, n: number) =>
    n === 0
      ? el('th', { scope: 'row' }, child)
      : el('td', { class: columns[n]?.figures ? 'figures' : undefined }, child);
  return el(
    'div',
    { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    el(
      'table',
      {},
      el('caption', { class: 'visually-hidden' }, caption),
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          columns.map(({ head, figures }) =>
            el('th', { scope: 'col', class: figures ? 'figures' : undefined }, head),
          ),
        ),
      ),
      el(
        'tbody',
        {},
        rows.map((row) => el('tr', {}, row.map(cell))),
      ),
    ),
  );
}

export function section(id: string, title: string, ...children: Child[]): HTMLElement {
  return el(
    'section',
    { id, 'aria-labelledby': `${id}-title` },
    el('h2', { id: `${id}-title` }, title),
    ...children,
  );
}
