import { describe, expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.js';

describe('a token bucket of 10 in 1,000 ms', () => {
  it('gives 10 at once, and says when there will be another', () => {
    const bucket = new TokenBucket(10, 1_000);
    const waits = Array.from({ length: 11 }, () => bucket.take(5_000));
    expect(waits).toEqual([...Array.from({ length: 10 }, () => 0), 100]);
    expect(bucket.take(5_099)).toBe(1);
    expect(bucket.take(5_100)).toBe(0);
  });

  it('never gives more than 10 in a burst, nor more than 10 and those that flow in over any time', () => {
    const bucket = new TokenBucket(10, 1_000);
    let taken = 0;
    for (let nowMs = 0; nowMs <= 3_000; nowMs += 7)
      for (let k = 0; k < 5; k += 1) taken += bucket.take(nowMs) === 0 ? 1 : 0;
    expect(taken).toBe(39); // the last look is at 2,996 ms
    const idle = Array.from({ length: 20 }, () => bucket.take(1e9)).filter((wait) => wait === 0);
    expect(idle).toHaveLength(10);
  });

  it('is asked again without being emptied by those it turned away', () => {
    const bucket = new TokenBucket(1, 1_000);
    expect(bucket.take(0)).toBe(0);
    for (let nowMs = 1; nowMs < 1_000; nowMs += 1) expect(bucket.take(nowMs)).toBe(1_000 - nowMs);
    expect(bucket.take(1_000)).toBe(0);
  });
});
