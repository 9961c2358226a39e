import type { ClaimView, Proof } from '@app/contracts';
import { splitLucky, verifyProof } from '@app/domain';

/** The first difference in the verifier's words, or one that only the page can see. */
export type Difference = { words: string } | { seenHere: 'otherCommitment' | 'otherClaims' };

export interface Verdict {
  ok: boolean;
  difference: Difference | null;
  rows: { ordinal: number; paid: number; computed: number | null }[];
}

function recomputed(proof: Proof): number[] {
  try {
    return splitLucky(proof.seed, proof);
  } catch {
    return [];
  }
}

/**
 * The service's proof, held against the public rule and against what this page was told before: a service that changed
 * its commitment or its claims afterwards is found out here, and nowhere else.
 */
export function judge(proof: Proof, promised: string, told: readonly ClaimView<number>[]): Verdict {
  const verdict = verifyProof(proof);
  const shares = recomputed(proof);
  const paid = new Map(proof.claims.map(({ ordinal, amount }) => [ordinal, amount]));
  const asTold = told.every(({ ordinal, amount }) => paid.get(ordinal) === amount);
  const rows = [...proof.claims]
    .sort((a, b) => a.ordinal - b.ordinal)
    .map(({ ordinal, amount }) => ({ ordinal, paid: amount, computed: shares[ordinal - 1] ?? null }));
  if (!verdict.ok) return { ok: false, difference: { words: verdict.difference }, rows };
  if (proof.commitment !== promised) return { ok: false, difference: { seenHere: 'otherCommitment' }, rows };
  if (!asTold) return { ok: false, difference: { seenHere: 'otherClaims' }, rows };
  return { ok: true, difference: null, rows };
}
