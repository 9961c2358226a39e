import { countOf, quantile, type Histogram } from '../model/histogram.ts';
import type { TimeName } from '../model/lines.ts';
import type { Quantiles, QuantileSeries, Series, Totals } from '../model/result.ts';
import type { Merged } from './merge.ts';

const QUANTILES: Record<keyof Quantiles, number> = { p50: 0.5, p95: 0.95, p99: 0.99, p999: 0.999 };
const QUANTILE_NAMES = Object.keys(QUANTILES) as (keyof Quantiles)[];
const PEAK_SECONDS = 10;

/** One value for each second of the load, from 0. What comes after the load is in the totals only. */
export function seriesOf(merged: Merged, seconds: number): Series {
  const count = (name: string) => each(seconds, (s) => merged.count(s, name));
  const group = (prefix: string) =>
    Object.fromEntries(namesWith(merged, prefix).map((name) => [name.slice(prefix.length), count(name)]));
  return {
    offered: count('offered'),
    answered: count('answered'),
    sends: count('sends'),
    sent: count('sent'),
    outcomes: group('outcome.'),
    errors: group('error.'),
    pushes: group('push.'),
    times: timesOf(merged, seconds),
    sockets: socketsOf(merged, seconds),
  };
}

export function totalsOf(merged: Merged, seconds: number): Totals {
  const group = (prefix: string) =>
    Object.fromEntries(
      namesWith(merged, prefix).map((name) => [name.slice(prefix.length), merged.total(name)]),
    );
  return {
    offered: merged.total('offered'),
    answered: merged.total('answered'),
    sends: merged.total('sends'),
    sent: merged.total('sent'),
    outcomes: group('outcome.'),
    errors: group('error.'),
    pushes: group('push.'),
    times: Object.fromEntries(
      timeNames(merged).map((name) => {
        const histogram = allTimes(merged, name);
        return [name, { ...quantilesOf(histogram), count: countOf(histogram) }];
      }),
    ),
    peak: peakOf(each(seconds, (s) => merged.count(s, 'answered'))),
  };
}

/** All times of that name, over the whole run. */
export function allTimes(merged: Merged, ...names: TimeName[]): Histogram {
  const all: Histogram = new Map();
  for (const { times } of merged.seconds.values())
    for (const name of names)
      for (const [bucket, n] of times.get(name) ?? []) all.set(bucket, (all.get(bucket) ?? 0) + n);
  return all;
}

function timesOf(merged: Merged, seconds: number): Series['times'] {
  const series = (name: TimeName): QuantileSeries => {
    const histograms = each(seconds, (s) => merged.seconds.get(s)?.times.get(name) ?? new Map());
    return Object.fromEntries(
      QUANTILE_NAMES.map((at) => [at, histograms.map((one) => quantile(one, QUANTILES[at]) ?? null)]),
    ) as QuantileSeries;
  };
  return Object.fromEntries(timeNames(merged).map((name) => [name, series(name)]));
}

/** As k6 has them, at the end of each second; first connections count as any, in seconds before the load. */
function socketsOf(merged: Merged, seconds: number): number[] {
  const change = (s: number) => merged.count(s, 'connects') - merged.count(s, 'disconnects');
  let sockets = [...merged.seconds.keys()].filter((s) => s < 0).reduce((sum, s) => sum + change(s), 0);
  return each(seconds, (s) => (sockets += change(s)));
}

function peakOf(answered: number[]): Totals['peak'] {
  let tenSeconds = 0;
  for (let from = 0; from + PEAK_SECONDS <= Math.max(answered.length, PEAK_SECONDS); from += 1) {
    const sum = answered.slice(from, from + PEAK_SECONDS).reduce((a, b) => a + b, 0);
    tenSeconds = Math.max(tenSeconds, sum / PEAK_SECONDS);
  }
  return { second: answered.reduce((a, b) => Math.max(a, b), 0), tenSeconds };
}

function quantilesOf(histogram: Histogram): Quantiles {
  return Object.fromEntries(
    QUANTILE_NAMES.map((at) => [at, quantile(histogram, QUANTILES[at]) ?? 0]),
  ) as unknown as Quantiles;
}

function namesWith(merged: Merged, prefix: string): string[] {
  const names = new Set<string>();
  for (const { counts } of merged.seconds.values())
    for (const name of counts.keys()) if (name.startsWith(prefix)) names.add(name);
  return [...names].toSorted();
}

function timeNames(merged: Merged): TimeName[] {
  const names = new Set<TimeName>();
  for (const { times } of merged.seconds.values()) for (const name of times.keys()) names.add(name);
  return [...names].toSorted();
}

function each<T>(seconds: number, value: (second: number) => T): T[] {
  return Array.from({ length: Math.ceil(seconds) }, (_, s) => value(s));
}
