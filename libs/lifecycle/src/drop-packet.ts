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
}

/** Added to the expiry, so that the job that closes a packet finds it due by the store's clock. */
const AFTER_EXPIRY_MS = 100;

/**
 * Brings a funded packet to its audience: arm it in the store, mark it open in the ledger, set its close, tell the room.
 * Each step may be repeated, so the api and the sweep may both be at it; a packet that is open already is left alone.
 */
export async function dropPacket(parts: DropParts, packetId: string): Promise<PacketEntity> {
  const { dataSource, store, vault, packetsQueue } = parts;
  const packets = dataSource.getRepository(PacketEntity);
  const funded = await packets.findOneByOrFail({ packetId });
  if (funded.state !== 'funded') return funded;
  const armed = await store.arm({
    terms: termsOf(funded),
    seed: vault.open(packetId, funded.seedSealed),
    opensAtMs: 0,
    expiresInMs: funded.expiresInMs,
  });
  await dataSource.query(
    `UPDATE packets SET state = 'open', opens_at = to_timestamp($2 / 1000.0), expires_at = to_timestamp($3 / 1000.0)
     WHERE packet_id = $1 AND state = 'funded'`,
    [packetId, armed.opensAtMs, armed.expiresAtMs],
  );
  const packet = await packets.findOneByOrFail({ packetId });
  await announceDrop(parts, packet);
  const delay = Math.max(0, armed.expiresAtMs - Date.now()) + AFTER_EXPIRY_MS;
  // Not waited for: while the queues' Redis is away, `add` would wait too, and the sender with it. Without the job the
  // sweep closes the packet, some seconds later.
  void packetsQueue
    .add(JOBS.closePacket, { packetId }, { delay, jobId: `expiry-${packetId}` })
    .catch(() => undefined);
  return packet;
}

/** Tells the room, at least once: clients know a packet by its id. */
export async function announceDrop(
  { dataSource, views, pusher }: DropParts,
  packet: PacketEntity,
): Promise<void> {
  // Nobody was told when there is no connection to tell by: the sweep tries again.
  if (!pusher.toRoom(packet.roomId, 'packet:dropped', await views.socketView(packet))) return;
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
    ...(packet.onlyUserIds ? { onlyUserIds: packet.onlyUserIds } : {}),
  };
}
