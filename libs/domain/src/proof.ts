import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { splitLucky, type SplitTerms } from './split.js';

/** Published before a packet opens; binds the service to the seed that it reveals at the close. */
export function commitmentOf(
  packetId: string,
  seed: string,
  { amount, count, min, max }: SplitTerms,
): string {
  return bytesToHex(sha256(utf8ToBytes(`split-v1|${packetId}|${seed}|${amount}|${count}|${min}|${max}`)));
}

export interface ProofToVerify extends SplitTerms {
  version: string;
  packetId: string;
  seed: string;
  commitment: string;
  claims: readonly { ordinal: number; amount: number }[];
}

export type ProofVerdict = { ok: true; claims: number } | { ok: false; difference: string };

/** Recomputes a split from a proof and compares every claim by its ordinal. The first difference is named. */
export function verifyProof(proof: ProofToVerify): ProofVerdict {
  const fail = (difference: string): ProofVerdict => ({ ok: false, difference });
  if (proof.version !== 'split-v1') return fail(`version is ${proof.version}, this verifier knows split-v1`);
  if (!/^[0-9a-f]{64}$/.test(proof.seed)) return fail('seed is not 64 lower-case hex characters');
  const commitment = commitmentOf(proof.packetId, proof.seed, proof);
  if (commitment !== proof.commitment)
    return fail(`commitment is ${proof.commitment}, the seed gives ${commitment}`);
  const shares = splitLucky(proof.seed, proof);
  const seen = new Set<number>();
  for (const { ordinal, amount } of proof.claims) {
    const share = shares[ordinal - 1];
    if (share === undefined) return fail(`claim ${ordinal} is outside the ${proof.count} shares`);
    if (seen.has(ordinal)) return fail(`claim ${ordinal} appears twice`);
    if (share !== amount) return fail(`claim ${ordinal} was paid ${amount}, the split gives ${share}`);
    seen.add(ordinal);
  }
  return { ok: true, claims: seen.size };
}
