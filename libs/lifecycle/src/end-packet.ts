import { entryOnSocket, type WalletChanged } from '@app/contracts';
import { closePacket, entryView, type ClosedPacket, PacketEntity } from '@app/ledger';
import type { DropParts } from './drop-packet.js';

/** How long a closed packet's claims stay in the store, so that late grabs are answered without the ledger. */
const KEEP_CLAIMS_SECONDS = 24 * 3_600;

export interface EndParts extends DropParts {
  onBroken: (packetId: string, reason: string) => void;
}

/** `ended`; `later`: try again after `inMs`; `lost`: the store does not know it, recovery has to put it back first. */
export type Ended = { status: 'ended' } | { status: 'later'; inMs: number } | { status: 'lost' | 'frozen' };

const PENDING_RETRY_MS = 200;
const SHUT_RETRY_MS = 500;

/**
 * Ends a packet that is finished or expired: stop the store, then close the ledger once every claim has arrived there,
 * then tell the audience and the sender. Idempotent; whoever finds it half done finishes it.
 */
export async function endPacket(parts: EndParts, packetId: string): Promise<Ended> {
  const { dataSource, store, vault } = parts;
  const before = await dataSource.getRepository(PacketEntity).findOneBy({ packetId });
  if (!before) return { status: 'ended' };
  if (before.frozenReason) return { status: 'frozen' };
  if (before.closedAt) {
    await tellAndRetire(parts, before);
    return { status: 'ended' };
  }
  const tally = await store.close(packetId);
  if (tally.state === 'open') return { status: 'later', inMs: Math.max(1, tally.dueInMs) };
  if (tally.state === 'arming') return { status: 'later', inMs: PENDING_RETRY_MS };
  if (tally.state === 'shut') return { status: 'later', inMs: SHUT_RETRY_MS };
  if (!('remaining' in tally)) return { status: tally.state === 'frozen' ? 'frozen' : 'lost' };
  const closed = await closePacket(dataSource, vault, packetId, tally);
  if (closed.status === 'pending') return { status: 'later', inMs: PENDING_RETRY_MS };
  if (closed.status === 'frozen') return { status: 'frozen' };
  if (closed.status === 'broken') {
    await freezePacket(parts, packetId, closed.reason);
    return { status: 'frozen' };
  }
  if ('packet' in closed) await tellAndRetire(parts, closed.packet);
  if (closed.status === 'closed') tellSender(parts, closed);
  return { status: 'ended' };
}

/**
 * Stops a packet whose money does not add up: grabs get `busy` and it does not close until a person has looked. Claims of
 * it that contradict nothing still settle: they were acknowledged.
 */
export async function freezePacket(parts: EndParts, packetId: string, reason: string): Promise<void> {
  await parts.dataSource.query(
    `UPDATE packets SET frozen_reason = $2 WHERE packet_id = $1 AND frozen_reason IS NULL`,
    [packetId, reason],
  );
  await parts.store.freeze(packetId);
  parts.onBroken(packetId, reason);
}

async function tellAndRetire(parts: EndParts, packet: PacketEntity): Promise<void> {
  const { packetId, refunded, seed, state } = packet;
  const bestLuck = await parts.views.bestLuck(packet);
  const told = parts.pusher.toAudience(packet, 'packet:closed', {
    packetId,
    state: state as 'finished' | 'expired',
    ...(bestLuck ? { bestLuck } : {}),
    refunded,
    seed: seed!,
  });
  // Nobody was told when there is no connection to tell by: the sweep tries again.
  if (!told) return;
  parts.pusher.dismissAudience(packet);
  // A Redis that has just come back older may have it as open: without its shares it would be called empty, and recovery
  // would not look at it any more. The sweep asks again, and by then recovery has made it forget the packet.
  if (!(await parts.store.retire(packetId, KEEP_CLAIMS_SECONDS))) return;
  await parts.dataSource.query(`UPDATE packets SET retired_at = now() WHERE packet_id = $1`, [packetId]);
}

function tellSender({ pusher }: EndParts, { packet, refund }: ClosedPacket & { status: 'closed' }): void {
  if (!refund) return;
  const entry = entryView({
    ...refund,
    kind: 'refund',
    amount: packet.refunded,
    currency: packet.currency,
    packetId: packet.packetId,
  });
  const change: WalletChanged = {
    currency: packet.currency,
    available: refund.available,
    entry: entryOnSocket(entry),
  };
  pusher.toGateways('wallets:changed', [{ userId: packet.senderId, change }]);
}
