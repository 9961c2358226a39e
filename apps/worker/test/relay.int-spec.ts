import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { unpackClaims, type SettleClaimsJob } from '@app/contracts';
import { startTestRedis } from '@app/local-stack';
import { Metrics } from '@app/observability';
import { packetRefOf, RedisOutbox, RedisPacketStore, type Outbox, type PacketTerms } from '@app/packet-store';
import { queueOptions, QUEUES } from '@app/queues';
import { connectMoney, connectOutboxReader, connectQueue, whenReady } from '@app/redis';
import { until } from '@app/testing';
import { OUTBOX_BLOCK_MS, type WorkerParts } from '../src/parts.js';
import { ClaimsInHand } from '../src/settlement/claims-in-hand.js';
import { Relay } from '../src/settlement/relay.js';

/** What is left of an entry that was read and not handed on waits for a look, and for STALE_AFTER_TROUBLE_MS. */
const AGAIN_MS_MAX = 6_000;
const nothing = () => undefined;

const endings: (() => unknown)[] = [];
let store: RedisPacketStore;
let outbox: Outbox;
let queue: Queue<SettleClaimsJob>;
beforeEach(async () => {
  const redis = await startTestRedis({ appendOnly: 'off' });
  const [money, reader] = [
    connectMoney(redis.url, nothing),
    connectOutboxReader(redis.url, OUTBOX_BLOCK_MS, nothing),
  ];
  const queues = connectQueue(redis.url, nothing);
  await Promise.all([money, reader, queues].map((client) => whenReady(client, 5_000)));
  store = new RedisPacketStore(money);
  outbox = new RedisOutbox(money, reader, 'worker');
  queue = new Queue(QUEUES.settlement, queueOptions(queues));
  const { runIds } = await store.gates.shutSlots();
  for (const [slot, runId] of runIds.entries()) await store.gates.open(slot, runId);
  endings.push(
    () => redis.stop(),
    () => [money, reader, queues].map((client) => client.disconnect()),
    () => queue.close(),
  );
});
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

function start(parts: {
  outbox?: Outbox;
  settlementQueue?: Queue<SettleClaimsJob>;
  elapsedMs?: () => number;
}): void {
  const usual = { outbox, settlementQueue: queue, store, inHand: new ClaimsInHand() };
  const others = {
    ...{ metrics: new Metrics('worker'), logger: { warn: nothing }, pusher: { toGateways: () => true } },
    ...{ config: { CLAIMS_PER_JOB_MAX: 500 }, elapsedMs: () => performance.now() },
  };
  const relay = new Relay({ ...usual, ...others, ...parts } as unknown as WorkerParts);
  relay.onApplicationBootstrap();
  endings.push(() => relay.beforeApplicationShutdown());
}

/** Somebody wins a packet of one share. */
async function win(): Promise<string> {
  const packetId = randomUUID();
  const terms: PacketTerms = {
    ...{ packetId, roomId: 'r', senderId: 's', currency: 'CNY', epoch: 1 },
    ...{ amount: 5, count: 1, min: 1, max: 5 },
  };
  await store.arm({ terms, seed: 'ab'.repeat(32), opensAtMs: 0, expiresInMs: 60_000 });
  const answer = await store.grab(packetRefOf(terms), [{ userId: 'a', mark: 'met' }]);
  expect(answer).toMatchObject({ status: 'decided', decisions: [{ outcome: 'won' }] });
  return packetId;
}

async function isHandedOn(packetId: string): Promise<boolean> {
  const jobs = await queue.getJobs(['waiting']);
  return jobs.some(({ data }) => unpackClaims(data.claims).some((claim) => claim.packetId === packetId));
}

/** `of`, but the first call of `method` that gives something is made, and its answer lost. */
function losing<T extends object>(of: T, method: keyof T, gives: (answer: unknown) => boolean): T {
  let lost = false;
  const call = async (...args: unknown[]) => {
    const answer: unknown = await (of[method] as (...given: unknown[]) => unknown).apply(of, args);
    if (lost || !gives(answer)) return answer;
    lost = true;
    throw new Error('the answer was lost');
  };
  return Object.assign(Object.create(of) as T, { [method]: call });
}

it('takes up what it read and could not hand on, within seconds', async () => {
  let failures = 2;
  const refusing = Object.assign(Object.create(queue) as typeof queue, {
    addBulk: async (...jobs: Parameters<typeof queue.addBulk>) => {
      if (failures === 0) return queue.addBulk(...jobs);
      failures -= 1;
      throw new Error('OOM command not allowed');
    },
  });
  start({ settlementQueue: refusing });
  const packetId = await win();
  await until('it is handed on', () => isHandedOn(packetId), AGAIN_MS_MAX);
  expect(failures).toBe(0);
});

it('takes up what a read took whose answer was lost', async () => {
  start({ outbox: losing(outbox, 'readNew', (answer) => (answer as unknown[]).length > 0) });
  const packetId = await win();
  await until('it is handed on', () => isHandedOn(packetId), AGAIN_MS_MAX);
});

it('takes up what was read to nobody at the end of a hang that was longer than any', async () => {
  let [isHung, aheadMs] = [false, 0];
  const silent = Object.assign(Object.create(outbox) as Outbox, {
    readNew: async (...args: Parameters<Outbox['readNew']>) => {
      if (!isHung) throw new Error('Command timed out');
      return outbox.readNew(...args);
    },
  });
  // A Redis that was stopped: it goes on with what it was asked on connections that are closed by now, then answers the queue's.
  const hanging = Object.assign(Object.create(queue) as typeof queue, {
    getJobCountByTypes: async (...types: Parameters<typeof queue.getJobCountByTypes>) => {
      if (!isHung) {
        expect(await outbox.readNew(128, 1)).toHaveLength(1);
        aheadMs = 60_000;
        isHung = true;
      }
      return queue.getJobCountByTypes(...types);
    },
  });
  const packetId = await win();
  start({ outbox: silent, settlementQueue: hanging, elapsedMs: () => performance.now() + aheadMs });
  await until('it is handed on', () => isHandedOn(packetId), AGAIN_MS_MAX);
  expect(isHung).toBe(true);
});
