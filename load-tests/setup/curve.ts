import type { Curve } from '../model/plan.ts';
import type { Shape } from '../model/workload.ts';

/** A shape over `seconds`, with its rates multiplied. */
export function curveOf(shape: Shape, seconds: number, factor: number): Curve {
  return shape.map(({ at, perSecond }) => ({ atSecond: at * seconds, perSecond: perSecond * factor }));
}

export function multiplied(curve: Curve, factor: number): Curve {
  return curve.map(({ atSecond, perSecond }) => ({ atSecond, perSecond: perSecond * factor }));
}

/** Arrivals in all: the area below. */
export function totalOf(curve: Curve): number {
  return curve
    .slice(1)
    .reduce(
      (sum, point, k) =>
        sum + ((point.atSecond - curve[k]!.atSecond) * (point.perSecond + curve[k]!.perSecond)) / 2,
      0,
    );
}

/** Whole arrivals: the k-th, from 0, comes when k + ½ have been due. */
export function arrivalsOf(curve: Curve): number {
  return Math.round(totalOf(curve));
}

export function peakOf(curve: Curve): { atSecond: number; perSecond: number } {
  return curve.reduce((best, point) => (point.perSecond > best.perSecond ? point : best));
}

/** Between points the straight line; 0 outside. */
export function rateAt(curve: Curve, second: number): number {
  const next = curve.findIndex(({ atSecond }) => atSecond >= second);
  if (next < 0) return 0;
  const b = curve[next]!;
  if (b.atSecond === second) return b.perSecond;
  if (next === 0) return 0;
  const a = curve[next - 1]!;
  return a.perSecond + ((b.perSecond - a.perSecond) * (second - a.atSecond)) / (b.atSecond - a.atSecond);
}

/** What of it lies between two seconds; empty when nothing does. */
export function partOf(curve: Curve, from: number, until: number): Curve {
  const [first, last] = [curve[0], curve.at(-1)];
  if (!first || !last) return [];
  const begin = Math.max(from, first.atSecond);
  const end = Math.min(until, last.atSecond);
  if (begin >= end) return [];
  return [
    { atSecond: begin, perSecond: rateAt(curve, begin) },
    ...curve.filter(({ atSecond }) => atSecond > begin && atSecond < end),
    { atSecond: end, perSecond: rateAt(curve, end) },
  ];
}
