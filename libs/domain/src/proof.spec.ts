import { describe, expect, it } from 'vitest';
import { commitmentOf, verifyProof } from './proof.js';
import { splitLucky } from './split.js';

const terms = { amount: 1000, count: 10, min: 1, max: 1000 };
const seed = '00'.repeat(32);
const proof = {
  version: 'split-v1',
  packetId: 'p',
  seed,
  commitment: commitmentOf('p', seed, terms),
  ...terms,
  claims: splitLucky(seed, terms).map((amount, k) => ({ ordinal: k + 1, amount })),
};

describe('verifyProof', () => {
  it('accepts what was paid by the split', () => {
    expect(verifyProof(proof)).toEqual({ ok: true, claims: 10 });
  });

  it.each([
    ['one fen more', { claims: [{ ordinal: 3, amount: 123 }] }, /claim 3 was paid 123, the split gives 122/],
    ['an ordinal twice', { claims: [proof.claims[0]!, proof.claims[0]!] }, /claim 1 appears twice/],
    ['an ordinal past the end', { claims: [{ ordinal: 11, amount: 1 }] }, /outside/],
    ['another seed', { seed: '01'.repeat(32) }, /commitment/],
    ['another amount', { amount: 1001 }, /commitment/],
  ])('names %s', (_what, damage, difference) => {
    const verdict = verifyProof({ ...proof, ...damage });
    expect(verdict).toMatchObject({ ok: false, difference: expect.stringMatching(difference) });
  });
});
