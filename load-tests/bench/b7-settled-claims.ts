import type { DataSource } from 'typeorm';
import type { ClaimRecord } from '@app/contracts';
import { settleClaims } from '@app/ledger';
import { leaveScene } from './grabs/scene.js';
import { compared, inTurns, median, scaled, type BenchContext, type Measurement } from './measurement.js';
import { cpuMicrosOf } from './process-cpu.js';
import { fundedBatches, newUsers, startSettlementBench } from './settlement-bench.js';
import { benchSettlementLag } from './settlement-lag.js';
import { benchSettlementPath } from './settlement-path.js';

const CLAIMS = 8_000;
const CLAIMS_PER_BATCH = [250, 500, 1_000, 2_000];
/** A worker that has enough to do makes no smaller ones (relay.ts); of one that has not, the rate does not matter. */
const JUDGED_FROM = 500;
/** As many as the worker has under way. */
const AT_ONCE = 2;
const GOAL = 0.4;

type Settle = (claims: ClaimRecord[]) => Promise<unknown>;

/**
 * B7: claims settled a second against the same claims in a multi-row INSERT and nothing else, into a table with the columns, keys
 * and index of `claims`; by size of batch, for users who have a wallet and for new ones; then the whole path, from the outbox on. Before both, the lag of a whole service while
 * all grab.
 */
export async function benchB7(context: BenchContext): Promise<Measurement[]> {
  const lag = await benchSettlementLag(context);
  await leaveScene();
  return [...(await benchAgainstInsert(context)), ...(await benchSettlementPath(context)), ...lag];
}

async function benchAgainstInsert(context: BenchContext): Promise<Measurement[]> {
  const claims = scaled(context, CLAIMS, 500);
  const bench = await startSettlementBench();
  const { dataSource, pid } = bench;
  try {
    await dataSource.query(`CREATE TABLE bare_claims (LIKE claims INCLUDING ALL)`);
    const known = newUsers(claims);
    for (const batch of await fundedBatches(dataSource, known, 1_000)) await settleClaims(dataSource, batch);
    const measured: Measurement[] = [];
    for (const size of CLAIMS_PER_BATCH) {
      const works: [string, () => string[], Settle][] = [
        [
          'known users',
          () => known.toSorted(() => Math.random() - 0.5),
          (batch) => settleClaims(dataSource, batch),
        ],
        ['new users', () => newUsers(claims), (batch) => settleClaims(dataSource, batch)],
        ['INSERT of many rows', () => newUsers(claims), (batch) => insertRows(dataSource, batch)],
        ['INSERT from arrays', () => newUsers(claims), (batch) => insertArrays(dataSource, batch)],
      ];
      const costs = works.map((): number[] => []);
      const rates = await inTurns(
        context,
        works.map(([, users, settle], k) => async () => {
          const batches = await fundedBatches(dataSource, users(), size);
          const [cpuBefore, startedMs] = [cpuMicrosOf(pid), performance.now()];
          await settleAll(batches, settle);
          const seconds = (performance.now() - startedMs) / 1_000;
          costs[k]!.push((cpuMicrosOf(pid) - cpuBefore) / claims);
          return claims / seconds;
        }),
      );
      const micros = costs.map(median);
      const told = works.map(
        ([name], k) => `${name} ${Math.round(rates[k]!)}/s, ${micros[k]!.toFixed(1)} µs`,
      );
      context.note(`B7  ${size} to a batch (claims/s, CPU of Postgres for each): ${told.join('; ')}`);
      for (const [k, against] of [
        [0, 2],
        [1, 2],
        [0, 3],
        [1, 3],
      ] as const) {
        const [name, bare] = [works[k]![0], works[against]![0]];
        measured.push(
          lineOf(
            `settled, ${name}, ${size} to a batch`,
            bare,
            rates[k]!,
            rates[against]!,
            against === 2 && size >= JUDGED_FROM,
          ),
        );
      }
    }
    return measured;
  } finally {
    await bench.stop();
  }
}

function lineOf(work: string, against: string, value: number, bare: number, judged: boolean): Measurement {
  const words = { id: 'B7', work, against, unit: 'claims/s', value, bare };
  return compared(judged ? { atLeast: GOAL } : 'report', words);
}

async function settleAll(batches: ClaimRecord[][], settle: Settle): Promise<void> {
  const left = batches.values();
  const work = async () => {
    for (const batch of left) await settle(batch);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** `INSERT … VALUES (…), (…)`. */
function insertRows(dataSource: DataSource, claims: readonly ClaimRecord[]): Promise<unknown> {
  const rows = claims.map((_, k) => {
    const [a, b, c, d, e] = [1, 2, 3, 4, 5].map((column) => `$${5 * k + column}`);
    return `(${a}, ${b}, ${c}, ${d}, to_timestamp(${e}::float8 / 1000))`;
  });
  const values = claims.flatMap((claim) => [
    claim.packetId,
    claim.ordinal,
    claim.userId,
    claim.amount,
    claim.atMs,
  ]);
  return dataSource.query(`INSERT INTO bare_claims VALUES ${rows.join()}`, values);
}

/** The same rows as five arrays, which spares Postgres the parsing of thousands of parameters: the fastest INSERT seen. */
function insertArrays(dataSource: DataSource, claims: readonly ClaimRecord[]): Promise<unknown> {
  return dataSource.query(
    `INSERT INTO bare_claims SELECT packet_id, ordinal, user_id, amount, to_timestamp(at_ms / 1000)
     FROM unnest($1::uuid[], $2::int[], $3::text[], $4::bigint[], $5::float8[]) AS g (packet_id, ordinal, user_id, amount, at_ms)`,
    [
      claims.map((claim) => claim.packetId),
      claims.map((claim) => claim.ordinal),
      claims.map((claim) => claim.userId),
      claims.map((claim) => claim.amount),
      claims.map((claim) => claim.atMs),
    ],
  );
}
