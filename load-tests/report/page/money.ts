import type { Money } from '../../model/result.ts';
import { el, section, table, verdictMark, type Child } from './dom.ts';
import { count, some, yuan } from './format.ts';
import type { ReportData } from './report-data.ts';

/** A bar of the balance, from one amount to another, out of what was funded. */
function bar(kind: string, from: number, to: number, whole: number): HTMLElement {
  const place = (amount: number) => (whole > 0 ? Math.min(100, Math.max(0, (100 * amount) / whole)) : 0);
  const fill = el('span', { class: `bar-fill ${kind}` });
  // Through the object, not the attribute, which the page's own content policy forbids.
  fill.style.marginLeft = `${place(from)}%`;
  fill.style.width = `${place(to) - place(from)}%`;
  return el('span', { class: 'bar', 'aria-hidden': 'true' }, fill);
}

interface BalanceRow {
  name: string;
  kind: string;
  from: number;
  to: number;
  amount: number;
  of: string;
}

function balance({ packets, funded, claimed, refunded }: Money): HTMLElement {
  const left = funded - claimed.amount - refunded;
  const rows: BalanceRow[] = [
    { name: 'Funded', kind: 'funded', from: 0, to: funded, amount: funded, of: some(packets, 'packet') },
    {
      name: 'Claimed',
      kind: 'claimed',
      from: 0,
      to: claimed.amount,
      amount: claimed.amount,
      of: some(claimed.count, 'claim'),
    },
    {
      name: 'Refunded',
      kind: 'refunded',
      from: claimed.amount,
      to: claimed.amount + refunded,
      amount: refunded,
      of: 'not taken',
    },
  ];
  return el(
    'dl',
    { class: 'balance' },
    rows.map(({ name, kind, from, to, amount, of }) =>
      el(
        'div',
        {},
        el('dt', {}, name),
        el('dd', { class: 'bar-cell' }, bar(kind, from, to, funded)),
        el('dd', { class: 'amount' }, yuan(amount)),
        el('dd', { class: 'of' }, of),
      ),
    ),
    el(
      'div',
      { class: 'rest' },
      el('dt', {}, 'Left over'),
      el('dd', { class: 'bar-cell' }, 'funded − claimed − refunded'),
      el('dd', { class: 'amount' }, yuan(left)),
      el(
        'dd',
        { class: 'of' },
        left === 0 ? verdictMark(true, 'exact') : verdictMark(false, 'not accounted for'),
      ),
    ),
  );
}

/** What people were told against what the service has. */
function told({ acknowledged, claimed, unheard, unknown }: Money): HTMLElement {
  const row = (name: string, about: string, n: number, amount: number): Child[] => [
    [name, el('span', { class: 'about' }, about)],
    count(n),
    yuan(amount),
  ];
  return table(
    'What people were told, and what the service has',
    [{ head: 'Wins' }, { head: 'Count', figures: true }, { head: 'Amount', figures: true }],
    [
      row('Acknowledged to people', 'each must be a claim', acknowledged.count, acknowledged.amount),
      row(
        'Claims nobody heard of',
        `at most as many as grabs without an answer: ${count(unknown)}`,
        unheard,
        claimed.amount - acknowledged.amount,
      ),
      row('Claims in the service', 'of all packets of the run', claimed.count, claimed.amount),
    ],
  );
}

function audit({ audit: { ran, ok, checked, broken, why } }: Money): HTMLElement {
  const figures = Object.entries(checked ?? {}).map(([what, n]) => `${what} ${count(n)}`);
  return el(
    'li',
    {},
    verdictMark(ran && ok, 'audit'),
    el(
      'span',
      { class: 'detail' },
      ran
        ? ok
          ? 'Ledger, balances and packets read through; nothing broken.'
          : `${some(broken.length, 'finding')}.`
        : 'It did not run.',
      why !== undefined && ` ${why}`,
      figures.length > 0 && ` Checked: ${figures.join(', ')}.`,
      broken.length > 0 &&
        el(
          'pre',
          { tabindex: 0 },
          broken.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n'),
        ),
    ),
  );
}

export function money({ result, earlier }: ReportData): HTMLElement {
  const { money: now } = result;
  return section(
    'money',
    'Does the money add up?',
    el(
      'p',
      { class: 'lead' },
      verdictMark(now.ok, now.ok ? 'Yes, to the fen.' : 'No, or not all of it could be checked.'),
      earlier && el('span', { class: 'aside' }, earlier.money.ok ? 'Earlier: yes.' : 'Earlier: no.'),
    ),
    balance(now),
    told(now),
    el(
      'ul',
      { class: 'checks', 'aria-label': 'Checks' },
      now.checks.map(({ name, ok, detail }) =>
        el('li', {}, verdictMark(ok, name), el('span', { class: 'detail' }, detail)),
      ),
      audit(now),
    ),
  );
}
