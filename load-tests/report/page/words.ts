import type { TimedThing } from '../../model/result.ts';

/** What a time is of, and from when to when. */
export const THINGS: Record<TimedThing, { name: string; about: string }> = {
  'grab.open': { name: 'Open', about: 'the grab won a share' },
  'grab.soldOut': { name: 'Sold out', about: 'the grab heard empty or closed' },
  'grab.duplicate': { name: 'Duplicate', about: 'the grab heard already' },
  'grab.refused': { name: 'Refused', about: 'the grab heard not_eligible or not_open' },
  'grab.failed': { name: 'Failed', about: 'the grab heard busy, an error, or nothing' },
  send: { name: 'Send', about: 'from a send being due to its answer' },
  push: { name: 'Push', about: 'from a packet’s opening to a person hearing of it' },
  settlement: { name: 'Settlement', about: 'from hearing won to hearing that the wallet has it' },
  late: { name: 'k6’s lateness', about: 'from due to written by k6: its own delay, not the service’s' },
  connect: { name: 'Connect', about: 'from the attempt to being signed in and joined' },
  reconnect: { name: 'Reconnect', about: 'from the cut to being signed in and joined again' },
};

export const QUANTILES = ['p50', 'p95', 'p99', 'p999'] as const;
export type Quantile = (typeof QUANTILES)[number];
export const QUANTILE_NAMES: Record<Quantile, string> = {
  p50: 'p50',
  p95: 'p95',
  p99: 'p99',
  p999: 'p99.9',
};

/** In the order in which they are stacked, best at the bottom. */
export const OUTCOMES: Record<string, string> = {
  won: 'won a share',
  already: 'had won this packet before',
  empty: 'all shares were taken',
  closed: 'the packet was over',
  not_eligible: 'not for this person, or a gate was not met',
  not_open: 'came before it opened',
  busy: 'told to come back later',
  error: 'refused with an error code',
  unknown: 'no answer in time, or cut off: won or not, nobody knows',
};

export function byOutcome(a: string, b: string): number {
  const order = Object.keys(OUTCOMES);
  const place = (word: string) => (order.includes(word) ? order.indexOf(word) : order.length);
  return place(a) - place(b) || a.localeCompare(b);
}

export const isTimed = (thing: string): thing is TimedThing => thing in THINGS;

/** A metric of a verdict, said; what has another form is left as it is. */
export function metricWords(metric: string): string {
  const quantile = /^(.+)\.p(50|95|99|999)$/.exec(metric);
  if (quantile && isTimed(quantile[1]!)) {
    const { name } = THINGS[quantile[1]];
    const p = `p${quantile[2] === '999' ? '99.9' : quantile[2]}`;
    return quantile[1].startsWith('grab.')
      ? `${p} of ${name.toLowerCase()} grabs`
      : `${p} of ${inside(name)}`;
  }
  if (metric === 'answered.ofOffered') return 'grabs answered, of those offered';
  const [head, ...rest] = metric.split('.');
  if (head === 'share') return `answers that were ${rest.join('.')}`;
  if (head === 'memory' && rest[0] === 'growth') return `growth of ${rest.slice(1).join('.')}’s memory`;
  return metric;
}

/** Times are in milliseconds, all else in percent. */
export const metricUnit = (metric: string): 'ms' | '%' => (/\.p\d+$/.test(metric) ? 'ms' : '%');

const inside = (name: string) => (name.startsWith('k6') ? name : name.toLowerCase());
