import type { QuantileSeries, Result, TimedThing } from '../../model/result.ts';
import {
  chartOf,
  logRange,
  type ChartGroup,
  type ChartPlan,
  type Guide,
  type Line,
  type Tone,
} from './chart-plan.ts';
import { ms, shortMs } from './format.ts';
import type { ReportData } from './report-data.ts';
import { QUANTILE_NAMES, QUANTILES, THINGS, type Quantile } from './words.ts';

const LOOKS: Record<Quantile, { tone: Tone; width: number; dash?: number[] }> = {
  p50: { tone: 'sky', width: 1.25 },
  p95: { tone: 'teal', width: 1.25, dash: [6, 3] },
  p99: { tone: 'orange', width: 2 },
  p999: { tone: 'purple', width: 1.25, dash: [2, 2] },
};
/** Of an earlier run only these are drawn at first: eight lines in one chart are no comparison. */
const EARLIER_AT_FIRST: Quantile[] = ['p50', 'p99'];

function quantileLines(series: QuantileSeries, whole: Partial<Record<Quantile, number>> | undefined): Line[] {
  return QUANTILES.map((quantile) => ({
    name: QUANTILE_NAMES[quantile],
    values: series[quantile],
    ...LOOKS[quantile],
    rest: whole?.[quantile] === undefined ? '' : ms(whole[quantile]),
  }));
}

function earlierLines(series: QuantileSeries, whole: Partial<Record<Quantile, number>> | undefined): Line[] {
  return quantileLines(series, whole).map((line, n) => ({
    ...line,
    name: `${line.name} earlier`,
    pale: true,
    width: 1.25,
    dash: [3, 3],
    hidden: !EARLIER_AT_FIRST.includes(QUANTILES[n]!),
  }));
}

/** Where the run was to end: drawn in the chart of the time that it is of. */
function guidesOf({ breakpoint }: Result, thing: TimedThing): Guide[] {
  if (!breakpoint?.metric.startsWith(`${thing}.p`)) return [];
  return [{ at: breakpoint.atMost, label: `at most ${ms(breakpoint.atMost)}` }];
}

export function timeChart(
  { result, earlier }: ReportData,
  thing: TimedThing,
  size: ChartPlan['size'],
  range?: [number, number],
): ChartPlan[] {
  const series = result.series.times[thing];
  if (!series) return [];
  const before = earlier?.series.times[thing];
  const lines = [
    ...quantileLines(series, result.totals.times[thing]),
    ...(before ? earlierLines(before, earlier?.totals.times[thing]) : []),
  ];
  const guides = guidesOf(result, thing);
  const own = logRange([...lines.map(({ values }) => values), guides.map(({ at }) => at)]);
  return chartOf({
    id: `time-${thing}`,
    title: thing.startsWith('grab.') ? `Grab: ${THINGS[thing].name.toLowerCase()}` : THINGS[thing].name,
    note: THINGS[thing].about,
    as: 'line',
    size,
    show: ms,
    short: shortMs,
    log: true,
    range: range ?? own ?? [1, 10],
    lines,
    guides,
  });
}

const APART: TimedThing[] = ['grab.open', 'grab.soldOut', 'grab.duplicate'];
const REFUSED: TimedThing = 'grab.refused';
const OTHERS: TimedThing[] = ['push', 'settlement', 'send', 'connect', 'reconnect'];

export function timeGroups(data: ReportData): ChartGroup[] {
  const { result, earlier } = data;
  // What failed waited for its deadline: on its scale the others would lie flat.
  const range = logRange(
    [...APART, REFUSED].flatMap((thing) => [
      guidesOf(result, thing).map(({ at }) => at),
      ...[result.series.times[thing], earlier?.series.times[thing]].flatMap((series) =>
        series ? QUANTILES.map((quantile) => series[quantile]) : [],
      ),
    ]),
  );
  return [
    {
      id: 'grab-times',
      title: 'How long a grab took',
      about:
        'From the instant the tap was due to its answer. Kinds of traffic that cost differently stand apart, on the same logarithmic scale (those that failed on their own); the figures beside the names are of the whole run.',
      charts: [
        ...[...APART, REFUSED].flatMap((thing) => timeChart(data, thing, 'third', range)),
        ...timeChart(data, 'grab.failed', 'third'),
      ],
    },
    {
      id: 'other-times',
      title: 'How long the rest took',
      charts: OTHERS.flatMap((thing) => timeChart(data, thing, 'third')),
    },
  ];
}
