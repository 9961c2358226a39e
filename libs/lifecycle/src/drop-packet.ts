import type { DataSource } from 'typeorm';
import type { Queue } from 'bullmq';
import { JOBS } from '@app/contracts';
import { PacketEntity, type SeedVault } from '@app/ledger';
import type { PacketStore, PacketTerms } from '@app/packet-store';
import type { Pusher } from '@app/push';
import type { PacketViews } from './packet-view.js';

export interface DropParts {
  dataSource: DataSource;
  store: PacketStore;
  vault: SeedVault;
  views: PacketViews;
  pusher: Pusher;
  packetsQueue: Queue;
  /** So many of the packet's blocks are armed, of 1,000 shares each. */
  onBlock?: (packetId: string, armed: number, blocks: number) => void;
}

/** Added to the expiry, so that the job that closes a packet finds it due by the store's clock. */
const AFTER_EXPIRY_MS = 100;

/** Brings a funded packet to its room: arm it, then tell the room. Each step may be repeated. */
export async function dropPacket(parts: DropParts, packetId: string): Promise<PacketEntity> {
  const { packet, isNew } = await armPacket(parts, packetId);
  if (isNew) await announceDrop(parts, packet);
  return packet;
}

/**
 * Arms a funded packet in the store, marks it open in the ledger, and sets its close. Each step may be repeated, so two
 * may be at it at once; a packet that is open already is left alone. A packet with an opening of its own opens then by the
 * store's clock, or now if that has passed: the commitment is published before anyone can have a share.
 */
export async function armPacket(
  parts: DropParts,
  packetId: string,
): Promise<{ packet: PacketEntity; isNew: boolean }> {
  const { dataSource, store, vault, packetsQueue } = parts;
  const packets = dataSource.getRepository(PacketEntity);
  const funded = await packets.findOneByOrFail({ packetId });
  if (funded.state !== 'funded') return { packet: funded, isNew: false };
  const opensAtMs = funded.opensAt?.getTime() ?? 0;
  const isLate = opensAtMs > 0 && opensAtMs < (await store.nowMs());
  const order = {
    terms: termsOf(funded),
    seed: vault.open(packetId, funded.seedSealed),
    opensAtMs: isLate ? 0 : opensAtMs,
    expiresInMs: funded.expiresInMs,
  };
  const armed = await store.arm(order, (done, blocks) => parts.onBlock?.(packetId, done, blocks));
  await dataSource.query(
    `UPDATE packets SET state = 'open', opens_at = to_timestamp($2 / 1000.0), expires_at = to_timestamp($3 / 1000.0)
     WHERE packet_id = $1 AND state = 'funded'`,
    [packetId, armed.opensAtMs, armed.expiresAtMs],
  );
  const packet = await packets.findOneByOrFail({ packetId });
  const delay = Math.max(0, armed.expiresAtMs - Date.now()) + AFTER_EXPIRY_MS;
  // Not waited for: while the queues' Redis is away, `add` would wait too, and the sender with it. Without the job the
  // sweep closes the packet, some seconds later.
  void packetsQueue
    .add(JOBS.closePacket, { packetId }, { delay, jobId: `expiry-${packetId}` })
    .catch(() => undefined);
  return { packet, isNew: true };
}

/** Tells the room of a packet sent into it, at least once: clients know a packet by its id. */
export async function announceDrop(
  { dataSource, views, pusher }: DropParts,
  packet: PacketEntity,
): Promise<void> {
  const view = await views.socketView(packet);
  // With gates, each person may be shown another order of options: the gateways see to that.
  const told = packet.rules
    ? pusher.toGateways('packets:dropped', [view])
    : pusher.toAudience(packet, 'packet:dropped', view);
  // Nobody was told when there is no connection to tell by: the sweep tries again.
  if (!told) return;
  await dataSource.query(`UPDATE packets SET announced_at = now() WHERE packet_id = $1`, [packet.packetId]);
}

export function termsOf(packet: PacketEntity): PacketTerms {
  return {
    packetId: packet.packetId,
    roomId: packet.roomId,
    senderId: packet.senderId,
    currency: packet.currency,
    amount: packet.amount,
    count: packet.count,
    min: packet.shareMin,
    max: packet.shareMax,
    epoch: packet.epoch,
    ...(packet.partitions > 1 ? { partitions: packet.partitions } : {}),
    ...(packet.onlyUserIds ? { onlyUserIds: packet.onlyUserIds } : {}),
    ...(packet.rules ? { rules: packet.rules } : {}),
  };
}
