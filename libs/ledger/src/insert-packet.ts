import type { EntityManager } from 'typeorm';
import type { PacketRules } from '@app/contracts';
import type { SplitTerms } from '@app/domain';

/** A packet that is being funded. Either `roomId`, or `drop` of a campaign. */
export interface NewPacket {
  packetId: string;
  roomId: string | null;
  senderId: string;
  kind: 'lucky' | 'fixed';
  currency: string;
  terms: SplitTerms;
  /** Absent: one. */
  partitions?: number;
  greeting: string;
  onlyUserIds?: string[];
  coverId?: string | null;
  commitment: string;
  seedSealed: Buffer;
  expiresInMs: number;
  rules?: PacketRules | null;
  drop?: { campaignId: string; dropId: string; part: string; senderName: string; opensAt: Date };
}

export async function insertPacket(manager: EntityManager, packet: NewPacket): Promise<void> {
  const { terms, drop } = packet;
  await manager.query(
    `INSERT INTO packets (packet_id, room_id, sender_id, kind, currency, amount, count, share_min, share_max, greeting,
       only_user_ids, cover_id, commitment, seed_sealed, expires_in_ms, rules, campaign_id, drop_id, part, sender_name, opens_at, partitions)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`,
    [
      ...[
        packet.packetId,
        packet.roomId,
        packet.senderId,
        packet.kind,
        packet.currency,
        terms.amount,
        terms.count,
      ],
      ...[terms.min, terms.max, packet.greeting, packet.onlyUserIds ?? null, packet.coverId ?? null],
      ...[
        packet.commitment,
        packet.seedSealed,
        packet.expiresInMs,
        packet.rules ? JSON.stringify(packet.rules) : null,
      ],
      ...[
        drop?.campaignId,
        drop?.dropId,
        drop?.part,
        drop?.senderName,
        drop?.opensAt,
        packet.partitions ?? 1,
      ],
    ],
  );
}

/** A new packet's escrow, with what `debitAccount` has already given up for it. */
export async function fillEscrow(
  manager: EntityManager,
  {
    packetId,
    currency,
    amount,
    debitAccount,
  }: { packetId: string; currency: string; amount: number; debitAccount: number },
): Promise<void> {
  const [escrow] = await manager.query<{ account_id: number }[]>(
    `INSERT INTO accounts (kind, owner, currency, balance) VALUES ('escrow', $1, $2, $3) RETURNING account_id`,
    [packetId, currency, amount],
  );
  await manager.query(
    `INSERT INTO transfers (transfer_key, kind, debit_account, credit_account, amount, currency, packet_id)
     VALUES ($1, 'fund', $2, $3, $4, $5, $6)`,
    [`fund:${packetId}`, debitAccount, escrow!.account_id, amount, currency, packetId],
  );
}
