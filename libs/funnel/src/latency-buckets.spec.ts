import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LATENCY_BUCKETS, latencyBucketOf, latencyViewOf } from './latency-buckets.js';

const countsOf = (values: readonly number[]) => {
  const counts = Array.from({ length: LATENCY_BUCKETS }, () => 0);
  for (const ms of values) counts[latencyBucketOf(ms)]! += 1;
  return counts;
};

describe('latency buckets', () => {
  it('take any number, the odd ones at the ends', () => {
    expect([0, -5, Number.NaN, 0.5].map(latencyBucketOf)).toEqual([0, 0, 0, 0]);
    expect([1e9, Infinity].map(latencyBucketOf)).toEqual([LATENCY_BUCKETS - 1, LATENCY_BUCKETS - 1]);
    for (let ms = 0.5; ms < 60_000; ms *= 1.01)
      expect(latencyBucketOf(ms * 1.01)).toBeGreaterThanOrEqual(latencyBucketOf(ms));
  });

  it('give no view when nothing was counted', () => {
    expect(latencyViewOf(countsOf([]))).toBeUndefined();
  });

  it('give every quantile to within a tenth', () => {
    const times = fc.array(fc.double({ min: 0.6, max: 30_000, noNaN: true }), {
      minLength: 1,
      maxLength: 400,
    });
    fc.assert(
      fc.property(times, (values) => {
        const sorted = values.toSorted((a, b) => a - b);
        const view = latencyViewOf(countsOf(values))!;
        expect(view.count).toBe(values.length);
        for (const [name, quantile] of [
          ['p50', 0.5],
          ['p95', 0.95],
          ['p99', 0.99],
        ] as const) {
          const exact = sorted[Math.ceil(quantile * values.length) - 1]!;
          expect(view[name]).toBeGreaterThan(exact / 1.105);
          expect(view[name]).toBeLessThan(exact * 1.105);
        }
      }),
    );
  });

  it('interpolate within a bucket', () => {
    const even = Array.from({ length: 10_000 }, (_, k) => (k + 0.5) / 100);
    const { p50, p95, p99 } = latencyViewOf(countsOf(even))!;
    expect(Math.abs(p50 - 50)).toBeLessThan(1);
    expect(Math.abs(p95 - 95)).toBeLessThan(1);
    // The last bucket reaches beyond the slowest.
    expect(Math.abs(p99 - 99)).toBeLessThan(5);
  });

  it('say of what was slower than all buckets only that it was', () => {
    const { p50, p99 } = latencyViewOf(countsOf([1, 1, 1, 120_000, 500_000]))!;
    expect(p50).toBeLessThan(1.2);
    expect(p99).toBeGreaterThan(80_000);
    expect(p99).toBeLessThan(90_000);
  });
});
