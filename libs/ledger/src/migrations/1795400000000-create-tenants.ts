import type { MigrationInterface, QueryRunner } from 'typeorm';

const TENANTS = `
CREATE TABLE tenants (
  tenant_id uuid PRIMARY KEY,
  name text NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE tenant_members (
  tenant_id uuid NOT NULL REFERENCES tenants,
  user_id text NOT NULL,
  role text NOT NULL CHECK (role IN ('owner', 'marketer', 'viewer')),
  added_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX tenant_members_by_user ON tenant_members (user_id);

ALTER TABLE accounts DROP CONSTRAINT accounts_kind_check,
  ADD CONSTRAINT accounts_kind CHECK (kind IN ('wallet', 'escrow', 'provider', 'tenant'));
ALTER TABLE topups ADD account_kind text NOT NULL DEFAULT 'wallet' CHECK (account_kind IN ('wallet', 'tenant')),
  ADD account_owner text;
UPDATE topups SET account_owner = user_id;
ALTER TABLE topups ALTER account_owner SET NOT NULL, ALTER account_kind DROP DEFAULT;
`;

export class CreateTenants1795400000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(TENANTS);
  }

  /** Forward only: money is not dropped by a command. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
