import { partitionOfOrdinal, sharesOfPartition } from '@app/domain';
import type { PacketTerms, StoredClaim } from './packet-store.js';

export interface Share {
  ordinal: number;
  amount: number;
}

/** All of a packet that is whole, or one partition, as the model keeps it. */
export interface Part {
  shares: Share[];
  claims: Map<string, StoredClaim>;
  /** Wrong tries by user. */
  tries: Map<string, number>;
  ended?: 'finished' | 'expired';
  /** Its Redis came back empty: nothing is known of it until the packet is checked. */
  lost?: true;
}

export const emptyPart = (shares: Share[] = []): Part => ({ shares, claims: new Map(), tries: new Map() });

/** As armed, but for what these claims took. */
export function partsOf(seed: string, terms: PacketTerms, claims: readonly StoredClaim[] = []): Part[] {
  const { count, partitions = 1 } = terms;
  const taken = new Set(claims.map(({ ordinal }) => ordinal));
  const parts = Array.from({ length: partitions }, (_, p): Part => {
    const shares = sharesOfPartition(seed, terms, partitions, p).filter(({ ordinal }) => !taken.has(ordinal));
    return emptyPart(shares);
  });
  for (const claim of claims)
    parts[partitionOfOrdinal(count, partitions, claim.ordinal)]!.claims.set(claim.userId, claim);
  return parts;
}

/** A packet has ended when all of its parts have, and is finished only when each is. */
export function endOf(parts: readonly Part[]): 'open' | 'finished' | 'expired' {
  if (parts.some(({ ended }) => ended === undefined)) return 'open';
  return parts.every(({ ended }) => ended === 'finished') ? 'finished' : 'expired';
}

export function remainingOf(parts: readonly Part[]): { count: number; amount: number } {
  const shares = parts.flatMap((part) => part.shares);
  return { count: shares.length, amount: shares.reduce((sum, share) => sum + share.amount, 0) };
}
