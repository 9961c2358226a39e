import { QueryFailedError, type DataSource, type EntityManager } from 'typeorm';
import type { ClaimRecord } from '@app/contracts';
import { lockPackets, readKnown, settleNew, type LockedPacket } from './settlement-statement.js';

/** A wallet after a claim reached it. `available` is the balance after the whole batch; amounts in minor units. */
export interface Credited {
  userId: string;
  currency: string;
  available: number;
  transferId: number;
  amount: number;
  packetId: string;
  at: Date;
}

export interface Settled {
  credited: Credited[];
  /** Packets whose last share is now settled. */
  complete: string[];
  /** Packets whose claims contradict the ledger. Nothing of theirs was settled; they are to be frozen. */
  broken: { packetId: string; reason: string }[];
}

class Contradiction extends Error {
  constructor(readonly broken: { packetId: string; reason: string }[]) {
    super('claims contradict the ledger');
  }
}

/**
 * Settles claims into the ledger in one transaction; safe to call again with the same ones. A packet whose claims
 * contradict what is there (another owner, another amount, closed before, unknown) is left out whole and named.
 *
 * First as if all were new, as nearly always they are: asking the ledger beforehand costs each claim two searches of an
 * index. A unique key refuses what it has, and then it is asked.
 */
export async function settleClaims(dataSource: DataSource, claims: readonly ClaimRecord[]): Promise<Settled> {
  const broken: Settled['broken'] = [];
  let rest = claims;
  let doubted = false;
  while (rest.length > 0) {
    try {
      const settled = await dataSource.transaction((manager) => settleAll(manager, rest, doubted));
      return { ...settled, broken };
    } catch (error) {
      if (isRefusedByConstraint(error)) {
        if (doubted) return settleEach(dataSource, rest, error, broken);
        doubted = true;
      } else if (error instanceof Contradiction) {
        broken.push(...error.broken);
        const left = new Set(error.broken.map(({ packetId }) => packetId));
        rest = rest.filter((claim) => !left.has(claim.packetId));
      } else throw error;
    }
  }
  return { credited: [], complete: [], broken };
}

/** Integrity violations (23…) and values out of range (22…): trying the same again would fail the same. */
function isRefusedByConstraint(error: unknown): error is QueryFailedError {
  return error instanceof QueryFailedError && /^2[23]/.test(String((error as { code?: unknown }).code));
}

/** A constraint names no packet. Settled one packet at a time, the one that breaks it stands alone and the others go on. */
async function settleEach(
  dataSource: DataSource,
  claims: readonly ClaimRecord[],
  error: Error,
  broken: Settled['broken'],
): Promise<Settled> {
  const packetIds = [...new Set(claims.map((claim) => claim.packetId))];
  if (packetIds.length === 1) {
    return {
      credited: [],
      complete: [],
      broken: [...broken, { packetId: packetIds[0]!, reason: error.message }],
    };
  }
  const settled: Settled = { credited: [], complete: [], broken };
  for (const packetId of packetIds) {
    const one = await settleClaims(
      dataSource,
      claims.filter((claim) => claim.packetId === packetId),
    );
    settled.credited.push(...one.credited);
    settled.complete.push(...one.complete);
    settled.broken.push(...one.broken);
  }
  return settled;
}

async function settleAll(
  manager: EntityManager,
  claims: readonly ClaimRecord[],
  doubted: boolean,
): Promise<Omit<Settled, 'broken'>> {
  const packetIds = [...new Set(claims.map((claim) => claim.packetId))];
  const rows = await lockPackets(manager, packetIds);
  const packets = new Map(rows.map((row) => [row.packetId, row]));
  const allOpen = packetIds.every((packetId) => packets.get(packetId)?.closed === false);
  const fresh = allOpen && !doubted ? claims : await withoutSettled(manager, claims, packets);
  const poor = fresh.find(({ packetId }) => packets.get(packetId)!.escrowId === null);
  if (poor) throw new Contradiction([{ packetId: poor.packetId, reason: 'it has no escrow to pay from' }]);
  const credited = fresh.length > 0 ? await credit(manager, fresh, packets) : [];
  for (const { packetId } of fresh) packets.get(packetId)!.claimedCount += 1;
  const complete = rows.filter(({ closed, count, claimedCount }) => !closed && claimedCount === count);
  return { credited, complete: complete.map(({ packetId }) => packetId) };
}

async function credit(
  manager: EntityManager,
  claims: readonly ClaimRecord[],
  packets: ReadonlyMap<string, LockedPacket>,
): Promise<Credited[]> {
  const { credits, at } = await settleNew(manager, claims, packets);
  return claims.map(({ userId, amount, packetId }, k) => {
    const { transferId, available } = credits[k]!;
    return { userId, currency: packets.get(packetId)!.currency, available, transferId, amount, packetId, at };
  });
}

/** Second deliveries are fine, also after the close; anything else that is there is a broken invariant of its packet. */
async function withoutSettled(
  manager: EntityManager,
  claims: readonly ClaimRecord[],
  packets: ReadonlyMap<string, LockedPacket>,
): Promise<ClaimRecord[]> {
  const known = await readKnown(manager, claims);
  const broken = new Map<string, string>();
  const fresh = new Map<string, ClaimRecord>();
  for (const claim of claims) {
    const { packetId, ordinal, userId, amount } = claim;
    if (known.get(claim) === 'settled') continue;
    if (known.get(claim) === 'contradicted' || packets.get(packetId)?.closed !== false) {
      const reason = `claim ${ordinal} of ${userId} over ${amount} is not what the ledger has or can take`;
      broken.set(packetId, reason);
    }
    // Delivered twice at once. Two that differ break a unique key.
    fresh.set(`${packetId} ${ordinal} ${userId} ${amount}`, claim);
  }
  if (broken.size > 0)
    throw new Contradiction([...broken].map(([packetId, reason]) => ({ packetId, reason })));
  return [...fresh.values()];
}
