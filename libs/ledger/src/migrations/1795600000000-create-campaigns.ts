import type { MigrationInterface, QueryRunner } from 'typeorm';

const CAMPAIGNS = `
CREATE TABLE covers (
  cover_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants,
  image bytea NOT NULL,
  width int NOT NULL,
  height int NOT NULL,
  valid_from timestamptz,
  valid_until timestamptz,
  uses_max int CHECK (uses_max > 0),
  uses int NOT NULL DEFAULT 0,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT covers_not_overused CHECK (uses_max IS NULL OR uses <= uses_max)
);
CREATE INDEX covers_by_tenant ON covers (tenant_id, created_at DESC);

CREATE TABLE audiences (
  audience_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants,
  name text NOT NULL,
  count int NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX audiences_by_tenant ON audiences (tenant_id, created_at DESC);
CREATE TABLE audience_chunks (
  audience_id uuid NOT NULL REFERENCES audiences ON DELETE CASCADE,
  chunk int NOT NULL,
  ids_gzip bytea NOT NULL,
  PRIMARY KEY (audience_id, chunk)
);

CREATE TABLE tenant_keys (
  key_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants,
  secret_sealed bytea NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);
CREATE INDEX tenant_keys_by_tenant ON tenant_keys (tenant_id);
CREATE TABLE task_completions (
  tenant_id uuid NOT NULL REFERENCES tenants,
  task_id text NOT NULL,
  user_id text NOT NULL,
  completed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, task_id, user_id)
);

CREATE TABLE campaigns (
  campaign_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants,
  name text NOT NULL,
  brand text NOT NULL,
  currency text NOT NULL,
  budget bigint NOT NULL CHECK (budget > 0),
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  greeting text NOT NULL,
  cover_id uuid REFERENCES covers,
  caps jsonb NOT NULL,
  state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'scheduled', 'running', 'paused', 'ended', 'cancelled')),
  rehearsal_of uuid REFERENCES campaigns,
  reserved bigint NOT NULL DEFAULT 0,
  released bigint NOT NULL DEFAULT 0,
  settled_up_at timestamptz,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT campaigns_end_after_start CHECK (ends_at > starts_at),
  CONSTRAINT campaigns_reserve_the_budget CHECK (reserved IN (0, budget) AND released <= reserved)
);
CREATE INDEX campaigns_by_tenant ON campaigns (tenant_id, created_at DESC);
CREATE INDEX campaigns_under_way ON campaigns (campaign_id) WHERE state <> 'draft' AND settled_up_at IS NULL;

CREATE TABLE campaign_drops (
  drop_id uuid PRIMARY KEY,
  campaign_id uuid NOT NULL REFERENCES campaigns,
  opens_at timestamptz NOT NULL,
  announce_seconds int NOT NULL,
  expires_in_seconds int NOT NULL,
  plan jsonb NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'announced', 'open', 'closed', 'cancelled')),
  funded_at timestamptz,
  announced_at timestamptz,
  opened_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX campaign_drops_by_campaign ON campaign_drops (campaign_id, opens_at);
CREATE INDEX campaign_drops_under_way ON campaign_drops (opens_at) WHERE state IN ('planned', 'announced', 'open');
CREATE TABLE drop_funnels (
  drop_id uuid PRIMARY KEY REFERENCES campaign_drops,
  figures jsonb NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE packets ALTER room_id DROP NOT NULL,
  ADD campaign_id uuid REFERENCES campaigns,
  ADD drop_id uuid REFERENCES campaign_drops,
  ADD part text,
  ADD sender_name text,
  ADD cover_id uuid REFERENCES covers,
  ADD rules jsonb,
  ADD CONSTRAINT packets_room_or_campaign CHECK ((room_id IS NULL) <> (campaign_id IS NULL)),
  ADD CONSTRAINT packets_of_a_drop CHECK ((campaign_id IS NULL) = (drop_id IS NULL) AND (drop_id IS NULL) = (part IS NULL)),
  ADD CONSTRAINT packets_once_for_a_drop UNIQUE (drop_id, part);
CREATE INDEX packets_by_campaign ON packets (campaign_id) WHERE campaign_id IS NOT NULL;

ALTER TABLE accounts DROP CONSTRAINT accounts_kind,
  ADD CONSTRAINT accounts_kind CHECK (kind IN ('wallet', 'escrow', 'provider', 'tenant', 'campaign'));
ALTER TABLE transfers DROP CONSTRAINT transfers_kind_check,
  ADD CONSTRAINT transfers_kind CHECK (kind IN ('topup', 'fund', 'settle', 'refund', 'reserve', 'release'));
`;

export class CreateCampaigns1795600000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(CAMPAIGNS);
  }

  /** Forward only: money is not dropped by a command. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
