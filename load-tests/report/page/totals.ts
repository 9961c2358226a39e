import type { TimedThing } from '../../model/result.ts';
import { SAME_QUANTILE_WITHIN } from './change.ts';
import { el, section, table, type Child, type Column } from './dom.ts';
import { changeLine } from './figures.ts';
import { count, ms, NOTHING, percent } from './format.ts';
import type { ReportData } from './report-data.ts';
import { byOutcome, OUTCOMES, QUANTILE_NAMES, QUANTILES, THINGS } from './words.ts';

function times({ result, earlier }: ReportData): HTMLElement {
  const things = (Object.keys(THINGS) as TimedThing[]).filter((thing) => result.totals.times[thing]);
  const columns: Column[] = [
    { head: 'Time of' },
    { head: 'Count', figures: true },
    ...QUANTILES.map((quantile) => ({ head: QUANTILE_NAMES[quantile], figures: true })),
  ];
  const row = (thing: TimedThing): Child[] => {
    const [now, was] = [result.totals.times[thing]!, earlier?.totals.times[thing]];
    const changed = earlier !== undefined;
    return [
      [
        thing.startsWith('grab.') ? `Grab: ${THINGS[thing].name.toLowerCase()}` : THINGS[thing].name,
        el('span', { class: 'about' }, THINGS[thing].about),
      ],
      [count(now.count), changed && changeLine(now.count, was?.count, count, 'neither')],
      ...QUANTILES.map((quantile) => [
        ms(now[quantile]),
        changed && changeLine(now[quantile], was?.[quantile], ms, 'less', SAME_QUANTILE_WITHIN),
      ]),
    ];
  };
  return table('Times by kind of traffic', columns, things.map(row));
}

/** Things counted, most first or in the order given, each with its part of the whole. */
function counted(
  data: ReportData,
  title: string,
  head: string,
  kind: 'outcomes' | 'errors' | 'pushes',
  about: (word: string) => string,
  order: (a: string, b: string) => number,
): HTMLElement | null {
  const { result, earlier } = data;
  const all = result.totals[kind];
  const words = Object.keys({ ...earlier?.totals[kind], ...all })
    .filter((word) => (all[word] ?? 0) > 0 || (earlier?.totals[kind][word] ?? 0) > 0)
    .toSorted(order);
  if (words.length === 0) return null;
  const sum = Object.values(all).reduce((total, n) => total + n, 0);
  return el(
    'div',
    { class: 'counted' },
    el('h3', {}, title),
    table(
      title,
      [
        { head: head },
        { head: 'Count', figures: true },
        { head: 'Part', figures: true },
        ...(earlier ? [{ head: 'Earlier', figures: true }] : []),
      ],
      words.map((word) => [
        [el('code', {}, word), about(word) ? el('span', { class: 'about' }, about(word)) : null],
        count(all[word] ?? 0),
        sum > 0 ? percent((100 * (all[word] ?? 0)) / sum) : NOTHING,
        ...(earlier ? [count(earlier.totals[kind][word] ?? 0)] : []),
      ]),
    ),
  );
}

export function totals(data: ReportData): HTMLElement {
  const { totals: all } = data.result;
  const mostFirst = (kind: 'errors' | 'pushes') => (a: string, b: string) =>
    (all[kind][b] ?? 0) - (all[kind][a] ?? 0);
  const said =
    all.sends > 0 &&
    el(
      'p',
      {},
      `Sends: ${count(all.sends)} were due and ${count(all.sent)} were answered with a packet; ${count(all.offered / all.sends)} grabs were offered to each send.`,
    );
  return section(
    'totals',
    'The whole run',
    said || null,
    el('div', { id: 'times' }, times(data)),
    el(
      'div',
      { class: 'side-by-side' },
      counted(data, 'Outcomes of grabs', 'Outcome', 'outcomes', (word) => OUTCOMES[word] ?? '', byOutcome),
      counted(data, 'Errors by code', 'Code', 'errors', () => '', mostFirst('errors')),
      counted(data, 'Pushes heard', 'Event', 'pushes', () => '', mostFirst('pushes')),
    ),
  );
}
