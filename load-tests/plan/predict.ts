import type { Result } from '../model/result.ts';
import type { Costs, CostsFile } from './costs.ts';
import { median } from './probe/cpu.ts';
import { SharedMachine, type SharedLoad } from './simulation/this-machine.ts';

/** What the kept breakpoint run says, and what the model says of the same run. */
export interface Prediction {
  seen: number;
  predicted: number;
  /** Of `predicted` against `seen`. */
  errorPercent: number;
  atMost: number;
  load: SharedLoad;
  /** At the seen rate: cores by process, as seen then and as the model has it. */
  cores: Record<string, { seen: number; model: number }>;
  p99AtSeenRate: number;
  sameCommit: boolean;
  commits: { seen: string; costs: string };
}

const SECONDS = 12;
const FRAMES_SECONDS = 8;
const SEED = 20_150_218;
const SEEDS = [1, 2, 3, 4, 5].map((k) => SEED + k);
/** As the run's own rule has it (load-tests/verdicts/breakpoint.ts): so many seconds in a row. */
const BROKEN_SECONDS = 5;
const RISE_SECONDS = 90;
/** As in load-tests/workloads/breakpoint.ts. */
const WORKLOAD = {
  members: 60,
  reactionMs: { min: 100, mean: 700 },
  sends: { from: 1, to: 50, seconds: 180 },
};
const PROCESSES = ['k6', 'gateway', 'redis', 'worker', 'api', 'postgres'] as const;

export class NoBreakpointError extends Error {
  override name = 'NoBreakpointError';
}

/** Rates are raised until the model's p99 passes the line that ended the run; `result` is a kept one of `npm run load -- breakpoint`. */
export function predictBreakpoint(result: Result, file: CostsFile, costs: Costs): Prediction {
  const { breakpoint } = result;
  if (!breakpoint) throw new NoBreakpointError('this result has no breakpoint in it');
  const load: SharedLoad = {
    ...{ cores: result.machine.cores, members: WORKLOAD.members, seed: SEED },
    ...{ reactionMs: WORKLOAD.reactionMs, frameUs: frameUsOf(result) },
  };
  const predicted = Math.round(
    median(SEEDS.map((seed) => brokenAt(costs, { ...load, seed }, breakpoint.atMost))),
  );
  const seen = Math.round(breakpoint.answeredPerSecond);
  const atSeen = new SharedMachine(costs, load).run(seen, SECONDS);
  const seenCores = coresSeen(result);
  const [a, b] = [result.commit, file.commit];
  return {
    ...{
      seen,
      predicted,
      errorPercent: (100 * (predicted - seen)) / seen,
      atMost: breakpoint.atMost,
      load,
    },
    ...{
      p99AtSeenRate: atSeen.p99,
      commits: { seen: a, costs: b },
      sameCommit: a.replace('+', '') === b.replace('+', ''),
    },
    cores: Object.fromEntries(
      PROCESSES.map((name) => [name, { seen: seenCores(name), model: atSeen.used[name] ?? 0 }]),
    ),
  };
}

/** The rate, in the mean of the seconds that broke the rule, of a run that rises as the real one does. */
function brokenAt(costs: Costs, load: SharedLoad, atMost: number): number {
  const { members, sends } = WORKLOAD;
  const rateAt = (second: number) =>
    members * (sends.from + ((sends.to - sends.from) * second) / sends.seconds);
  const p99 = new SharedMachine(costs, load).rise(rateAt, RISE_SECONDS);
  const first = p99.findIndex((_, k) =>
    p99.slice(k, k + BROKEN_SECONDS).every((value) => !(value <= atMost)),
  );
  return rateAt((first < 0 ? RISE_SECONDS : first) + BROKEN_SECONDS / 2);
}

/** The seconds in which the rule was broken. */
function coresSeen(result: Result): (name: string) => number {
  const { atSecond } = result.breakpoint!;
  return (name) => meanOf(cpuOf(result, name).slice(atSecond, atSecond + 5)) / 100;
}

/** CPU of the load generator for a frame, in the seconds before the break: all that it used, over all that it sent and read. */
function frameUsOf(result: Result): number {
  const until = result.breakpoint!.atSecond;
  const sum = (values: readonly (number | null)[] = []) =>
    values.slice(until - FRAMES_SECONDS, until).reduce<number>((total, value) => total + (value ?? 0), 0);
  const pushes = Object.values(result.series.pushes).reduce((total, values) => total + sum(values), 0);
  const frames = sum(result.series.offered) + sum(result.series.answered) + pushes;
  return (sum(cpuOf(result, 'k6')) * 1e4) / frames;
}

function cpuOf(result: Result, name: string): (number | null)[] {
  const { series = [] } = result.saturation.find(({ process }) => process === name) ?? {};
  return series.find((one) => one.name === 'CPU')?.values ?? [];
}

function meanOf(values: readonly (number | null)[]): number {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length;
}
