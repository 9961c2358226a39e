import { CampaignEntity, lockCampaign, PacketEntity } from '@app/ledger';
import { slotOf, type StoredClaim } from '@app/packet-store';
import { IsNull } from 'typeorm';
import { mostPartitions } from './most-partitions.js';
import { isStopped } from './stopped.js';
import { loadAudiences } from './load-audiences.js';
import type { CampaignParts } from './parts.js';

type Parts = Pick<CampaignParts, 'dataSource' | 'store'>;

/**
 * Puts back what caps, pauses and lists go by, for campaigns of some slots that can still have claims: counted anew from
 * every claim that the ledger, the queue or the store knows. Run while the slots' gates are shut.
 */
export async function recoverCampaigns(
  parts: Parts,
  slots: ReadonlySet<number>,
  onTheirWay: ReadonlyMap<string, StoredClaim[]>,
): Promise<void> {
  const campaigns = await parts.dataSource.getRepository(CampaignEntity).findBy({ settledUpAt: IsNull() });
  for (const campaign of campaigns) {
    if (campaign.state === 'draft' || !slots.has(slotOf(campaign.campaignId))) continue;
    // With its row locked: a pause that is answered meanwhile would be overwritten by what was read before.
    await parts.dataSource.transaction(async (manager) => {
      const locked = await lockCampaign(manager, campaign.campaignId);
      await recoverCampaign(parts, locked, onTheirWay);
    });
  }
}

async function recoverCampaign(
  { dataSource, store }: Parts,
  { campaignId, state }: CampaignEntity,
  onTheirWay: ReadonlyMap<string, StoredClaim[]>,
): Promise<void> {
  const packets = await dataSource.getRepository(PacketEntity).findBy({ campaignId });
  const paused = isStopped(state);
  // What is spread is not counted: nothing looks at it.
  const counted = packets.filter(({ partitions }) => partitions === 1);
  const partitions = await mostPartitions(dataSource, campaignId);
  const open = packets.filter(({ closedAt }) => !closedAt);
  for (const packet of open) await loadAudiences({ dataSource, store }, packet);
  const live = counted.filter(({ closedAt }) => !closedAt);
  const settledCount = counted.reduce((sum, packet) => sum + packet.claimedCount, 0);
  const queuedCount = live.reduce((sum, { packetId }) => sum + (onTheirWay.get(packetId)?.length ?? 0), 0);
  // A Redis that came back as it was has counted at least what anyone else knows: a million claims need not be read again.
  if ((await store.claimsCounted(campaignId)) >= settledCount + queuedCount) {
    await store.setPaused(campaignId, paused, partitions);
    return;
  }
  const claims = new Map<string, StoredClaim & { onceKey?: string }>();
  const settled = await dataSource.query<(StoredClaim & { packetId: string; at: Date })[]>(
    `SELECT c.packet_id AS "packetId", c.ordinal, c.user_id AS "userId", c.amount, c.claimed_at AS at
     FROM claims c JOIN packets p USING (packet_id) WHERE p.campaign_id = $1 AND p.partitions = 1`,
    [campaignId],
  );
  const onceKeys = new Map(packets.map((packet) => [packet.packetId, packet.rules?.campaign?.onceKey]));
  const add = (packetId: string, claim: StoredClaim) => {
    const onceKey = onceKeys.get(packetId);
    claims.set(`${packetId} ${claim.userId}`, { ...claim, ...(onceKey ? { onceKey } : {}) });
  };
  for (const { packetId, at, ...claim } of settled) add(packetId, { ...claim, atMs: at.getTime() });
  for (const { packetId } of live) {
    for (const claim of [...(onTheirWay.get(packetId) ?? []), ...(await store.claims(packetId))])
      add(packetId, claim);
  }
  const days = new Map(
    packets.flatMap((packet) => packet.rules?.campaign?.days ?? []).map((day) => [day.startMs, day]),
  );
  const inOrder = [...days.values()].sort((a, b) => a.startMs - b.startMs);
  await store.restoreCampaign({ campaignId, paused, claims: [...claims.values()], days: inOrder });
  await store.setPaused(campaignId, paused, partitions);
}
