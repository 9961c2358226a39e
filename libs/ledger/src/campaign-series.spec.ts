import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketsBetween, rangesBetween } from './campaign-series.js';

describe('buckets', () => {
  it.each([
    [0, 1],
    [59, 1],
    [119, 1],
    [130, 5],
    [3_600, 60],
    [86_400, 900],
    [5 * 86_400, 10_800],
    [400 * 86_400, 345_600],
  ])('over %s s are of %s s', (span, bucketSeconds) => {
    expect(bucketsBetween(1_800_000_000, 1_800_000_000 + span)).toMatchObject({ bucketSeconds });
  });

  it('hold the whole time between, and are never too many', () => {
    fc.assert(
      fc.property(fc.nat(2_000_000_000), fc.nat(400 * 86_400), (first, span) => {
        const { startSeconds, bucketSeconds, buckets } = bucketsBetween(first, first + span);
        expect(startSeconds).toBeLessThanOrEqual(first);
        expect(startSeconds + bucketSeconds).toBeGreaterThan(first);
        expect(startSeconds + buckets * bucketSeconds).toBeGreaterThan(first + span);
        expect(startSeconds + (buckets - 1) * bucketSeconds).toBeLessThanOrEqual(first + span);
        expect(buckets).toBeLessThanOrEqual(120);
      }),
    );
  });
});

describe('ranges of amounts', () => {
  it('are as wide as the amounts are apart, and of round widths', () => {
    expect(rangesBetween(7, 7)).toEqual([{ from: 7, to: 8 }]);
    expect(rangesBetween(1, 200)[0]).toEqual({ from: 0, to: 20 });
    expect(rangesBetween(33, 480)[0]).toEqual({ from: 25, to: 50 });
    expect(rangesBetween(1, 20_000)[0]).toEqual({ from: 0, to: 2_000 });
  });

  it('hold every amount, one after the other, and number 10 to 20 unless amounts are close', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), fc.nat(1e12), (least, spread) => {
        const ranges = rangesBetween(least, least + spread);
        expect(ranges[0]!.from).toBeLessThanOrEqual(least);
        expect(ranges.at(-1)!.to).toBeGreaterThan(least + spread);
        for (const [k, { from, to }] of ranges.entries()) {
          expect(Number.isInteger(from) && to > from).toBe(true);
          if (k > 0) expect(from).toBe(ranges[k - 1]!.to);
        }
        expect(ranges.length).toBeLessThanOrEqual(20);
        if (spread >= 50) expect(ranges.length).toBeGreaterThanOrEqual(10);
      }),
    );
  });
});
