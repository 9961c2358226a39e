import { countOf, quantile } from '../model/histogram.ts';
import { TRAFFIC } from '../model/lines.ts';
import type { Bottleneck, Saturation } from '../model/result.ts';
import type { Merged } from './merge.ts';
import { CPU, fullestIn, K6, MACHINE, meanOf } from './saturation.ts';
import { allTimes } from './series.ts';

/** Below this k6's own delay changes no reading of a latency. */
const LATE_MS_MIN = 5;
/** Of the p99 of all grabs: from here on what is measured is k6 to a good part. */
const LATE_SHARE = 0.25;
/** Of what its CPU allows, in at least one in ten seconds of the load. */
const FULL = 0.95;
const FULL_SECONDS_SHARE = 0.1;

/** Whether the figures are the service's or k6's own. `saturation` has k6 and the machine only where k6 runs beside us. */
export function bottleneckOf(merged: Merged, saturation: readonly Saturation[], seconds: number): Bottleneck {
  const late = quantile(allTimes(merged, 'late'), 0.99);
  const grabs = allTimes(merged, ...TRAFFIC.map((kind) => `grab.${kind}` as const));
  const p99 = quantile(grabs, 0.99);
  const fullest = fullestIn(saturation, 0, seconds);
  const k6Cpu = cpuOf(saturation, (process) => process.startsWith(K6));
  const machine = cpuOf(saturation, (process) => process === MACHINE);

  const lateAgainst =
    late !== undefined && p99 !== undefined && late >= Math.max(LATE_MS_MIN, LATE_SHARE * p99);
  const k6Full = k6Cpu !== undefined && k6Cpu.fullShare >= FULL_SECONDS_SHARE;
  const machineFull = machine !== undefined && machine.fullShare >= FULL_SECONDS_SHARE;
  const reasons = [
    ...(lateAgainst ? [`k6 was late itself: p99 ${ms(late)} beside a grab's p99 of ${ms(p99)}`] : []),
    ...(k6Full ? [`k6 used all the CPU it can (${percent(k6Cpu.mean)} of a core in the mean)`] : []),
    ...(machineFull
      ? [
          `the machine had no core left in ${percent(machine.fullShare * 100)} of the seconds, k6 and the service share it`,
        ]
      : []),
  ];
  const figures = [
    ...(late === undefined || countOf(grabs) === 0
      ? []
      : [`k6 was late by ${ms(late)} at p99, a grab took ${ms(p99!)}`]),
    ...(k6Cpu ? [`k6 used ${percent(k6Cpu.mean)} of a core`] : []),
    ...(machine ? [`the machine ${percent(machine.mean)} of ${percent(machine.full)}`] : []),
  ];
  const fullestSays = fullest
    ? ` Of the service the fullest was ${fullest.process}, with ${percent(fullest.cpuPercentOfCore)} of a core in the mean.`
    : '';
  const k6 = reasons.length > 0;
  const says = k6
    ? `The load side was at its limit, so latencies are partly its own: ${reasons.join('; ')}.${fullestSays}`
    : `k6 was not the bottleneck${figures.length > 0 ? `: ${figures.join(', ')}` : ''}.${fullestSays}`;
  return {
    k6,
    says,
    ...(fullest && { fullest: { process: fullest.process, cpuPercentOfCore: fullest.cpuPercentOfCore } }),
  };
}

/** Of all those processes together: the mean, and in what share of the seconds they were full. */
function cpuOf(saturation: readonly Saturation[], which: (process: string) => boolean) {
  const lines = saturation
    .filter(({ process }) => which(process))
    .flatMap(({ series }) => series.filter(({ name }) => name === CPU));
  const [first] = lines;
  if (!first) return undefined;
  const sums = first.values.flatMap((_, s) => {
    const values = lines.map((line) => line.values[s] ?? null);
    return values.every((value) => value === null) ? [] : [values.reduce<number>((a, b) => a + (b ?? 0), 0)];
  });
  const full = first.full ?? 100;
  const fullSeconds = sums.filter((sum) => sum >= FULL * full).length;
  return { mean: meanOf(sums) ?? 0, full, fullShare: sums.length > 0 ? fullSeconds / sums.length : 0 };
}

const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
const percent = (value: number) => `${Math.round(value)} %`;
