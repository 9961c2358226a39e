import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { connectMoney, connectOutboxReader, whenReady, type Redis } from '@app/redis';
import {
  GrabBatcher,
  keys,
  MemoryPacketStore,
  packetRefOf,
  RedisOutbox,
  RedisPacketStore,
  SLOTS,
  type GrabVerdict,
} from '../src/index.js';
import { BACKLOG_MAX, backlogConformance } from './backlog-conformance.js';
import { campaignStoreConformance } from './campaign-conformance.js';
import { compareRuledWithModel } from './compare-ruled-with-model.js';
import { grabsOf, orderOf, packetStoreConformance } from './conformance.js';
import { gatesConformance } from './gates-conformance.js';
import { randomOf } from './random.js';
import { ruledEdgesConformance } from './ruled-edges-conformance.js';
import { ruledPacketsConformance } from './ruled-conformance.js';
import { until } from '@app/testing';
import { walkAtRandom } from './spread-random.js';
import { spreadPacketsConformance } from './spread-conformance.js';
import { armed, campaignOrder, quizOf, words } from './ruled-orders.js';

/** Of 150 steps each. */
const RULED_RUNS = 12;
/** Of 24 steps each. */
const SPREAD_RUNS = 8;
const onError = () => undefined;
let client: Redis;
let reader: Redis;
let store: RedisPacketStore;
let outbox: RedisOutbox;

beforeAll(async () => {
  // A logical database of its own: what other files write can't be seen here.
  const url = `${inject('redisUrl')}/3`;
  client = connectMoney(url, onError);
  reader = connectOutboxReader(url, 1_000, onError);
  await Promise.all([whenReady(client, 5_000), whenReady(reader, 5_000)]);
  store = new RedisPacketStore(client);
  outbox = new RedisOutbox(client, reader, 'test');
});
afterAll(() => {
  client.disconnect();
  reader.disconnect();
});
beforeEach(async () => {
  await client.flushdb();
  await outbox.createGroups();
  const { runIds, slots } = await store.gates.shutSlots();
  for (const slot of slots) await store.gates.open(slot, runIds[slot]);
});

async function passTime(ms: number): Promise<void> {
  const until = (await store.nowMs()) + ms;
  while ((await store.nowMs()) < until) await new Promise((resolve) => setImmediate(resolve));
}

async function lose(packetId: string, p: number): Promise<void> {
  for (const key of [keys.meta, keys.shares, keys.claims, keys.packetGate])
    await client.del(key(packetId, p));
}

describe('the packet store on Redis', () => {
  const open = () => ({ store, outbox, passTime, lose });
  packetStoreConformance(open);
  describe('with rules', () => ruledPacketsConformance(open));
  describe('at the edges of rules', () => ruledEdgesConformance(open));
  describe('over partitions', () => spreadPacketsConformance(open));

  it('gives one claim a user and one owner an ordinal over random runs, also when partitions are lost', async () => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
    console.log(`packets over partitions: SEED=${seed}`);
    for (let k = 0; k < SPREAD_RUNS; k += 1) await walkAtRandom(open(), seed + k);
  }, 60_000);

  describe('with campaigns', () => campaignStoreConformance(open));

  describe('with gates', () =>
    gatesConformance(() => ({
      store,
      loseGate: async (slot) => void (await client.set(keys.gate(slot), 'the run id of an earlier process')),
    })));

  it('is of another generation as soon as its Redis was lost sight of, and of one only while it was not', async () => {
    const own = connectMoney(`${inject('redisUrl')}/3`, onError);
    const other = new RedisPacketStore(own);
    await whenReady(own, 5_000);
    await other.gates.shutSlots();
    const before = other.generation;
    await other.nowMs();
    await other.gates.shutSlots();
    expect(other.generation).toBe(before);
    await client.client('KILL', 'ID', await own.client('ID'));
    await until('the loss is seen', () => other.generation > before);
    own.disconnect();
  });

  describe('with a full outbox', () =>
    backlogConformance(() => ({
      ...open(),
      store: new RedisPacketStore(client, { backlogMax: BACKLOG_MAX }),
    })));

  it('goes on after SCRIPT FLUSH', async () => {
    const order = orderOf();
    await store.arm(order);
    await store.grab(packetRefOf(order.terms), grabsOf('a'));
    await client.script('FLUSH');
    expect(await store.grab(packetRefOf(order.terms), grabsOf('b'))).toMatchObject({
      decisions: [{ outcome: 'won', ordinal: 2 }],
    });
  });

  it('changes nothing when Redis is out of memory', async () => {
    const order = orderOf();
    await store.arm(order);
    const before = await store.inspect(order.terms.packetId);
    const [, memory] = (await client.config('GET', 'maxmemory')) as [string, string];
    await client.config('SET', 'maxmemory', '1');
    try {
      await expect(store.grab(packetRefOf(order.terms), grabsOf('a'))).rejects.toThrow(/OOM/);
    } finally {
      await client.config('SET', 'maxmemory', memory);
    }
    expect(await store.inspect(order.terms.packetId)).toEqual({ ...before, nowMs: expect.any(Number) });
    expect(await outbox.backlog()).toBe(0);
  });

  it('keeps no seed', async () => {
    const order = orderOf({ count: 1_500, amount: 150_000 });
    await store.arm(order);
    for (const key of await client.keys('*')) {
      const dump = await client.dumpBuffer(key);
      expect(dump?.includes(order.seed)).toBe(false);
    }
  });

  it('agrees with the model over seeded random runs', async () => {
    for (let seed = 1; seed <= 12; seed += 1) await compareWithModel(seed);
  });

  it('agrees with the model over random runs of packets with rules', async () => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
    console.log(`packets with rules against the model: SEED=${seed}`);
    for (let run = 0; run < RULED_RUNS; run += 1) await compareRuledWithModel(store, seed + run);
  }, 60_000);

  it('keeps wrong tries as long as the claims, and forgets them with the packet', async () => {
    const gates = [quizOf(1)];
    const retired = await armed(store, campaignOrder({}, { gates }));
    const terms = await armed(store, campaignOrder({}, { gates }));
    for (const packet of [retired, terms]) await words(store, packet, { userId: 'a', mark: 'wrong' });
    await store.retire(retired.packetId, 60);
    expect(await client.ttl(keys.tries(retired.packetId))).toBeGreaterThan(50);
    await store.forget(terms.packetId);
    expect(await client.keys(`*${terms.packetId}*`)).toEqual([]);
  });

  it('opens closed what was cut short while it was being armed', async () => {
    const order = campaignOrder({}, { count: 2_500 });
    let cut: { expiresAtMs: number } | undefined;
    const cutting: Promise<void>[] = [];
    const armedAt = await store.arm(order, (block) => {
      if (block === 1) cutting.push(store.cutShort(order.terms.packetId).then((found) => void (cut = found)));
    });
    await Promise.all(cutting);
    expect(armedAt.expiresAtMs).toBe(cut!.expiresAtMs);
    expect(await words(store, order.terms, 'a')).toEqual(['closed']);
  });

  it('leaves nothing behind of counters that were put in place, and they stay', async () => {
    const campaignId = randomUUID();
    const claims = Array.from({ length: 12_000 }, (_, k) => ({ userId: `u${k}`, amount: 1, atMs: 1 }));
    for (const some of [claims, claims.slice(1), []])
      await store.restoreCampaign({ campaignId, paused: false, claims: some, days: [] });
    expect(await client.keys(`*${campaignId}*`)).toEqual([keys.totals(campaignId)]);
    expect(await client.ttl(keys.totals(campaignId))).toBe(-1);
  });

  it('decides each of 1,000 grabs that 50 users send at once, through the batcher, as one claim a user', async () => {
    const order = orderOf({ count: 40, amount: 4_000 });
    await store.arm(order);
    const batcher = new GrabBatcher(store, { grabsPerCallMax: 64, grabsWaitingMax: 10_000 }, onError);
    const verdicts = await Promise.all(
      Array.from({ length: 1_000 }, (_, k) => {
        return new Promise<GrabVerdict>((answer) => {
          batcher.submit(
            { packetId: order.terms.packetId },
            { userId: `u${k % 50}`, mark: 'met' as const },
            answer,
          );
        });
      }),
    );
    const won = verdicts.filter((verdict) => verdict.outcome === 'won');
    expect(won).toHaveLength(40);
    expect(won.reduce((sum, verdict) => sum + ('amount' in verdict ? verdict.amount : 0), 0)).toBe(4_000);
    expect(batcher.waiting).toBe(0);
  });
});

async function compareWithModel(seed: number): Promise<void> {
  const random = randomOf(seed);
  const model = new MemoryPacketStore(() => 0);
  const orders = Array.from({ length: 4 }, () => {
    const count = 1 + random(60);
    return orderOf({
      count,
      amount: count * (1 + random(500)),
      packetId: `${randomUUID().slice(0, -1)}${random(SLOTS).toString(16)}`,
    });
  });
  for (const order of orders) await Promise.all([store.arm(order), model.arm(order)]);
  for (let step = 0; step < 60; step += 1) {
    const { packetId } = orders[random(orders.length)]!.terms;
    const grabs = Array.from({ length: 1 + random(12) }, () => ({
      userId: `u${random(70)}`,
      mark: random(10) > 0 ? ('met' as const) : ('unmet' as const),
    }));
    const [real, expected] = await Promise.all([
      store.grab({ packetId }, grabs),
      model.grab({ packetId }, grabs),
    ]);
    expect(real, `seed ${seed}, step ${step}`).toEqual(expected);
    if (random(15) === 0)
      expect((await store.close(packetId)).state).toBe((await model.close(packetId)).state);
  }
  for (const { terms } of orders) {
    const strip = (claims: { atMs: number }[]) => claims.map(({ atMs: _atMs, ...claim }) => claim);
    expect(strip(await store.claims(terms.packetId)), `seed ${seed}`).toEqual(
      strip(await model.claims(terms.packetId)),
    );
  }
}
