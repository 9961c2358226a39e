import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import type { ClaimRecord } from '@app/contracts';
import { makeDataSource } from '@app/ledger';
import { startPostgres, throwawayFolder } from '@app/local-stack';

/** Of one packet; a batch then has claims of several, as in a service with many rooms. */
const SHARES_PER_PACKET = 100;
const AMOUNT = 100;

/** A Postgres of the benchmark's own, with the ledger's tables. */
export interface SettlementBench {
  dataSource: DataSource;
  pid: number;
  url: string;
  stop(): Promise<void>;
}

export async function startSettlementBench(settings?: Record<string, string>): Promise<SettlementBench> {
  const dir = throwawayFolder('bench');
  const postgres = await startPostgres({ dir, settings });
  const dataSource = makeDataSource(postgres.url, 8, 'bench');
  await dataSource.initialize();
  await dataSource.runMigrations();
  await dataSource.query(
    `INSERT INTO accounts (kind, owner, currency, balance) VALUES ('provider', 'sandbox', 'CNY', 0)`,
  );
  return {
    dataSource,
    pid: postgres.pid,
    url: postgres.url,
    async stop() {
      await dataSource.destroy();
      await postgres.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export const newUsers = (count: number): string[] => Array.from({ length: count }, () => randomUUID());

/**
 * Packets with money in escrow and a claim of each user, in batches. Each packet keeps a share, so that none is complete
 * when all is settled: its end would be another kind of work.
 */
export async function fundedBatches(
  dataSource: DataSource,
  users: readonly string[],
  claimsPerBatch: number,
): Promise<ClaimRecord[][]> {
  const packetIds = Array.from({ length: Math.ceil(users.length / SHARES_PER_PACKET) }, () => randomUUID());
  const roomId = randomUUID();
  await dataSource.query(`INSERT INTO rooms (room_id, name, created_by) VALUES ($1, 'room', 'x')`, [roomId]);
  await dataSource.query(
    `INSERT INTO packets (packet_id, room_id, sender_id, kind, currency, amount, count, share_min, share_max, greeting,
       state, commitment, seed_sealed, expires_in_ms, opens_at, announced_at, expires_at)
     SELECT id, $2, 'sender', 'fixed', 'CNY', $3::int * $4::int, $4, 1, $3, '恭喜发财，大吉大利', 'open', repeat('c', 64),
       decode(repeat('00', 60), 'hex'), 3600000, now(), now(), now() + interval '1 hour' FROM unnest($1::uuid[]) AS g (id)`,
    [packetIds, roomId, AMOUNT, SHARES_PER_PACKET + 1],
  );
  await dataSource.query(
    `WITH escrows AS (
       INSERT INTO accounts (kind, owner, currency, balance)
       SELECT 'escrow', id, 'CNY', $2 FROM unnest($1::text[]) AS g (id) RETURNING account_id, owner
     )
     INSERT INTO transfers (transfer_key, kind, debit_account, credit_account, amount, currency, packet_id)
     SELECT 'fund:' || owner, 'fund', (SELECT account_id FROM accounts WHERE kind = 'provider'), account_id, $2, 'CNY', owner::uuid
     FROM escrows`,
    [packetIds, AMOUNT * (SHARES_PER_PACKET + 1)],
  );
  await dataSource.query(`UPDATE accounts SET balance = balance - $1 WHERE kind = 'provider'`, [
    AMOUNT * (SHARES_PER_PACKET + 1) * packetIds.length,
  ]);
  const claims = users.map((userId, k): ClaimRecord => {
    const packetId = packetIds[Math.floor(k / SHARES_PER_PACKET)]!;
    return { packetId, userId, ordinal: (k % SHARES_PER_PACKET) + 1, amount: AMOUNT, atMs: Date.now() };
  });
  const batches: ClaimRecord[][] = [];
  for (let from = 0; from < claims.length; from += claimsPerBatch) {
    batches.push(claims.slice(from, from + claimsPerBatch));
  }
  return batches;
}
