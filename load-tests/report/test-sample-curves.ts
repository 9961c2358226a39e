import { bucketOf, quantile, type Histogram } from '../model/histogram.ts';
import type { Quantiles, QuantileSeries, Saturation } from '../model/result.ts';
import type { SampleOptions } from './test-sample.ts';

/** The invented curves of an invented run, for `test-sample.ts`. */
/** 0 to 1, from a 32-bit state (mulberry32). */
function chanceFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Drawn {
  chance: () => number;
  seconds: number;
  slowness: number;
  /** Grabs due in each second. */
  offered: number[];
  /** 0 to 1: how hard the service is pressed in each second. */
  pressed: number[];
  faultAt: number;
  faultUntil: number;
}

export const DROPS = [0.2, 0.62];

export function draw({ seconds = 180, seed = 1, slowness = 1 }: SampleOptions): Drawn {
  const chance = chanceFrom(seed);
  const [faultAt, faultUntil] = [Math.floor(seconds * 0.44), Math.floor(seconds * 0.5)];
  const offered = Array.from({ length: seconds }, (_, s) => {
    const wave = 260 + 160 * Math.sin((s / seconds) * Math.PI);
    const rush = DROPS.reduce((sum, at, n) => {
      const since = s - Math.floor(at * seconds);
      return sum + (since < 0 ? 0 : (1_900 + 900 * n) * Math.exp(-since / (seconds / 22)));
    }, 0);
    return Math.round((wave + rush) * (0.94 + 0.12 * chance()));
  });
  const most = Math.max(...offered);
  const pressed = offered.map((n, s) => (s >= faultAt && s < faultUntil ? 1.3 : n / most));
  return { chance, seconds, slowness, offered, pressed, faultAt, faultUntil };
}

/** Times of each second, spread around a middle that grows with how hard the service is pressed. */
export function timesOf(
  { chance, pressed, slowness }: Drawn,
  counts: number[],
  middleMs: number,
  steep: number,
) {
  const whole: Histogram = new Map();
  const series: QuantileSeries = { p50: [], p95: [], p99: [], p999: [] };
  for (const [s, count] of counts.entries()) {
    const second: Histogram = new Map();
    for (let k = 0; k < Math.min(count, 400); k += 1) {
      const middle = middleMs * slowness * (1 + steep * pressed[s]! ** 3);
      const bucket = bucketOf(
        middle * Math.exp(0.55 * Math.sqrt(-2 * Math.log(1 - chance())) * (chance() - 0.35)),
      );
      second.set(bucket, (second.get(bucket) ?? 0) + 1);
      whole.set(bucket, (whole.get(bucket) ?? 0) + 1);
    }
    const { p50, p95, p99, p999 } = quantilesOf(second);
    series.p50.push(p50);
    series.p95.push(p95);
    series.p99.push(p99);
    series.p999.push(p999);
  }
  const totals = quantilesOf(whole) as Quantiles;
  return { series, totals: { ...totals, count: sum(counts) } };
}

export const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const quantilesOf = (of: Histogram) => {
  const at = (part: number) => quantile(of, part) ?? null;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), p999: at(0.999) };
};

export function outcomesOf({
  chance,
  offered,
  seconds,
  faultAt,
  faultUntil,
}: Drawn): Record<string, number[]> {
  const outcomes: Record<string, number[]> = {};
  const add = (word: string, s: number, n: number) => {
    const series = (outcomes[word] ??= Array.from({ length: seconds }, () => 0));
    series[Math.min(s, seconds - 1)]! += n;
  };
  for (const [s, due] of offered.entries()) {
    const sinceDrop = Math.min(
      ...DROPS.map((at) => s - Math.floor(at * seconds)).filter((since) => since >= 0),
      999,
    );
    const soldOut = sinceDrop < seconds / 40 ? 0.1 : sinceDrop < seconds / 6 ? 0.72 : 0.42;
    const late = s >= faultAt && s < faultUntil ? Math.round(due * 0.35) : 0;
    const now = due - late;
    const part = (share: number) => Math.floor(now * share * (0.97 + 0.06 * chance()));
    const words: [string, number][] = [
      ['empty', part(soldOut)],
      ['already', part(0.14)],
      ['closed', part(0.03)],
      ['not_eligible', part(0.02)],
      ['busy', due > 2_400 ? part(0.02) : 0],
      ['error', s >= faultAt && s < faultUntil ? part(0.05) : 0],
    ];
    const others = words.reduce((total, [, n]) => total + n, 0);
    for (const [word, n] of words) add(word, s, n);
    add('won', s, now - others);
    if (late > 0) add('won', faultUntil + (s % 3), late);
  }
  return outcomes;
}

type SampleSeries = Saturation['series'][number];

/** As the runner names them. */
export function saturationOf({ chance, pressed, offered }: Drawn): Saturation[] {
  const cpu = (idle: number, busy: number, full: number): SampleSeries => ({
    name: 'CPU',
    unit: 'percent of a core',
    full,
    values: pressed.map((part) => Math.min(full, idle + busy * part ** 0.9 + 4 * chance())),
  });
  const memory = (mib: number): SampleSeries => ({
    name: 'memory',
    unit: 'bytes',
    values: pressed.map((part, s) => Math.round((mib + 22 * part + s * 0.03 + chance()) * 1_024 ** 2)),
  });
  const delay = (steep: number): SampleSeries => ({
    name: 'event loop delay p99',
    unit: 'ms',
    values: pressed.map((part, s) => (s % 31 === 7 ? null : 0.4 + steep * part ** 4 + chance())),
  });
  const counted = (name: string, of: (part: number, s: number) => number, full?: number): SampleSeries => ({
    name,
    unit: 'count',
    ...(full === undefined ? {} : { full }),
    values: pressed.map((part, s) => Math.round(of(part, s))),
  });
  const waiting = counted('outbox entries', (_, s) => offered[s]! * 0.6 * pressed[Math.max(0, s - 3)]!);
  const idle = counted('queue refunds failed', () => 0);
  const commands = offered.map((n) => Math.round(n * 1.4 + 90));
  return [
    {
      process: 'gateway',
      series: [
        cpu(6, 82, 100),
        memory(118),
        delay(26),
        counted('sockets', () => 4_996),
        counted('grabs waiting', (part) => 160 * part ** 3),
      ],
    },
    { process: 'api', series: [cpu(2, 9, 100), memory(140), delay(4)] },
    { process: 'worker', series: [cpu(4, 38, 100), memory(132), delay(9), waiting, idle] },
    {
      process: 'redis',
      series: [cpu(3, 30, 100), memory(24), { name: 'commands', unit: 'per second', values: commands }],
    },
    {
      process: 'postgres',
      series: [
        cpu(3, 44, 200),
        memory(210),
        counted('sessions active', (part) => 1 + 7 * part, 100),
        counted('sessions idle', (part) => 14 - 7 * part, 100),
      ],
    },
    { process: 'k6', series: [cpu(8, 52, 200), memory(160)] },
    { process: 'machine', series: [cpu(30, 140, 200)] },
  ];
}
