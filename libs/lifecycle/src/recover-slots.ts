import type { Queue } from 'bullmq';
import { In, IsNull, type EntityManager } from 'typeorm';
import type { SettleClaimsJob } from '@app/contracts';
import { PacketEntity } from '@app/ledger';
import {
  slotOf,
  type CampaignStore,
  type GatedStore,
  type RunIdBySlot,
  type StoredClaim,
} from '@app/packet-store';
import { recoverCampaigns } from './campaigns/recover-campaigns.js';
import { termsOf } from './drop-packet.js';
import { endPacket, freezePacket, type Ended, type EndParts } from './end-packet.js';
import { claimsInQueue, settleQueued } from './queued-claims.js';
import { recheckPacket, recoverSpread } from './recover-spread.js';

export interface RecoveryParts extends EndParts {
  store: GatedStore & CampaignStore;
  settlementQueue: Queue<SettleClaimsJob>;
}

const PACKETS_PER_READ = 1_000;
/** Each holds a connection to Postgres while it is looked at. */
const PACKETS_AT_ONCE = 4;
const RECOVERED_RETRY_MS = 200;

/**
 * Checks some slots of a Redis that has just come back against Postgres, then opens their gates. Redis may be as it was,
 * empty, or older: a packet that lacks a claim is put back from its seed and every claim that anyone knows; one that was
 * closed since is forgotten there. Empty or old state is never taken for "sold out", and an ordinal is never given
 * twice. Returns how many packets were looked at and how many were put right.
 * Should Redis start once more meanwhile, the gates stay shut: they are opened for the processes that `runIds` names. Rejects
 * when what was read of one would be put back into the next.
 */
export async function recoverSlots(
  parts: RecoveryParts,
  { runIds, slots }: { runIds: RunIdBySlot; slots: readonly number[] },
): Promise<{ checked: number; mended: number }> {
  const check = await parts.store.gates.beginCheck(slots);
  await parts.store.gates.cleanFiles(slots);
  const wanted = new Set(slots);
  const onTheirWay = await claimsInQueue(parts.settlementQueue);
  const live = await parts.dataSource.getRepository(PacketEntity).find({
    where: { closedAt: IsNull(), frozenReason: IsNull() },
    select: { packetId: true, partitions: true },
  });
  const liveIds = live
    .filter(({ packetId, partitions }) => partitions === 1 && wanted.has(slotOf(packetId)))
    .map(({ packetId }) => packetId);
  let mended = await forgetWhatIsClosed(parts, slots, new Set(live.map(({ packetId }) => packetId)));
  for (const slot of slots) {
    const ofSlot = liveIds.filter((packetId) => slotOf(packetId) === slot);
    const inOutbox = await parts.store.gates.claimsInOutbox(slot);
    for (let from = 0; from < ofSlot.length; from += PACKETS_AT_ONCE) {
      const some = ofSlot.slice(from, from + PACKETS_AT_ONCE);
      const found = await Promise.all(
        some.map((id) =>
          recoverPacket(parts, id, {
            check,
            queued: onTheirWay.get(id) ?? [],
            inOutbox: inOutbox.get(id) ?? [],
          }),
        ),
      );
      for (const [k, one] of found.entries()) {
        // Not before the packet's row is free again: freezing writes to it from another connection.
        if (one.is === 'broken') await freezePacket(parts, some[k]!, one.reason);
        if (one.is === 'mended') mended += 1;
      }
    }
    await recoverCampaigns(parts, new Set([slot]), onTheirWay);
    // As soon as its own packets are checked; the others' are not waited for.
    await parts.store.gates.open(slot, runIds[slot]);
  }
  const spread = await recoverSpread(parts, onTheirWay);
  return { checked: liveIds.length + spread.checked, mended: mended + spread.mended };
}

type Found = { is: 'sound' | 'mended' } | { is: 'broken'; reason: string };

/** Of one packet, while its slot's gate is shut by `check`: claims in the queue, and in the outbox. */
interface OnItsWay {
  check: string;
  queued: readonly StoredClaim[];
  inOutbox: readonly StoredClaim[];
}

/** What only the queue knows is settled before a packet is put back. */
async function recoverPacket(parts: RecoveryParts, packetId: string, onItsWay: OnItsWay): Promise<Found> {
  const found = await recoverSettled(parts, packetId, onItsWay);
  if (found.is !== 'behind') return found;
  const reason = await settleQueued(parts, packetId, onItsWay.queued);
  if (reason !== undefined) return { is: 'broken', reason };
  return recoverPacket(parts, packetId, onItsWay);
}

/**
 * With the packet's row locked, as settling and closing lock it: no claim can arrive between the look and the mending. While
 * the gate is shut and nobody holds claims, every claim of the store is settled, queued or in the outbox. One that is not was
 * never decided (cleanAppendOnlyFile says how it may get there): a person has to look.
 */
function recoverSettled(
  parts: RecoveryParts,
  packetId: string,
  { check, queued, inOutbox }: OnItsWay,
): Promise<Found | { is: 'behind' }> {
  return parts.dataSource.transaction(async (manager) => {
    const packet = await manager.findOne(PacketEntity, {
      where: { packetId },
      lock: { mode: 'pessimistic_write' },
    });
    if (!packet) return { is: 'sound' };
    // Closed since the live ones were read: an older store would give its shares again, or call it empty.
    if (packet.closedAt) {
      await parts.store.forget(packetId);
      return { is: 'mended' };
    }
    const [stored, inStore, rows] = await Promise.all([
      parts.store.inspect(packetId),
      parts.store.claims(packetId),
      // Rows and not entities: a packet that is whole may have millions.
      manager.query<ClaimRow[]>(CLAIMS, [packetId]),
    ]);
    const known = [...rows.map(claimOf), ...queued];
    const byUser = new Map(inStore.map((claim) => [claim.userId, claim]));
    const missing = known.some(({ userId, ordinal }) => byUser.get(userId)?.ordinal !== ordinal);
    // Never announced, so nobody can have grabbed: the sweep arms it.
    if (packet.state === 'funded' && known.length === 0) return { is: 'sound' };
    const isSame = stored?.terms.epoch === packet.epoch && stored.state !== 'arming' && !missing;
    const backed = new Set([...known, ...inOutbox].map(nameOfClaim));
    const odd = inStore.filter((claim) => !backed.has(nameOfClaim(claim)));
    const [first] = odd.length > 0 ? await withoutTrace(parts, manager, packetId, odd) : [];
    if (first) {
      const reason = `ordinal ${first.ordinal} is claimed in the store, and neither settled nor on its way`;
      return { is: 'broken', reason };
    }
    if (isSame) return { is: 'sound' };
    const settled = new Set(rows.map(({ ordinal }) => ordinal));
    if (queued.some(({ ordinal }) => !settled.has(ordinal))) return { is: 'behind' };
    return rebuild(parts, packet, [...known, ...inStore], check);
  });
}

/**
 * Of these claims, which the store had, those that are nowhere else. The outbox is read after the store and the ledger last: a
 * claim goes from one to the next, also when another worker has opened the gate meanwhile.
 */
async function withoutTrace(
  { store }: RecoveryParts,
  manager: EntityManager,
  packetId: string,
  odd: readonly StoredClaim[],
): Promise<StoredClaim[]> {
  const waiting = (await store.gates.claimsInOutbox(slotOf(packetId))).get(packetId) ?? [];
  const rows = await manager.query<ClaimRow[]>(CLAIMS, [packetId]);
  const backed = new Set([...waiting, ...rows.map(claimOf)].map(nameOfClaim));
  return odd.filter((claim) => !backed.has(nameOfClaim(claim)));
}

async function rebuild(
  parts: RecoveryParts,
  packet: PacketEntity,
  known: StoredClaim[],
  check: string,
): Promise<Found> {
  const { packetId, opensAt, expiresAt } = packet;
  const claims = new Map<number, StoredClaim>();
  for (const claim of known) {
    const before = claims.get(claim.ordinal) ?? claim;
    if (before.userId !== claim.userId || before.amount !== claim.amount) {
      return { is: 'broken', reason: `ordinal ${claim.ordinal} is known with two owners or amounts` };
    }
    claims.set(claim.ordinal, claim);
  }
  if (!opensAt || !expiresAt) {
    return { is: 'broken', reason: 'claimed before it was marked open, and lost by the store' };
  }
  const done = await parts.store.rebuild({
    check,
    terms: termsOf(packet),
    seed: parts.vault.open(packetId, packet.seedSealed),
    claims: [...claims.values()],
    opensAtMs: opensAt.getTime(),
    expiresAtMs: expiresAt.getTime(),
  });
  // Claims of a Redis that is gone, without their outbox: in the next one nobody would ever settle them (found by the simulation).
  if (!done) throw new Error(`Redis started once more while packet ${packetId} was checked`);
  return { is: 'mended' };
}

/** An older Redis may have packets, with older claims, that were closed since: the ledger answers for those. */
async function forgetWhatIsClosed(
  parts: RecoveryParts,
  slots: readonly number[],
  live: Set<string>,
): Promise<number> {
  const suspects = (await parts.store.gates.unretiredPacketIds(slots)).filter(
    (packetId) => !live.has(packetId),
  );
  let forgotten = 0;
  for (let from = 0; from < suspects.length; from += PACKETS_PER_READ) {
    const ids = suspects.slice(from, from + PACKETS_PER_READ);
    const rows = await parts.dataSource.getRepository(PacketEntity).findBy({ packetId: In(ids) });
    const byId = new Map(rows.map((row) => [row.packetId, row]));
    for (const packetId of ids) {
      const row = byId.get(packetId);
      // Postgres has never heard of it, or holds it frozen: money that nobody can explain is not given out.
      if (!row || row.frozenReason) await parts.store.freeze(packetId);
      else if (row.closedAt) await parts.store.forget(packetId);
      // Funded after the live ones were read: new, and right.
      else continue;
      forgotten += 1;
    }
  }
  return forgotten;
}

/**
 * Ends a packet. One that the store has lost although its gate is open (it came back empty between arming and the ledger's
 * mark) is put back first: whole, by whoever checks its slot; over partitions, here.
 */
export async function endOrRecover(parts: RecoveryParts, packetId: string): Promise<Ended> {
  const ended = await endPacket(parts, packetId);
  if (ended.status !== 'lost') return ended;
  const { partitions } = await parts.dataSource.getRepository(PacketEntity).findOneByOrFail({ packetId });
  if (partitions === 1) await parts.store.gates.shut(slotOf(packetId));
  else {
    const queued = await claimsInQueue(parts.settlementQueue);
    await recheckPacket(parts, packetId, queued.get(packetId) ?? []);
  }
  return { status: 'later', inMs: RECOVERED_RETRY_MS };
}

const nameOfClaim = ({ ordinal, userId }: StoredClaim) => `${ordinal} ${userId}`;

const CLAIMS = `SELECT user_id AS "userId", ordinal, amount, claimed_at AS at FROM claims WHERE packet_id = $1`;
type ClaimRow = Omit<StoredClaim, 'atMs'> & { at: Date };

function claimOf({ at, ...claim }: ClaimRow): StoredClaim {
  return { ...claim, atMs: at.getTime() };
}
