import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Kept with the packet, so that a change of the rule by which it was made does not move the packets that are open. */
const SPREAD = `
ALTER TABLE packets ADD partitions int NOT NULL DEFAULT 1 CHECK (partitions BETWEEN 1 AND 100);
CREATE INDEX packets_spread_open ON packets (packet_id) WHERE partitions > 1 AND closed_at IS NULL;
`;

export class SpreadPackets1795900000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(SPREAD);
  }

  /** Forward only: money is not dropped by a command. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
