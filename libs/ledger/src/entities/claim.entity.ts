import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A settled claim. Unique by (packet, ordinal) and by (packet, user). */
@Entity('claims')
export class ClaimEntity {
  @PrimaryColumn('uuid', { name: 'packet_id' })
  packetId!: string;

  @PrimaryColumn('int')
  ordinal!: number;

  @Column('text', { name: 'user_id' })
  userId!: string;

  @Column('bigint')
  amount!: number;

  @Column('timestamptz', { name: 'claimed_at' })
  claimedAt!: Date;
}
