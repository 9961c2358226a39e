import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/**
 * `wallet` of a user, `escrow` of a packet, `tenant`: a brand's money, `campaign`: what a brand has set aside for one,
 * `provider`: the world outside, which alone may go under 0.
 */
export type AccountKind = 'wallet' | 'escrow' | 'tenant' | 'campaign' | 'provider';

@Entity('accounts')
export class AccountEntity {
  @PrimaryGeneratedColumn('identity', { name: 'account_id', type: 'bigint' })
  accountId!: number;

  @Column('text')
  kind!: AccountKind;

  /** User id, packet id, tenant id, campaign id or provider name, by kind. */
  @Column('text')
  owner!: string;

  @Column('text')
  currency!: string;

  @Column('bigint')
  balance!: number;
}

/** One movement: takes `amount` from one account and gives it to another. `transferKey` is unique. */
@Entity('transfers')
export class TransferEntity {
  @PrimaryGeneratedColumn('identity', { name: 'transfer_id', type: 'bigint' })
  transferId!: number;

  @Column('text', { name: 'transfer_key' })
  transferKey!: string;

  @Column('text')
  kind!: 'topup' | 'fund' | 'settle' | 'refund' | 'reserve' | 'release';

  @Column('bigint', { name: 'debit_account' })
  debitAccount!: number;

  @Column('bigint', { name: 'credit_account' })
  creditAccount!: number;

  @Column('bigint')
  amount!: number;

  @Column('text')
  currency!: string;

  @Column('uuid', { name: 'packet_id', nullable: true })
  packetId!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', insert: false, update: false })
  createdAt!: Date;
}
