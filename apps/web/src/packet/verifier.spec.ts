import { commitmentOf, splitLucky } from '@app/domain';
import type { Proof } from '@app/contracts';
import { describe, expect, it } from 'vitest';
import { judge } from './verifier.js';

const terms = { amount: 1000, count: 10, min: 1, max: 1000 };
const seed = '00'.repeat(32);
const commitment = commitmentOf('p', seed, terms);
const proof: Proof = {
  version: 'split-v1',
  packetId: 'p',
  kind: 'lucky',
  seed,
  commitment,
  ...terms,
  partitions: 1,
  claims: splitLucky(seed, terms).map((amount, k) => ({ ordinal: k + 1, amount })),
};
const told = proof.claims.map(({ ordinal, amount }) => ({
  ordinal,
  amount,
  userId: `u${ordinal}`,
  name: '',
  at: 0,
  settled: true,
  bestLuck: false,
}));

describe('judge', () => {
  it('finds an honest split as promised, share by share', () => {
    const verdict = judge(proof, commitment, told);
    expect(verdict).toMatchObject({ ok: true, difference: null });
    expect(verdict.rows).toHaveLength(10);
    expect(verdict.rows.every(({ paid, computed }) => paid === computed)).toBe(true);
  });

  it('finds out a commitment that was changed after the grabs', () => {
    expect(judge(proof, 'f'.repeat(64), told)).toMatchObject({
      ok: false,
      difference: { seenHere: 'otherCommitment' },
    });
  });

  it('finds out a proof that lists another amount than the page was told', () => {
    const [first, ...rest] = told;
    expect(judge(proof, commitment, [{ ...first!, amount: 1 }, ...rest])).toMatchObject({
      ok: false,
      difference: { seenHere: 'otherClaims' },
    });
  });

  it('shows paid beside computed where they differ', () => {
    const verdict = judge({ ...proof, claims: [{ ordinal: 3, amount: 123 }] }, commitment, []);
    expect(verdict.ok).toBe(false);
    expect(verdict.rows).toEqual([{ ordinal: 3, paid: 123, computed: 122 }]);
  });
});
