import type { Result } from '../../model/result.ts';
import {
  chartOf,
  highest,
  type ChartGroup,
  type ChartPlan,
  type Line,
  type Tone,
  type Values,
} from './chart-plan.ts';
import { clock, count, perSecond, short, some } from './format.ts';
import type { ReportData } from './report-data.ts';
import { byOutcome } from './words.ts';

const peakOf = (values: Values) => `peak ${perSecond(highest(values)?.value ?? 0)}`;
const totalOf = (values: Values) => count(values.reduce<number>((sum, value) => sum + (value ?? 0), 0));

/** The most grabs that were due and had no answer at the end of a second, and in which second that was. */
export function mostWaiting({ offered, answered }: Result['series']): { waiting: number; second: number } {
  let [now, waiting, second] = [0, 0, 0];
  for (const [s, due] of offered.entries()) {
    now += due - (answered[s] ?? 0);
    if (now > waiting) [waiting, second] = [now, s];
  }
  return { waiting, second };
}

function load({ result, earlier }: ReportData): ChartPlan[] {
  const { offered, answered, sends, sent } = result.series;
  const { waiting, second } = mostWaiting(result.series);
  const line = (name: string, values: number[], looks: Partial<Line> & { tone: Tone }): Line => ({
    name,
    values,
    rest: peakOf(values),
    ...looks,
  });
  return chartOf({
    id: 'load',
    title: 'Offered and answered, each second',
    note:
      waiting > 0
        ? `At most ${some(waiting, 'grab')} waited for an answer at the end of a second, at ${clock(second)}.`
        : 'No grab waited for its answer beyond its own second.',
    as: 'steps',
    size: 'wide',
    tall: true,
    show: perSecond,
    short,
    gapTinted: true,
    lines: [
      line('Grabs offered', offered, { tone: 'ink', width: 1.5, dash: [5, 3] }),
      line('Grabs answered', answered, { tone: 'blue', width: 1.5, fill: 'soft' }),
      line('Sends due', sends, { tone: 'amber', dash: [2, 3], width: 1.5 }),
      line('Sends done', sent, { tone: 'amber', width: 1.5 }),
      ...(earlier
        ? [
            line('Answered earlier', earlier.series.answered, {
              tone: 'blue',
              pale: true,
              dash: [3, 3],
              width: 1.25,
            }),
          ]
        : []),
    ],
  });
}

const OUTCOME_TONES: Record<string, Tone> = {
  won: 'teal',
  already: 'purple',
  empty: 'blue',
  closed: 'sky',
  not_eligible: 'amber',
  not_open: 'grey',
  busy: 'orange',
  error: 'red',
  unknown: 'ink',
};
const BAD = new Set(['busy', 'error', 'unknown']);
/** Without red, which is for what went wrong, and without ink, which is for what was asked. */
const TONES: Tone[] = ['blue', 'orange', 'teal', 'purple', 'amber', 'sky', 'pink', 'green'];
export const toneAt = (n: number): Tone => TONES[n % TONES.length]!;
const DASHES: (number[] | undefined)[] = [undefined, [6, 3], [2, 2], [8, 3, 2, 3], [1, 3], [12, 4]];
export const dashAt = (n: number): number[] | undefined => DASHES[n % DASHES.length];

function outcomes({ series }: Result): ChartPlan[] {
  return chartOf({
    id: 'outcomes',
    title: 'What grabs heard, each second',
    as: 'stack',
    size: 'wide',
    show: perSecond,
    short,
    lines: Object.keys(series.outcomes)
      .toSorted(byOutcome)
      .map((word, n) => ({
        name: word,
        values: series.outcomes[word]!,
        tone: OUTCOME_TONES[word] ?? toneAt(n),
        fill: BAD.has(word) ? 'hatched' : 'full',
        rest: totalOf(series.outcomes[word]!),
      })),
  });
}

function byName(
  id: string,
  title: string,
  all: Record<string, number[]>,
  looks: { as: 'stack' | 'steps'; note?: string },
): ChartPlan[] {
  return chartOf({
    id,
    title,
    ...looks,
    size: 'half',
    show: perSecond,
    short,
    lines: Object.keys(all)
      .toSorted((a, b) => a.localeCompare(b))
      .map((name, n) => ({
        name,
        values: all[name]!,
        tone: toneAt(n),
        ...(looks.as === 'stack' ? { fill: n % 2 ? 'hatched' : 'full' } : { dash: dashAt(n), width: 1.5 }),
        rest: totalOf(all[name]!),
      })),
  });
}

function sockets({ series }: Result): ChartPlan[] {
  return chartOf({
    id: 'sockets',
    title: 'Sockets connected',
    as: 'line',
    size: 'half',
    show: count,
    short,
    lines: [
      {
        name: 'Connected',
        values: series.sockets,
        tone: 'blue',
        width: 1.5,
        fill: 'soft',
        rest: `most ${count(highest(series.sockets)?.value ?? 0)}`,
      },
    ],
  });
}

export function loadGroup(data: ReportData): ChartGroup {
  return {
    id: 'asked',
    title: 'Asked and answered',
    charts: [...load(data), ...outcomes(data.result)],
  };
}

export function heardGroup({ result }: ReportData): ChartGroup {
  return {
    id: 'heard',
    title: 'Errors, pushes and sockets',
    charts: [
      ...byName('errors', 'Errors by code, each second', result.series.errors, { as: 'stack' }),
      ...byName('pushes', 'Pushes heard, each second', result.series.pushes, { as: 'steps' }),
      ...sockets(result),
    ],
  };
}
