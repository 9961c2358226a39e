import type { DataSource, EntityManager } from 'typeorm';
import { RefusalError, type SendPacket } from '@app/contracts';
import type { SplitTerms } from '@app/domain';
import { enterKey, type EarlierAnswer } from './idempotency.js';

export interface PacketToFund {
  packetId: string;
  senderId: string;
  idempotencyKey: string;
  request: SendPacket;
  terms: SplitTerms;
  greeting: string;
  expiresInMs: number;
  commitment: string;
  seedSealed: Buffer;
}

/**
 * Moves the sender's money into the packet's escrow, before anyone is told of it. Once for a key: a repeated call gets
 * what the first one made. Throws `not_found` when the sender is no member of the room, `insufficient_funds`,
 * `idempotency_conflict`. Then nothing has changed.
 */
export async function fundPacket(
  dataSource: DataSource,
  packet: PacketToFund,
): Promise<EarlierAnswer | undefined> {
  const { packetId, senderId, idempotencyKey, request } = packet;
  return dataSource.transaction(async (manager) => {
    const call = { userId: senderId, call: 'packets' as const, key: idempotencyKey, body: request };
    const earlier = await enterKey(manager, call, packetId);
    if (earlier) return earlier;
    const [member] = await manager.query<unknown[]>(
      `SELECT 1 FROM room_members WHERE room_id = $1 AND user_id = $2`,
      [request.roomId, senderId],
    );
    if (!member) throw new RefusalError('not_found');
    await moveIntoEscrow(manager, packet);
    await insertPacket(manager, packet);
    return undefined;
  });
}

async function moveIntoEscrow(
  manager: EntityManager,
  { packetId, senderId, request }: PacketToFund,
): Promise<void> {
  const { amount, currency } = request;
  const [debited] = await manager.query<[{ account_id: number }[], number]>(
    `UPDATE accounts SET balance = balance - $3
     WHERE kind = 'wallet' AND owner = $1 AND currency = $2 AND balance >= $3 RETURNING account_id`,
    [senderId, currency, amount],
  );
  const wallet = debited[0];
  if (!wallet) throw new RefusalError('insufficient_funds');
  const [escrow] = await manager.query<{ account_id: number }[]>(
    `INSERT INTO accounts (kind, owner, currency, balance) VALUES ('escrow', $1, $2, $3) RETURNING account_id`,
    [packetId, currency, amount],
  );
  await manager.query(
    `INSERT INTO transfers (transfer_key, kind, debit_account, credit_account, amount, currency, packet_id)
     VALUES ($1, 'fund', $2, $3, $4, $5, $6)`,
    [`fund:${packetId}`, wallet.account_id, escrow!.account_id, amount, currency, packetId],
  );
}

async function insertPacket(manager: EntityManager, packet: PacketToFund): Promise<void> {
  const { packetId, senderId, request, terms, greeting, expiresInMs, commitment, seedSealed } = packet;
  await manager.query(
    `INSERT INTO packets (packet_id, room_id, sender_id, kind, currency, amount, count, share_min, share_max, greeting,
       only_user_ids, commitment, seed_sealed, expires_in_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      ...[packetId, request.roomId, senderId, request.kind, request.currency, request.amount, request.count],
      ...[terms.min, terms.max, greeting, request.onlyUserIds ?? null, commitment, seedSealed, expiresInMs],
    ],
  );
}
