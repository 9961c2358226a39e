import type { TimeName } from '../model/lines.ts';
import type { Quantiles, Saturation, Totals, VerdictResult } from '../model/result.ts';
import type { Threshold } from '../model/workload.ts';
import { meanOf, MEMORY, seriesNamed } from './saturation.ts';

export interface Measured {
  totals: Totals;
  saturation: readonly Saturation[];
}

/** Each threshold against what was measured over all processes together. What was not measured is not met. */
export function judge(thresholds: readonly Threshold[], measured: Measured): VerdictResult[] {
  return thresholds.map(({ metric, atMost, atLeast, because }) => {
    const reading = readingOf(metric, measured);
    const { value, unit } = reading;
    const met =
      value !== undefined &&
      (atMost === undefined || value <= atMost) &&
      (atLeast === undefined || value >= atLeast);
    const bounds = [
      ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
      ...(atMost === undefined ? [] : [`at most ${atMost}`]),
    ];
    const goal = `${bounds.join(', ')} ${unit}`;
    return { metric, goal, ...(value === undefined ? {} : { value }), unit, met, because };
  });
}

interface Reading {
  value?: number | undefined;
  unit: string;
}

/** Throws on a metric that there is not: a verdict that judges nothing must not pass for one. */
export function readingOf(metric: string, { totals, saturation }: Measured): Reading {
  const time = timeOf(metric);
  if (time) return { value: totals.times[time.name]?.[time.at], unit: 'ms' };
  if (metric.startsWith('share.')) {
    const answers = Object.values(totals.outcomes).reduce((a, b) => a + b, 0);
    return { value: percentOf(totals.outcomes[metric.slice('share.'.length)] ?? 0, answers), unit: '%' };
  }
  if (metric === 'answered.ofOffered')
    return { value: percentOf(totals.answered, totals.offered), unit: '%' };
  if (metric.startsWith('memory.growth.'))
    return { value: growthOf(saturation, metric.slice('memory.growth.'.length)), unit: '%' };
  throw new Error(`there is no metric ${metric} to judge`);
}

const TIME =
  /^(grab\.(?:open|soldOut|duplicate|refused|failed)|send|push|settlement|late|connect|reconnect)\.(p50|p95|p99|p999)$/;

export function timeOf(metric: string): { name: TimeName; at: keyof Quantiles } | undefined {
  const [, name, at] = TIME.exec(metric) ?? [];
  return name === undefined ? undefined : { name: name as TimeName, at: at as keyof Quantiles };
}

/** From the first fifth of the run to the last. */
function growthOf(saturation: readonly Saturation[], process: string): number | undefined {
  const values = seriesNamed(saturation, process, MEMORY)?.values ?? [];
  const fifth = Math.floor(values.length / 5);
  if (fifth === 0) return undefined;
  const [first, last] = [meanOf(values.slice(0, fifth)), meanOf(values.slice(-fifth))];
  return first && last ? (last / first - 1) * 100 : undefined;
}

const percentOf = (part: number, whole: number) => (whole > 0 ? (part / whole) * 100 : undefined);
