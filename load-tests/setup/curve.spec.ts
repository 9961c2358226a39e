import { describe, expect, it } from 'vitest';
import { arrivalsOf, curveOf, multiplied, partOf, peakOf, rateAt, totalOf } from './curve.ts';

const hill = [
  { atSecond: 10, perSecond: 0 },
  { atSecond: 20, perSecond: 100 },
  { atSecond: 40, perSecond: 0 },
];

describe('a curve', () => {
  it('has as many arrivals as the area below it', () => {
    expect(totalOf(hill)).toBe(1_500);
    expect(totalOf([])).toBe(0);
    expect(arrivalsOf(multiplied(hill, 0.001))).toBe(2);
  });

  it('is straight between its points and 0 outside', () => {
    expect([0, 10, 15, 20, 30, 40, 41].map((second) => rateAt(hill, second))).toEqual([
      0, 0, 50, 100, 50, 0, 0,
    ]);
  });

  it('falls apart into parts that add up to the whole', () => {
    const parts = [partOf(hill, 0, 13), partOf(hill, 13, 27), partOf(hill, 27, 99)];
    expect(parts.reduce((sum, part) => sum + totalOf(part), 0)).toBeCloseTo(1_500);
    expect(partOf(hill, 40, 99)).toEqual([]);
  });

  it('keeps its rates when it is stretched', () => {
    const shape = [
      { at: 0, perSecond: 4 },
      { at: 0.5, perSecond: 8 },
      { at: 1, perSecond: 4 },
    ];
    expect(peakOf(curveOf(shape, 60, 1))).toEqual({ atSecond: 30, perSecond: 8 });
    expect(peakOf(curveOf(shape, 600, 1))).toEqual({ atSecond: 300, perSecond: 8 });
    expect(totalOf(curveOf(shape, 600, 1))).toBe(10 * totalOf(curveOf(shape, 60, 1)));
  });
});
