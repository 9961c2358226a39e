import type { Result } from '../../model/result.ts';
import { changeOf, SAME_QUANTILE_WITHIN, SAME_WITHIN, type Better } from './change.ts';
import { el, section, type Child } from './dom.ts';
import { count, ms, NOTHING, percent, perSecond, some, yuan } from './format.ts';
import type { Earlier, ReportData } from './report-data.ts';

/** What is read off a run, for this one and the earlier one alike. */
interface Figure {
  name: string;
  of: (run: Result | Earlier) => number | undefined;
  show: (value: number) => string;
  better: Better;
  sameWithin?: number;
  /** Under it, in small letters. */
  beside: (run: Result) => Child;
  tone?: string;
}

const p99 = (traffic: 'open' | 'soldOut' | 'duplicate', name: string, tone: string): Figure => ({
  name: `p99 ${name}`,
  of: ({ totals }) => totals.times[`grab.${traffic}`]?.p99,
  show: ms,
  better: 'less',
  sameWithin: SAME_QUANTILE_WITHIN,
  beside: ({ totals }) => {
    const times = totals.times[`grab.${traffic}`];
    return times ? `p50 ${ms(times.p50)}, of ${some(times.count, 'grab')}` : 'none in this run';
  },
  tone,
});

const FIGURES: Figure[] = [
  {
    name: 'Grabs offered',
    of: ({ totals }) => totals.offered,
    show: count,
    better: 'neither',
    beside: ({ totals, seconds }) => `${perSecond(totals.offered / Math.max(1, seconds))} on average`,
  },
  {
    name: 'Grabs answered',
    of: ({ totals }) => totals.answered,
    show: count,
    better: 'neither',
    beside: ({ totals }) =>
      totals.offered > 0 ? `${percent((100 * totals.answered) / totals.offered)} of those offered` : '',
  },
  {
    name: 'Peak answered',
    of: ({ totals }) => totals.peak.second,
    show: perSecond,
    better: 'more',
    beside: ({ totals }) => `best 10 s in a row: ${perSecond(totals.peak.tenSeconds)}`,
  },
  {
    name: 'Won',
    of: ({ money }) => money.acknowledged.amount,
    show: yuan,
    better: 'neither',
    beside: ({ money }) => `${some(money.acknowledged.count, 'win')} told to people`,
  },
  p99('open', 'open', 'teal'),
  p99('soldOut', 'sold out', 'blue'),
  p99('duplicate', 'duplicate', 'purple'),
  {
    name: 'People connected',
    of: ({ people }) => people.connected,
    show: count,
    better: 'more',
    beside: ({ people }) => {
      const failed = Object.values(people.failed).reduce((sum, n) => sum + n, 0);
      return `${count(people.watchers)} only watch; ${failed === 0 ? 'none failed' : `${count(failed)} failed`}`;
    },
  },
];

export function changeLine(
  now: number | undefined,
  was: number | undefined,
  show: (value: number) => string,
  better: Better,
  sameWithin = SAME_WITHIN,
): HTMLElement {
  if (was === undefined) return el('span', { class: 'change other' }, 'nothing earlier');
  if (now === undefined) return el('span', { class: 'change other' }, `was ${show(was)}`);
  const { tone, says } = changeOf(now, was, better, sameWithin);
  return el(
    'span',
    { class: `change ${tone}` },
    `was ${show(was)}: `,
    el('span', { class: 'change-says' }, says),
  );
}

export function figures({ result, earlier }: ReportData): HTMLElement {
  return section(
    'figures',
    'Key figures',
    el(
      'dl',
      { class: 'figures-grid' },
      FIGURES.map(({ name, of, show, better, sameWithin, beside, tone }) => {
        const now = of(result);
        return el(
          'div',
          { class: `figure ${tone ? `tone-${tone}` : ''}` },
          el('dt', {}, name),
          el('dd', { class: 'value' }, now === undefined ? NOTHING : show(now)),
          el('dd', { class: 'beside' }, beside(result)),
          earlier && el('dd', {}, changeLine(now, of(earlier), show, better, sameWithin)),
        );
      }),
    ),
  );
}
