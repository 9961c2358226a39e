import { QueryFailedError } from 'typeorm';
import type { ClaimEntity, PacketEntity } from '@app/ledger';

export interface Account {
  accountId: number;
  kind: string;
  owner: string;
  currency: string;
  balance: number;
}

export interface Transfer {
  transferId: number;
  transferKey: string;
  kind: string;
  debit: number;
  credit: number;
  amount: number;
  currency: string;
  packetId: string | null;
  at: Date;
}

export interface IdempotencyKey {
  bodyHash: string;
  subject: string;
  answer: unknown;
}

export class Table<Row extends object> {
  readonly rows = new Map<string, Row>();
  constructor(readonly name: string) {}
}

/** The tables that the money path touches, keyed as their unique constraints are. */
export class Tables {
  readonly packets = new Table<PacketEntity>('packets');
  /** By kind, owner and currency. */
  readonly accounts = new Table<Account>('accounts');
  /** By transfer key. */
  readonly transfers = new Table<Transfer>('transfers');
  /** By packet and ordinal. */
  readonly claims = new Table<ClaimEntity>('claims');
  /** The ordinal, by packet and user: the second unique key of a claim. */
  readonly claimUsers = new Table<{ ordinal: number }>('claims_one_for_a_user');
  readonly idempotencyKeys = new Table<IdempotencyKey>('idempotency_keys');
  readonly roomMembers = new Table<object>('room_members');
  readonly all: Table<object>[] = [
    ...[this.packets, this.accounts, this.transfers, this.claims, this.claimUsers],
    ...[this.idempotencyKeys, this.roomMembers],
  ];
  private lastId = 0;

  /** As a sequence: not given back by a rollback. */
  nextId(): number {
    return (this.lastId += 1);
  }
}

export const accountKey = (kind: string, owner: string, currency: string) => `${kind} ${owner} ${currency}`;
export const claimKey = (packetId: string, ordinal: number) => `${packetId} ${ordinal}`;
export const userKey = (packetId: string, userId: string) => `${packetId} ${userId}`;

/** As pg throws it and TypeORM hands it on. */
export function refusal(code: string, message: string): QueryFailedError {
  return new QueryFailedError('', [], Object.assign(new Error(message), { code }));
}
