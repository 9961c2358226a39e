import { quantile } from '../model/histogram.ts';
import type { Breakpoint, Quantiles, Saturation } from '../model/result.ts';
import { TRAFFIC } from '../model/lines.ts';
import type { Verdict } from '../model/workload.ts';
import { timeOf } from './judge.ts';
import type { Merged, Second } from './merge.ts';
import { CPU, cpuIn, fullestIn, MACHINE, meanOf, seriesNamed } from './saturation.ts';

export type BreakRule = NonNullable<Verdict['breakpoint']>;

const QUANTILES: Record<keyof Quantiles, number> = { p50: 0.5, p95: 0.95, p99: 0.99, p999: 0.999 };
/** A second is judged when this much later: k6 tells of it up to a second late, and slow answers later still. */
const JUDGED_AFTER_SECONDS = 3;
/** Means over some seconds: a machine that is so busy has instants with no core left in each of them. */
const MACHINE_FULL = 0.9;
/** A process that is nearer to its own limit than this is what was full, whatever the machine. */
const PROCESS_FULL = 0.9;

/**
 * The first second of a row of `forSeconds` that broke the rule, among those that can be judged by now; undefined while
 * there is none. A second whose grabs nobody has answered yet is broken too: nothing measures slower than no answer.
 */
export function brokenSince(merged: Merged, rule: BreakRule, elapsedSeconds: number): number | undefined {
  const until = Math.floor(elapsedSeconds) - JUDGED_AFTER_SECONDS;
  let row = 0;
  for (let s = 0; s <= until; s += 1) {
    row = isBroken(merged.seconds.get(s), rule) ? row + 1 : 0;
    if (row >= rule.forSeconds) return s - row + 1;
  }
  return undefined;
}

function isBroken(second: Second | undefined, { metric, atMost }: BreakRule): boolean {
  const time = timeOf(metric);
  if (!time) throw new Error(`a breakpoint needs a time's quantile, such as grab.open.p99, not ${metric}`);
  const histogram = second?.times.get(time.name);
  const value = histogram && quantile(histogram, QUANTILES[time.at]);
  if (value !== undefined) return value > atMost;
  const offered = second?.counts.get('offered') ?? 0;
  return offered > 0 && !TRAFFIC.some((kind) => second?.times.has(`grab.${kind}`));
}

/** Where it broke, at which rates, and which process was fullest then. */
export function breakpointOf(
  merged: Merged,
  rule: BreakRule,
  atSecond: number,
  saturation: readonly Saturation[],
): Breakpoint {
  const until = atSecond + rule.forSeconds;
  const rate = (name: string) =>
    Array.from({ length: rule.forSeconds }, (_, k) => merged.count(atSecond + k, name)).reduce(
      (a, b) => a + b,
      0,
    ) / rule.forSeconds;
  const [offeredPerSecond, answeredPerSecond] = [rate('offered'), rate('answered')];
  const fullest = fullestIn(saturation, atSecond, until);
  const machine = seriesNamed(saturation, MACHINE, CPU);
  const machineUsed = machine && meanOf(machine.values.slice(atSecond, until));
  const cores = (machine?.full ?? 100) / 100;
  const machineFull = machineUsed !== undefined && machineUsed >= MACHINE_FULL * cores * 100;
  const says = [
    `${rule.metric} passed ${rule.atMost} ms at second ${atSecond}, with ${Math.round(offeredPerSecond)} grabs offered and ${Math.round(answeredPerSecond)} answered a second.`,
    ...(fullest
      ? [
          `The fullest process was ${fullest.process}, with ${Math.round(fullest.cpuPercentOfCore)} % of a core.`,
        ]
      : []),
    ...(machineFull
      ? [
          `The machine itself was full: ${Math.round(machineUsed)} % of ${cores * 100} %, with ${sharesOf(saturation, atSecond, until)}.`,
        ]
      : []),
  ].join(' ');
  const { metric, atMost } = rule;
  const isProcessFull = fullest !== undefined && fullest.share >= PROCESS_FULL;
  const full = machineFull && !isProcessFull ? MACHINE : (fullest?.process ?? 'unknown');
  return { metric, atMost, atSecond, offeredPerSecond, answeredPerSecond, full, says };
}

function sharesOf(saturation: readonly Saturation[], from: number, until: number): string {
  return cpuIn(saturation, from, until)
    .map(({ process, cpuPercentOfCore }) => `${process} ${Math.round(cpuPercentOfCore)} %`)
    .join(', ');
}
