import type { PacketRules } from '@app/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** `funded`: in escrow, not yet in the store. What clients call `armed`. */
export type PacketRowState = 'funded' | 'open' | 'finished' | 'expired';

@Entity('packets')
export class PacketEntity {
  @PrimaryColumn('uuid', { name: 'packet_id' })
  packetId!: string;

  /** Of a packet sent into a room; null for a campaign's. */
  @Column('uuid', { name: 'room_id', nullable: true })
  roomId!: string | null;

  @Column('uuid', { name: 'campaign_id', nullable: true })
  campaignId!: string | null;

  @Column('uuid', { name: 'drop_id', nullable: true })
  dropId!: string | null;

  /** Which of the drop's packets: `base`, `tier:<n>`, `round:<n>:<lane>`. */
  @Column('text', { nullable: true })
  part!: string | null;

  /** A campaign's brand; people are named by their last token. */
  @Column('text', { name: 'sender_name', nullable: true })
  senderName!: string | null;

  @Column('uuid', { name: 'cover_id', nullable: true })
  coverId!: string | null;

  /** With the right answers: for gateways and api only. */
  @Column('jsonb', { nullable: true })
  rules!: PacketRules | null;

  /** A user, or the tenant of a campaign: whose account it was funded from says `campaignId`. */
  @Column('text', { name: 'sender_id' })
  senderId!: string;

  @Column('text')
  kind!: 'lucky' | 'fixed';

  @Column('text')
  currency!: string;

  /** Minor units, as every amount. */
  @Column('bigint')
  amount!: number;

  @Column('int')
  count!: number;

  /** Over which the store spreads it (libs/domain/src/partitions.ts). */
  @Column('int')
  partitions!: number;

  @Column('bigint', { name: 'share_min' })
  shareMin!: number;

  @Column('bigint', { name: 'share_max' })
  shareMax!: number;

  @Column('text')
  greeting!: string;

  @Column('text', { name: 'only_user_ids', array: true, nullable: true })
  onlyUserIds!: string[] | null;

  @Column('text')
  state!: PacketRowState;

  @Column('text')
  commitment!: string;

  /** AES-256-GCM under SEED_KEY, bound to the packet's id. */
  @Column('bytea', { name: 'seed_sealed' })
  seedSealed!: Buffer;

  /** In the clear only once the packet is closed. */
  @Column('text', { nullable: true })
  seed!: string | null;

  @Column('int')
  epoch!: number;

  @Column('bigint', { name: 'expires_in_ms' })
  expiresInMs!: number;

  @Column('timestamptz', { name: 'opens_at', nullable: true })
  opensAt!: Date | null;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  /** What is settled, not what the store has given out. */
  @Column('int', { name: 'claimed_count' })
  claimedCount!: number;

  @Column('bigint', { name: 'claimed_amount' })
  claimedAmount!: number;

  @Column('bigint')
  refunded!: number;

  @Column('int', { name: 'best_luck_ordinal', nullable: true })
  bestLuckOrdinal!: number | null;

  @Column('timestamptz', { name: 'announced_at', nullable: true })
  announcedAt!: Date | null;

  @Column('timestamptz', { name: 'closed_at', nullable: true })
  closedAt!: Date | null;

  /** The room was told of the close, and the store forgot the shares. */
  @Column('timestamptz', { name: 'retired_at', nullable: true })
  retiredAt!: Date | null;

  @Column('text', { name: 'frozen_reason', nullable: true })
  frozenReason!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', insert: false, update: false })
  createdAt!: Date;
}
