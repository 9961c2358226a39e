import { setTimeout as delay } from 'node:timers/promises';
import type { ClaimRecord } from '@app/contracts';
import { keys, slotOf, type RedisOutbox } from '@app/packet-store';
import type { Redis } from '@app/redis';
import { compared, scaled, type BenchContext, type Measurement } from './measurement.js';
import { fundedBatches, newUsers, startSettlementBench, type SettlementBench } from './settlement-bench.js';
import { lagAt, lagsIn } from './settlement-lag.js';
import { startSettlementWorker, type SettlementCpu, type SettlementWorker } from './settlement-worker.js';

const CLAIMS = 20_000;
/** Of one call of the grab script, as a busy gateway makes them. */
const CLAIMS_PER_ENTRY = 20;
const STEADY_CLAIMS_PER_SECOND = 2_000;
const STEADY_SECONDS = 10;
const TICK_MS = 10;
const GONE_MS_MAX = 60_000;
const WRITTEN_AT_ONCE = 10;
/** Of B10: twice the bare server's 29 µs, less what the gateway takes. */
const BUDGET_MICROS = 30;

type Feed = (client: Redis, entries: ClaimRecord[][]) => Promise<void>;

/** What a claim costs each process from the outbox to its acknowledgement, and its lag, at flood and at a steady rate. */
export async function benchSettlementPath(context: BenchContext): Promise<Measurement[]> {
  const count = scaled(context, CLAIMS, 500);
  // Of its own: packets that are open at the worker's start are recovered first, and these have no seed to be recovered from.
  const bench = await startSettlementBench();
  let worker: SettlementWorker | undefined;
  try {
    worker = await startSettlementWorker(bench);
    context.progress('the whole path, warming up');
    await measure(bench, worker, count, flood);
    const works: [string, number, Feed][] = [
      ['at flood', count, flood],
      [
        `at ${STEADY_CLAIMS_PER_SECOND}/s`,
        scaled(context, STEADY_CLAIMS_PER_SECOND * STEADY_SECONDS, 500),
        steadily,
      ],
    ];
    const measured: Measurement[] = [];
    for (const [name, claims, feed] of works) {
      context.progress(`the whole path ${name}`);
      const { micros, told } = await measure(bench, worker, claims, feed);
      context.note(`B7  from the outbox to its acknowledgement ${name}: ${told}`);
      const value = micros.worker + micros.postgres + micros.queue;
      const words = { id: 'B7', work: `worker, Postgres and queue, ${name}`, against: 'what B10 leaves' };
      measured.push(compared('report', { ...words, unit: 'µs', value, bare: BUDGET_MICROS }));
    }
    return measured;
  } finally {
    await worker?.stop();
    await bench.stop();
  }
}

async function measure(
  { dataSource }: SettlementBench,
  worker: SettlementWorker,
  claims: number,
  feed: Feed,
): Promise<{ micros: SettlementCpu; told: string }> {
  const entries = await fundedBatches(dataSource, newUsers(claims), CLAIMS_PER_ENTRY);
  const lagBefore = lagsIn(await worker.metrics());
  const [before, startedMs] = [worker.cpu(), performance.now()];
  await feed(worker.money, entries);
  const writtenMs = performance.now();
  const left = await worker.outbox.backlog();
  await untilEmpty(worker.outbox);
  const [after, endedMs] = [worker.cpu(), performance.now()];
  const each = (of: keyof SettlementCpu) => (after[of] - before[of]) / claims;
  const micros = {
    worker: each('worker'),
    postgres: each('postgres'),
    queue: each('queue'),
    outbox: each('outbox'),
  };
  const costs = Object.entries(micros).map(([name, of]) => `${name} ${of.toFixed(1)}`);
  const lag = lagAt(lagBefore, lagsIn(await worker.metrics()));
  const told =
    `${Math.round((claims * 1_000) / (endedMs - startedMs))} claims/s; µs of CPU for a claim: ${costs.join(', ')}; ` +
    `lag p50 ≤ ${lag(0.5)} s, p99 ≤ ${lag(0.99)} s; ${left} entries left at the last writing, ` +
    `settled ${Math.round(endedMs - writtenMs)} ms later`;
  return { micros, told };
}

/** As the grab script writes it. */
function write(client: Redis, claims: readonly ClaimRecord[]): Promise<unknown> {
  const { packetId } = claims[0]!;
  const words = claims.map(({ userId, ordinal, amount }) => `${userId} ${ordinal}:${amount}`).join(' ');
  const fields = ['packet', packetId, 'at', String(Date.now()), 'claims', words, 'left', '1:100'];
  return client.xadd(keys.outbox(slotOf(packetId)), '*', ...fields);
}

async function flood(client: Redis, entries: ClaimRecord[][]): Promise<void> {
  for (let from = 0; from < entries.length; from += WRITTEN_AT_ONCE) {
    await Promise.all(entries.slice(from, from + WRITTEN_AT_ONCE).map((claims) => write(client, claims)));
  }
}

async function steadily(client: Redis, entries: ClaimRecord[][]): Promise<void> {
  const startedMs = performance.now();
  for (let done = 0; done < entries.length;) {
    const due = ((performance.now() - startedMs) * STEADY_CLAIMS_PER_SECOND) / (1_000 * CLAIMS_PER_ENTRY);
    const some = entries.slice(done, Math.floor(due));
    await Promise.all(some.map((claims) => write(client, claims)));
    done += some.length;
    await delay(TICK_MS);
  }
}

async function untilEmpty(outbox: RedisOutbox): Promise<void> {
  const endsAtMs = performance.now() + GONE_MS_MAX;
  while ((await outbox.backlog()) > 0) {
    if (performance.now() > endsAtMs)
      throw new Error(`${await outbox.backlog()} entries are still in the outbox`);
    await delay(TICK_MS);
  }
}
