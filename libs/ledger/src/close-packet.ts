import type { DataSource, EntityManager } from 'typeorm';
import { PacketEntity } from './entities/packet.entity.js';
import type { SeedVault } from './seed-vault.js';

/** What the store says of a packet that can't be grabbed any more. */
export interface StoreTally {
  state: 'finished' | 'expired';
  remaining: { count: number; amount: number };
}

export type ClosedPacket =
  /** `refund`: what went back to a person's wallet; a campaign's goes to its own account, and nobody is told. */
  | { status: 'closed'; packet: PacketEntity; refund?: { transferId: number; available: number; at: Date } }
  /** Was closed before; nothing was done. */
  | { status: 'already'; packet: PacketEntity }
  /** Claims are still on their way: ask again when they have arrived. */
  | { status: 'pending'; missing: number }
  | { status: 'broken'; reason: string }
  | { status: 'unknown' | 'frozen' };

/**
 * Ends a packet in the ledger: what was not claimed goes back where it came from, the best luck of a finished lucky packet is
 * found, the seed is revealed. Idempotent. Only when every claim that the store gave out is settled.
 */
export async function closePacket(
  dataSource: DataSource,
  vault: SeedVault,
  packetId: string,
  tally: StoreTally,
): Promise<ClosedPacket> {
  return dataSource.transaction(async (manager) => {
    const packet = await manager.findOne(PacketEntity, {
      where: { packetId },
      lock: { mode: 'pessimistic_write' },
    });
    if (!packet) return { status: 'unknown' };
    if (packet.closedAt) return { status: 'already', packet };
    if (packet.frozenReason) return { status: 'frozen' };
    const given = packet.count - tally.remaining.count;
    if (packet.claimedCount < given) return { status: 'pending', missing: given - packet.claimedCount };
    const left = packet.amount - packet.claimedAmount;
    if (packet.claimedCount > given || left !== tally.remaining.amount) {
      const reason = `the store says ${given} claims and ${tally.remaining.amount} left, the ledger ${packet.claimedCount} and ${left}`;
      return { status: 'broken', reason };
    }
    const refund = left > 0 ? await giveBack(manager, packet, left) : undefined;
    await manager.query(
      `UPDATE packets SET state = $2, refunded = $3, seed = $4, closed_at = now(), best_luck_ordinal =
         CASE WHEN kind = 'lucky' AND $2 = 'finished' THEN
           (SELECT ordinal FROM claims WHERE packet_id = $1 ORDER BY amount DESC, ordinal LIMIT 1) END
       WHERE packet_id = $1`,
      [packetId, tally.state, left, vault.open(packetId, packet.seedSealed)],
    );
    const after = await manager.findOneByOrFail(PacketEntity, { packetId });
    return { status: 'closed', packet: after, ...(packet.campaignId ? {} : { refund }) };
  });
}

/** Escrow before what it goes back to, as settlement does. */
async function giveBack(manager: EntityManager, packet: PacketEntity, amount: number) {
  const { packetId, campaignId, senderId, currency } = packet;
  const funder = campaignId ? ['campaign', campaignId] : ['wallet', senderId];
  const [escrows] = await manager.query<[{ account_id: number; balance: number }[], number]>(
    `UPDATE accounts SET balance = balance - $2 WHERE kind = 'escrow' AND owner = $1 RETURNING account_id, balance`,
    [packetId, amount],
  );
  const escrow = escrows[0];
  if (!escrow || escrow.balance !== 0) {
    throw new Error(`the escrow of packet ${packetId} would hold ${escrow?.balance} after its refund`);
  }
  const [funders] = await manager.query<[{ account_id: number; balance: number }[], number]>(
    `UPDATE accounts SET balance = balance + $4 WHERE kind = $1 AND owner = $2 AND currency = $3
     RETURNING account_id, balance`,
    [...funder, currency, amount],
  );
  const [transfer] = await manager.query<{ transfer_id: number; created_at: Date }[]>(
    `INSERT INTO transfers (transfer_key, kind, debit_account, credit_account, amount, currency, packet_id)
     VALUES ($1, 'refund', $2, $3, $4, $5, $6) RETURNING transfer_id, created_at`,
    [`refund:${packetId}`, escrow.account_id, funders[0]!.account_id, amount, currency, packetId],
  );
  return { transferId: transfer!.transfer_id, available: funders[0]!.balance, at: transfer!.created_at };
}
