import type { PacketEntity } from '@app/ledger';

const LEFT_BEHIND_MS = 5_000;

/** In the words of apps/worker/src/packets/sweep.ts. */
const CONDITIONS: Record<string, (packet: PacketEntity, nowMs: number) => boolean> = {
  [`state = 'funded' AND campaign_id IS NULL AND created_at < now() - interval '5 seconds'`]: (
    packet,
    nowMs,
  ) => packet.state === 'funded' && packet.campaignId === null && isOld(packet.createdAt, nowMs),
  [`state = 'open' AND announced_at IS NULL AND campaign_id IS NULL AND created_at < now() - interval '5 seconds'`]:
    (packet, nowMs) =>
      packet.state === 'open' &&
      packet.announcedAt === null &&
      packet.campaignId === null &&
      isOld(packet.createdAt, nowMs),
  [`state = 'open' AND (expires_at < now() OR claimed_count = count)`]: (packet, nowMs) =>
    packet.state === 'open' && (packet.expiresAt!.getTime() < nowMs || packet.claimedCount === packet.count),
  [`closed_at < now() - interval '5 seconds'`]: (packet, nowMs) =>
    packet.closedAt !== null && isOld(packet.closedAt, nowMs),
};

const isOld = (at: Date, nowMs: number) => at.getTime() < nowMs - LEFT_BEHIND_MS;

export function sweepConditionOf(where: string): (nowMs: number) => (packet: PacketEntity) => boolean {
  const own = where.replace('retired_at IS NULL AND frozen_reason IS NULL AND ', '');
  const condition = CONDITIONS[own];
  if (!condition || own === where)
    throw new Error(`the simulation's ledger does not know this sweep: ${where}`);
  return (nowMs) => (packet) =>
    packet.retiredAt === null && packet.frozenReason === null && condition(packet, nowMs);
}
