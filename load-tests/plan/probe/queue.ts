import { randomUUID } from 'node:crypto';
import { Queue, Worker } from 'bullmq';
import { JOBS, QUEUES, type SettleClaimsJob, packClaims } from '@app/contracts';
import { startTestRedis } from '@app/local-stack';
import { queueOptions } from '@app/queues';
import { connectQueue, whenReady } from '@app/redis';
import type { CostName } from '../costs.ts';
import { cpuSeconds, splitCost } from './cpu.ts';

const SMALL_JOBS = 1_000;
const LARGE_JOBS = 200;
const LARGE_CLAIMS = 1_000;
const WARM_JOBS = 100;
const AT_ONCE = 2;
const READY_MS_MAX = 5_000;

/** What settlement jobs cost the Redis of the queues: added one by one, taken, ended. */
export async function measureQueue(): Promise<Partial<Record<CostName, number>>> {
  const server = await startTestRedis({ appendOnly: 'always' });
  const say = (role: string, error: Error) => console.error(role, error.message);
  const [adds, takes] = [connectQueue(server.url, say), connectQueue(server.url, say)];
  await Promise.all([adds, takes].map((client) => whenReady(client, READY_MS_MAX)));
  const options = queueOptions(adds);
  const queue = new Queue<SettleClaimsJob>(QUEUES.settlement, options);
  let ended = 0;
  let whenEnded: { count: number; tell: () => void } | undefined;
  const worker = new Worker<SettleClaimsJob>(QUEUES.settlement, async () => undefined, {
    ...{ connection: takes as never, prefix: options.prefix ?? 'bull', concurrency: AT_ONCE },
  });
  worker.on('completed', () => {
    ended += 1;
    if (ended === whenEnded?.count) whenEnded.tell();
  });
  const run = async (jobs: number, claims: number) => {
    const data = jobOf(claims);
    const before = cpuSeconds(server.pid);
    ended = 0;
    const done = new Promise<void>((tell) => (whenEnded = { count: jobs, tell }));
    for (let k = 0; k < jobs; k += 1) await queue.add(JOBS.settleClaims, data);
    await done;
    return { total: (cpuSeconds(server.pid) - before) * 1e6, calls: jobs, items: jobs * claims };
  };
  try {
    await run(WARM_JOBS, 1);
    const { fixed, each } = splitCost(await run(SMALL_JOBS, 1), await run(LARGE_JOBS, LARGE_CLAIMS));
    return { 'queue.job': fixed, 'queue.claim': each };
  } finally {
    await worker.close();
    await queue.close();
    adds.disconnect();
    takes.disconnect();
    await server.stop();
  }
}

function jobOf(count: number): SettleClaimsJob {
  const packetId = randomUUID();
  const claims = Array.from({ length: count }, (_, k) => ({
    ...{ packetId, userId: randomUUID(), ordinal: k + 1, amount: 100, atMs: Date.now() },
  }));
  return { claims: packClaims(claims), entries: [{ slot: 0, ids: [`${Date.now()}-0`] }] };
}
