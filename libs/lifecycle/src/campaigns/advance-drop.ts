import { In, IsNull } from 'typeorm';
import type { GatewayEvents } from '@app/push';
import { CampaignDropEntity, CampaignEntity, fundDrop, PacketEntity } from '@app/ledger';
import { armPacket } from '../drop-packet.js';
import { endPacket } from '../end-packet.js';
import { loadAudiences } from './load-audiences.js';
import { packetsOfDrop } from './packets-of-drop.js';
import type { CampaignParts } from './parts.js';

/** `later`: the next step is due in `inMs`, by the store's clock. `idle`: none is, until something else happens. */
export type Advanced = { status: 'later'; inMs: number } | { status: 'idle' };

/** Before the opening there is time to fund, to set up a list and to arm, also with a worker that has just started. */
const LEAD_MS = 10_000;
/** Measured on one machine with room to spare: lists load at 400,000 ids/s, packets arm at 500,000 shares/s. */
const IDS_PER_MS = 50;
const SHARES_PER_MS = 50;
/** Each may hold a connection to Postgres. */
const PACKETS_AT_ONCE = 4;

/**
 * Takes a drop as far as it is due: fund and arm its packets, announce it, say that it is open, and note when all is
 * closed. Whoever calls, however often and from however many processes, each step is made once: funding by the row of the
 * drop, telling under its lock. A paused campaign's drops stand still; what was armed opens with nobody able to claim.
 */
export async function advanceDrop(parts: CampaignParts, dropId: string): Promise<Advanced> {
  const { dataSource, store } = parts;
  const drop = await dataSource.getRepository(CampaignDropEntity).findOneBy({ dropId });
  if (!drop || drop.state === 'closed' || drop.state === 'cancelled') return { status: 'idle' };
  const campaign = await dataSource
    .getRepository(CampaignEntity)
    .findOneByOrFail({ campaignId: drop.campaignId });
  if (campaign.state === 'draft') return { status: 'idle' };
  const goesOn = campaign.state === 'scheduled' || campaign.state === 'running';
  const nowMs = await store.nowMs();
  const prepareInMs = drop.opensAt.getTime() - (await leadMs(parts, drop)) - nowMs;
  if (!drop.fundedAt) {
    if (!goesOn) return { status: 'idle' };
    if (prepareInMs > 0) return { status: 'later', inMs: prepareInMs };
    await fundDrop(dataSource, dropId, (...rows) => packetsOfDrop(parts, ...rows));
  }
  await armAll(parts, dropId);
  const nextMs = goesOn ? await tellWhatIsDue(parts, dropId) : undefined;
  if (nextMs !== undefined) return { status: 'later', inMs: nextMs };
  await noteClosedDrops(dataSource, dropId);
  return { status: 'idle' };
}

async function leadMs(
  { dataSource }: CampaignParts,
  { announceSeconds, plan }: CampaignDropEntity,
): Promise<number> {
  const lists = [
    plan.audience.kind === 'list' ? plan.audience.audienceId : null,
    ...plan.tiers.map((t) => t.audienceId),
  ];
  const ids = lists.filter((id) => id !== null && id !== undefined);
  const [sum] = ids.length
    ? await dataSource.query<{ n: number | null }[]>(
        `SELECT sum(count)::int AS n FROM audiences WHERE audience_id = ANY($1::uuid[])`,
        [ids],
      )
    : [];
  const preparing = LEAD_MS + (sum?.n ?? 0) / IDS_PER_MS + plan.packet.count / SHARES_PER_MS;
  return announceSeconds * 1_000 + preparing;
}

async function armAll(parts: CampaignParts, dropId: string): Promise<void> {
  const packets = await parts.dataSource
    .getRepository(PacketEntity)
    .find({ where: { dropId, state: 'funded' }, order: { opensAt: 'ASC', part: 'ASC' } });
  for (const packet of packets) {
    await loadAudiences(parts, packet);
    await armPacket(parts, packet.packetId);
  }
}

/**
 * Announces, or says that packets are open, with the drop's row locked: two schedulers at once tell the audience once.
 * Returns when the next thing is to be told, from now; undefined when there is none.
 */
async function tellWhatIsDue(parts: CampaignParts, dropId: string): Promise<number | undefined> {
  const { store, dataSource } = parts;
  return dataSource.transaction(async (manager) => {
    const lock = { mode: 'pessimistic_write' as const };
    const drop = await manager.findOneOrFail(CampaignDropEntity, { where: { dropId }, lock });
    const packets = await manager.find(PacketEntity, {
      where: { dropId, state: 'open' },
      order: { opensAt: 'ASC' },
    });
    const untold = packets.filter((packet) => !packet.announcedAt && packet.opensAt);
    const nowMs = await store.nowMs();
    const due = untold.filter((packet) => packet.opensAt!.getTime() <= nowMs);
    const announceInMs = drop.opensAt.getTime() - drop.announceSeconds * 1_000 - nowMs;
    if (due.length > 0) {
      if (!(await tell(parts, 'packets:dropped', due))) return 1_000;
      await manager.query(
        `UPDATE campaign_drops SET state = 'open', opened_at = coalesce(opened_at, to_timestamp($2 / 1000.0)) WHERE drop_id = $1`,
        [dropId, nowMs],
      );
      if (!drop.openedAt) parts.onOpened?.(nowMs - drop.opensAt.getTime());
      const ids = due.map(({ packetId }) => packetId);
      await manager.query(`UPDATE packets SET announced_at = now() WHERE packet_id = ANY($1::uuid[])`, [ids]);
    } else if (untold.length > 0 && drop.state === 'planned' && drop.announceSeconds > 0) {
      if (announceInMs > 0) return announceInMs;
      if (!(await tell(parts, 'packets:announced', untold))) return 1_000;
      await manager.query(
        `UPDATE campaign_drops SET state = 'announced', announced_at = to_timestamp($2 / 1000.0) WHERE drop_id = $1`,
        [dropId, nowMs],
      );
    }
    const next = untold.find((packet) => !due.includes(packet));
    return next && Math.max(0, next.opensAt!.getTime() - nowMs);
  });
}

async function tell(
  { views, pusher }: CampaignParts,
  event: keyof Pick<GatewayEvents, 'packets:announced' | 'packets:dropped'>,
  packets: PacketEntity[],
): Promise<boolean> {
  return pusher.toGateways(event, await Promise.all(packets.map((packet) => views.socketView(packet))));
}

/** A drop is closed when the last of its packets is. */
export async function noteClosedDrops(
  dataSource: CampaignParts['dataSource'],
  dropId?: string,
): Promise<void> {
  await dataSource.query(
    `UPDATE campaign_drops d SET state = 'closed' WHERE state IN ('planned', 'announced', 'open') AND funded_at IS NOT NULL
       AND ($1::uuid IS NULL OR drop_id = $1)
       AND NOT EXISTS (SELECT 1 FROM packets p WHERE p.drop_id = d.drop_id AND p.closed_at IS NULL)`,
    [dropId ?? null],
  );
}

/** Ends what is open of a campaign's drops, now: all of it is cut short first, then closed. */
export async function cutDropsShort(parts: CampaignParts, campaignId: string): Promise<void> {
  const open = await parts.dataSource.getRepository(PacketEntity).find({
    where: { campaignId, state: In(['funded', 'open']), frozenReason: IsNull() },
    select: { packetId: true },
  });
  const ids = open.map(({ packetId }) => packetId);
  await inTurn(ids, (packetId) => cutShort(parts, packetId));
  await inTurn(ids, (packetId) => endPacket(parts, packetId));
}

async function cutShort(parts: CampaignParts, packetId: string): Promise<void> {
  // Funded, and the worker died before it was armed: the store has to know it before it can be closed.
  await armPacket(parts, packetId);
  const cut = await parts.store.cutShort(packetId);
  if (!cut) return;
  await parts.dataSource.query(
    `UPDATE packets SET expires_at = least(expires_at, to_timestamp($2 / 1000.0)) WHERE packet_id = $1`,
    [packetId, cut.expiresAtMs],
  );
}

async function inTurn(ids: readonly string[], step: (id: string) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < ids.length; from += PACKETS_AT_ONCE) {
    await Promise.all(ids.slice(from, from + PACKETS_AT_ONCE).map(step));
  }
}
