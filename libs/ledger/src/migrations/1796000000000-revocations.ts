import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Processes read by `revoked_at`, every second. */
const REVOCATIONS = `
CREATE TABLE revocations (
  kind text NOT NULL CHECK (kind IN ('user', 'token')),
  subject text NOT NULL,
  issued_before timestamptz,
  expires_at timestamptz,
  revoked_by text NOT NULL,
  revoked_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kind, subject),
  CHECK ((kind = 'user') = (issued_before IS NOT NULL))
);
CREATE INDEX revocations_revoked_at ON revocations (revoked_at);
CREATE INDEX revocations_expires_at ON revocations (expires_at) WHERE expires_at IS NOT NULL;
`;

export class Revocations1796000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(REVOCATIONS);
  }

  /** Forward only: money is not dropped by a command. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
