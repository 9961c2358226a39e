import { describe, expect, it } from 'vitest';
import { packClaims, unpackClaims, type ClaimRecord } from './jobs.js';

const claim = (packetId: string, ordinal: number, atMs: number): ClaimRecord => ({
  ...{ packetId, userId: `user-${ordinal}`, ordinal, amount: 100 + ordinal, atMs },
});

describe('packed claims', () => {
  it('are unpacked as they were, in their order', () => {
    const claims = [claim('p', 1, 5), claim('p', 2, 5), claim('p', 3, 6), claim('q', 1, 6), claim('p', 4, 6)];
    expect(unpackClaims(packClaims(claims))).toEqual(claims);
    expect(unpackClaims(packClaims([]))).toEqual([]);
  });

  it('may stand beside some that a version before did not pack', () => {
    const [a, b] = [claim('p', 1, 5), claim('q', 2, 6)];
    expect(unpackClaims([a, ...packClaims([b])])).toEqual([a, b]);
  });

  it('of one call of the grab script share their packet and instant', () => {
    expect(packClaims([claim('p', 1, 5), claim('p', 2, 5)])).toEqual([['p', 5, 'user-1 1:101 user-2 2:102']]);
  });
});
