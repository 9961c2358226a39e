import { describe, expect, it } from 'vitest';
import {
  assertPartitions,
  blocksOfPartition,
  partitionOfOrdinal,
  partitionsFor,
  sharesOfPartition,
  sizeOfPartition,
} from './partitions.js';
import { splitLucky } from './split.js';

const NOTHING = { capped: false, neverWon: false, tiered: false, releaseMs: 0 };
const seed = 'ab'.repeat(32);

describe('a packet over partitions', () => {
  it('has one for each 100,000 shares, and stays whole when anything is counted about it', () => {
    const counts = [1, 100_000, 100_001, 1_000_000, 10_000_000];
    expect(counts.map((count) => partitionsFor(count, NOTHING))).toEqual([1, 1, 2, 10, 100]);
    for (const counted of [{ capped: true }, { neverWon: true }, { tiered: true }, { releaseMs: 1 }])
      expect(partitionsFor(10_000_000, { ...NOTHING, ...counted })).toBe(1);
  });

  it.each([
    { count: 2_100, partitions: 3 },
    { count: 9_999, partitions: 4 },
    { count: 150_001, partitions: 2 },
  ])(
    '$count shares over $partitions: each is in one of them, by its own ordinal',
    ({ count, partitions }) => {
      const terms = { amount: count * 37, count, min: 1, max: 1_000 };
      const split = splitLucky(seed, terms);
      const all: number[] = [];
      for (let p = 0; p < partitions; p += 1) {
        const shares = sharesOfPartition(seed, terms, partitions, p);
        const size = { count: shares.length, amount: shares.reduce((sum, one) => sum + one.amount, 0) };
        expect(sizeOfPartition(terms, partitions, p)).toEqual(size);
        for (const { index } of blocksOfPartition(terms, partitions, p)) expect(index % partitions).toBe(p);
        for (const { ordinal, amount } of shares) {
          if (partitionOfOrdinal(count, partitions, ordinal) !== p) expect.fail(`${ordinal} is not in ${p}`);
          all[ordinal - 1] = amount;
        }
      }
      expect(all).toEqual(split);
    },
  );

  it('has a block in each partition, and at most a hundred of them', () => {
    expect(() => assertPartitions(2_000, 3)).toThrow(RangeError);
    expect(() => assertPartitions(10_000_000, 101)).toThrow(RangeError);
    expect(() => assertPartitions(10_000_000, 100)).not.toThrow();
    expect(() => assertPartitions(1, 1)).not.toThrow();
  });
});
