import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ClaimRecord } from '@app/contracts';
import { commitmentOf, splitLucky } from '@app/domain';
import { fundPacket, makeDataSource, SeedVault, settleClaims, topUp } from '@app/ledger';
import { removePostgres, startPostgres, throwawayFolder } from '@app/local-stack';
import type { CostName } from '../costs.ts';
import { cpuSeconds, leastDisturbed, median, splitCost } from './cpu.ts';

type Ledger = ReturnType<typeof makeDataSource>;

const ROUNDS = 5;
const SHARES = 10_000;
const ALONE = 400;
const PER_TRANSACTION = 1_000;
const SHARE_FEN = 100;
const SMALL_PACKETS = 300;
const SMALL_SHARES = 3;
/** Server processes end after their last connection does; their time then counts as their parent's. */
const POOL_MAX = 4;

/** What a claim costs Postgres, through the real statement of settlement, `synchronous_commit = on`. */
export async function measurePostgres(): Promise<Partial<Record<CostName, number>>> {
  const folder = throwawayFolder('plan-postgres');
  const dir = join(folder, 'postgres');
  const server = await startPostgres({ dir });
  const ledger = makeDataSource(server.url, POOL_MAX, 'plan');
  try {
    await ledger.initialize();
    await ledger.runMigrations();
    const rounds: Partial<Record<CostName, number>>[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const seen = await oneRound(ledger, server.pid);
      if (round > 0) rounds.push(seen);
    }
    return { ...leastDisturbed(rounds, 'postgres.serialTime'), ...(await packetBytes(ledger)) };
  } finally {
    if (ledger.isInitialized) await ledger.destroy();
    await server.stop();
    removePostgres(dir);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function oneRound(ledger: Ledger, pid: number): Promise<Partial<Record<CostName, number>>> {
  const claims = await fundedClaims(ledger);
  const alone = await settled(ledger, pid, claims.slice(0, ALONE), 1);
  const rowsBefore = await bytesOf(ledger);
  const walBefore = await walBytes(ledger);
  const wireBefore = wireBytes(ledger);
  const rest = claims.slice(ALONE);
  const together = await settled(ledger, pid, rest, PER_TRANSACTION);
  const wire = wireBytes(ledger) - wireBefore;
  const wal = (await walBytes(ledger)) - walBefore;
  const rows = (await bytesOf(ledger)) - rowsBefore;
  const cost = splitCost(alone, together);
  return {
    'postgres.transaction': cost.fixed,
    'postgres.claim': cost.each,
    'postgres.transactionTime': alone.timeEach,
    'postgres.serialTime': together.timeEach / PER_TRANSACTION,
    'postgres.walBytes': wal / rest.length,
    'postgres.rowBytes': rows / rest.length,
    'postgres.wireBytes': wire / rest.length,
  };
}

/** Bytes of the database and of its log for a packet of a few shares, funded; with its sender's top-up and room. */
async function packetBytes(ledger: Ledger): Promise<Partial<Record<CostName, number>>> {
  const [rows, wal] = [await bytesOf(ledger), await walBytes(ledger)];
  for (let k = 0; k < SMALL_PACKETS; k += 1) await fundedClaims(ledger, SMALL_SHARES);
  return {
    'postgres.packetBytes': ((await bytesOf(ledger)) - rows) / SMALL_PACKETS,
    'postgres.packetWalBytes': ((await walBytes(ledger)) - wal) / SMALL_PACKETS,
  };
}

async function fundedClaims(ledger: Ledger, shares = SHARES): Promise<ClaimRecord[]> {
  const [roomId, senderId, packetId] = [randomUUID(), `s-${randomUUID()}`, randomUUID()];
  const terms = { amount: shares * SHARE_FEN, count: shares, min: 1, max: 2 * SHARE_FEN };
  const vault = new SeedVault('ab'.repeat(32));
  const seed = vault.makeSeed();
  await ledger.query(`INSERT INTO rooms (room_id, name, created_by) VALUES ($1, 'plan', 'x')`, [roomId]);
  await ledger.query(`INSERT INTO room_members (room_id, user_id) VALUES ($1, $2)`, [roomId, senderId]);
  const money = { amount: terms.amount, currency: 'CNY' };
  await topUp(ledger, senderId, randomUUID(), { ...money, provider: 'sandbox' });
  await fundPacket(ledger, {
    ...{ packetId, senderId, idempotencyKey: randomUUID(), terms, greeting: '', expiresInMs: 600_000 },
    request: { roomId, kind: 'lucky', count: shares, ...money },
    commitment: commitmentOf(packetId, seed, terms),
    seedSealed: vault.seal(packetId, seed),
  });
  return splitLucky(seed, terms).map((amount, k) => ({
    ...{ packetId, userId: `u-${randomUUID()}`, ordinal: k + 1, amount, atMs: Date.now() },
  }));
}

/** One transaction after the other, `perTransaction` claims in each. */
async function settled(ledger: Ledger, pid: number, claims: ClaimRecord[], perTransaction: number) {
  const before = cpuSeconds(pid);
  const times: number[] = [];
  for (let at = 0; at < claims.length; at += perTransaction) {
    const some = claims.slice(at, at + perTransaction);
    const startedMs = performance.now();
    const { credited } = await settleClaims(ledger, some);
    times.push((performance.now() - startedMs) * 1_000);
    if (credited.length !== some.length) throw new Error(`${credited.length} of ${some.length} settled`);
  }
  const total = (cpuSeconds(pid) - before) * 1e6;
  return { total, calls: times.length, items: claims.length, timeEach: median(times) };
}

async function walBytes(ledger: Ledger): Promise<number> {
  const [row] = await ledger.query<{ bytes: string }[]>(
    `SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint AS bytes`,
  );
  return Number(row!.bytes);
}

async function bytesOf(ledger: Ledger): Promise<number> {
  const [row] = await ledger.query<{ bytes: string }[]>(
    `SELECT (pg_total_relation_size('claims') + pg_total_relation_size('transfers') + pg_total_relation_size('accounts') + pg_total_relation_size('packets'))::bigint AS bytes`,
  );
  return Number(row!.bytes);
}

/** Both ways on all connections so far, by the sockets themselves. The pool keeps its list private, so this may break with pg. */
function wireBytes(ledger: Ledger): number {
  const { master } = ledger.driver as unknown as {
    master: { _clients: { connection: { stream: { bytesRead: number; bytesWritten: number } } }[] };
  };
  return master._clients.reduce(
    (sum, { connection: { stream } }) => sum + stream.bytesRead + stream.bytesWritten,
    0,
  );
}
