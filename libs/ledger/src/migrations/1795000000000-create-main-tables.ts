import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = `
CREATE TABLE users (
  user_id text PRIMARY KEY,
  name text NOT NULL
);
CREATE TABLE rooms (
  room_id uuid PRIMARY KEY,
  name text NOT NULL,
  open boolean NOT NULL DEFAULT false,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX rooms_open ON rooms (created_at) WHERE open;
CREATE TABLE room_members (
  room_id uuid NOT NULL REFERENCES rooms,
  user_id text NOT NULL,
  joined_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (room_id, user_id)
);
CREATE INDEX room_members_by_user ON room_members (user_id);
CREATE TABLE messages (
  message_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  room_id uuid NOT NULL REFERENCES rooms,
  user_id text NOT NULL,
  text text NOT NULL,
  posted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX messages_by_room ON messages (room_id, message_id DESC);

CREATE TABLE accounts (
  account_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('wallet', 'escrow', 'provider')),
  owner text NOT NULL,
  currency text NOT NULL,
  balance bigint NOT NULL DEFAULT 0,
  CONSTRAINT accounts_owner UNIQUE (kind, owner, currency),
  CONSTRAINT accounts_not_under_zero CHECK (balance >= 0 OR kind = 'provider')
);
CREATE TABLE transfers (
  transfer_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  transfer_key text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('topup', 'fund', 'settle', 'refund')),
  debit_account bigint NOT NULL REFERENCES accounts,
  credit_account bigint NOT NULL REFERENCES accounts,
  amount bigint NOT NULL CHECK (amount > 0),
  currency text NOT NULL,
  packet_id uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT transfers_once UNIQUE (transfer_key),
  CONSTRAINT transfers_two_accounts CHECK (debit_account <> credit_account)
);
CREATE INDEX transfers_by_debit ON transfers (debit_account, transfer_id DESC);
CREATE INDEX transfers_by_credit ON transfers (credit_account, transfer_id DESC);

CREATE TABLE topups (
  topup_id uuid PRIMARY KEY,
  user_id text NOT NULL,
  provider text NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  currency text NOT NULL,
  status text NOT NULL CHECK (status IN ('succeeded')),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE idempotency_keys (
  user_id text NOT NULL,
  call text NOT NULL,
  key text NOT NULL,
  body_hash text NOT NULL,
  subject uuid NOT NULL,
  answer jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, call, key)
);

CREATE TABLE packets (
  packet_id uuid PRIMARY KEY,
  room_id uuid NOT NULL REFERENCES rooms,
  sender_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('lucky', 'fixed')),
  currency text NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  count int NOT NULL CHECK (count > 0),
  share_min bigint NOT NULL CHECK (share_min > 0),
  share_max bigint NOT NULL,
  greeting text NOT NULL,
  only_user_ids text[],
  state text NOT NULL DEFAULT 'funded' CHECK (state IN ('funded', 'open', 'finished', 'expired')),
  commitment text NOT NULL,
  seed_sealed bytea NOT NULL,
  seed text,
  epoch int NOT NULL DEFAULT 1,
  expires_in_ms bigint NOT NULL,
  opens_at timestamptz,
  expires_at timestamptz,
  claimed_count int NOT NULL DEFAULT 0,
  claimed_amount bigint NOT NULL DEFAULT 0,
  refunded bigint NOT NULL DEFAULT 0,
  best_luck_ordinal int,
  announced_at timestamptz,
  closed_at timestamptz,
  retired_at timestamptz,
  frozen_reason text,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT packets_not_overdrawn CHECK (claimed_amount + refunded <= amount AND claimed_count <= count),
  CONSTRAINT packets_seed_after_close CHECK ((seed IS NULL) = (closed_at IS NULL))
);
CREATE INDEX packets_not_retired ON packets (packet_id) WHERE retired_at IS NULL;
CREATE INDEX packets_by_room ON packets (room_id, created_at DESC);
CREATE INDEX packets_by_sender ON packets (sender_id, created_at DESC);

CREATE TABLE claims (
  packet_id uuid NOT NULL REFERENCES packets,
  ordinal int NOT NULL CHECK (ordinal > 0),
  user_id text NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  claimed_at timestamptz NOT NULL,
  PRIMARY KEY (packet_id, ordinal),
  CONSTRAINT claims_one_for_a_user UNIQUE (packet_id, user_id)
);
CREATE INDEX claims_by_user ON claims (user_id, claimed_at DESC);
`;

export class CreateMainTables1795000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(TABLES);
  }

  /** Forward only: money is not dropped by a command. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
