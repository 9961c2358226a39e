import type { DataSource, EntityManager } from 'typeorm';
import { RefusalError, type PacketRules, type SendPacket } from '@app/contracts';
import { useCover } from './covers.js';
import type { SplitTerms } from '@app/domain';
import { enterKey, type EarlierAnswer } from './idempotency.js';
import { fillEscrow, insertPacket } from './insert-packet.js';

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
  /** Of its gates; null without any. */
  rules?: PacketRules | null;
}

/**
 * Moves the sender's money into the packet's escrow, before anyone is told of it. Once for a key: a repeated call gets
 * what the first one made. Throws `not_found` when the sender is no member of the room, `insufficient_funds`,
 * `cover_not_found`, `idempotency_conflict`. Then nothing has changed.
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
    if (request.coverId) await useCover(manager, request.coverId, {});
    await moveIntoEscrow(manager, packet);
    const { roomId, kind, currency, onlyUserIds, coverId } = request;
    await insertPacket(manager, { ...packet, roomId, kind, currency, onlyUserIds, coverId });
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
  await fillEscrow(manager, { packetId, currency, amount, debitAccount: wallet.account_id });
}
