import type { EntityManager } from 'typeorm';
import { IsNull, MoreThan } from 'typeorm';
import { blocksOfPartition, partitionOfOrdinal } from '@app/domain';
import { lockCampaign, PacketEntity } from '@app/ledger';
import type { CampaignStore, GatedStore, Rechecked, StoredClaim } from '@app/packet-store';
import { mostPartitions } from './campaigns/most-partitions.js';
import { isStopped } from './campaigns/stopped.js';
import { termsOf } from './drop-packet.js';
import { freezePacket, type EndParts } from './end-packet.js';
import { settleQueued } from './queued-claims.js';

type Parts = EndParts & { store: GatedStore & CampaignStore };
type Queued = ReadonlyMap<string, readonly StoredClaim[]>;

/** Open packets of which a partition has not been checked since its Redis process started, or not to the end. */
export async function shutSpreadPackets({ dataSource, store }: Parts): Promise<string[]> {
  const open = await dataSource.getRepository(PacketEntity).find({
    // One that is funded and not yet open is armed by the sweep, and is looked at when it is open.
    where: { partitions: MoreThan(1), state: 'open', closedAt: IsNull(), frozenReason: IsNull() },
    select: { packetId: true, partitions: true },
  });
  const shut: string[] = [];
  for (const { packetId, partitions } of open)
    if (!(await store.isSpreadOpen(packetId, partitions))) shut.push(packetId);
  return shut;
}

/**
 * Checks the packets that are spread and shut, each as a whole: its partitions may lie on Redis processes that fail one
 * by one, and one that came back must not give a share to somebody whose claim lies in another. What is shut is read from
 * the gates, so whoever looks next goes on where a crash ended this.
 */
export async function recoverSpread(
  parts: Parts,
  onTheirWay: Queued,
): Promise<{ checked: number; mended: number }> {
  const shut = await shutSpreadPackets(parts);
  let mended = 0;
  for (const packetId of shut) {
    const found = await recheckPacket(parts, packetId, onTheirWay.get(packetId) ?? []);
    if (found.is === 'mended') mended += 1;
  }
  return { checked: shut.length, mended };
}

/**
 * With its row locked, as settling and closing lock it. What only the queue knows is settled before, for a partition that
 * lacks it has it back as taken. Freezes the packet when what is known contradicts itself.
 */
export async function recheckPacket(
  parts: Parts,
  packetId: string,
  queued: readonly StoredClaim[],
): Promise<Rechecked> {
  const { dataSource, store, vault } = parts;
  const { campaignId } = await dataSource.getRepository(PacketEntity).findOneByOrFail({ packetId });
  if (campaignId) await restorePause(parts, campaignId);
  const reason = await settleQueued(parts, packetId, queued);
  if (reason !== undefined) {
    await freezePacket(parts, packetId, reason);
    return { is: 'broken', reason };
  }
  const found = await dataSource.transaction(async (manager): Promise<Rechecked> => {
    const lock = { mode: 'pessimistic_write' as const };
    const packet = await manager.findOneOrFail(PacketEntity, { where: { packetId }, lock });
    const { closedAt, opensAt, expiresAt, partitions, count } = packet;
    if (closedAt || packet.state === 'funded' || (await store.isSpreadOpen(packetId, partitions)))
      return { is: 'sound' };
    return store.recheck({
      terms: termsOf(packet),
      seed: vault.open(packetId, packet.seedSealed),
      opensAtMs: opensAt!.getTime(),
      expiresAtMs: expiresAt!.getTime(),
      claimsOf: async (p) => [
        ...(await settledClaims(manager, packet, p)),
        ...queued.filter(({ ordinal }) => partitionOfOrdinal(count, partitions, ordinal) === p),
      ],
    });
  });
  if (found.is === 'broken') await freezePacket(parts, packetId, found.reason);
  return found;
}

/** A pause has to stand in the slot of each partition before that partition gives anything. */
async function restorePause({ dataSource, store }: Parts, campaignId: string): Promise<void> {
  await dataSource.transaction(async (manager) => {
    const { state } = await lockCampaign(manager, campaignId);
    await store.setPaused(campaignId, isStopped(state), await mostPartitions(manager, campaignId));
  });
}

const SETTLED = `
SELECT c.ordinal, c.user_id AS "userId", c.amount, c.claimed_at AS at
FROM unnest($2::int[], $3::int[]) AS r (first, last)
JOIN claims c ON c.packet_id = $1 AND c.ordinal BETWEEN r.first AND r.last`;

/** A partition's: at most some 100,000 at once. */
async function settledClaims(
  manager: EntityManager,
  packet: PacketEntity,
  partition: number,
): Promise<StoredClaim[]> {
  const blocks = [...blocksOfPartition(termsOf(packet), packet.partitions, partition)];
  const firsts = blocks.map(({ firstShare }) => firstShare + 1);
  const lasts = blocks.map(({ firstShare, count }) => firstShare + count);
  const rows = await manager.query<(StoredClaim & { at: Date })[]>(SETTLED, [packet.packetId, firsts, lasts]);
  return rows.map(({ at, ...claim }) => ({ ...claim, atMs: at.getTime() }));
}
