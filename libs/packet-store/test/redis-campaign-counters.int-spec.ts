import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { connectMoney, whenReady, type Redis } from '@app/redis';
import { keys, packetRefOf, RedisPacketStore, type CountedClaim, type PacketTerms } from '../src/index.js';
import { users } from './conformance.js';
import { randomOf } from './random.js';
import { armed, campaignOrder, DAY_MS, words } from './ruled-orders.js';

const CALLS = 300;
const onError = () => undefined;
let client: Redis;
let watcher: Redis;
let store: RedisPacketStore;

beforeAll(async () => {
  // A logical database of its own: what other files write can't be seen here.
  const url = `${inject('redisUrl')}/7`;
  client = connectMoney(url, onError);
  watcher = connectMoney(url, onError);
  await Promise.all([whenReady(client, 5_000), whenReady(watcher, 5_000)]);
  store = new RedisPacketStore(client);
});
afterAll(() => {
  client.disconnect();
  watcher.disconnect();
});
beforeEach(async () => {
  await client.flushdb();
  const { runIds, slots } = await store.gates.shutSlots();
  for (const slot of slots) await store.gates.open(slot, runIds[slot]);
});

/** Whether `work` writes to `key`: Redis lets a transaction through only while what it watches is as it was. */
async function writesTo(key: string, work: () => Promise<unknown>): Promise<boolean> {
  await watcher.watch(key);
  await work();
  return (await watcher.multi().ping().exec()) === null;
}

const countersOf = async (campaignId: string) => ({
  totals: await client.hgetall(keys.totals(campaignId)),
  people: await client.hgetall(keys.people(campaignId)),
});

describe('the counters of a campaign on Redis', () => {
  it('are not written by a pause or its end when nothing changes', async () => {
    const campaignId = randomUUID();
    const totals = keys.totals(campaignId);
    const pause = (paused: boolean) => writesTo(totals, () => store.setPaused(campaignId, paused));
    expect(await pause(false)).toBe(false);
    expect(await client.exists(totals)).toBe(0);
    expect(await pause(true)).toBe(true);
    expect(await pause(true)).toBe(false);
    expect(await pause(false)).toBe(true);
    expect(await pause(false)).toBe(false);
  });

  it('are not written by a call in which nobody wins', async () => {
    const campaignId = randomUUID();
    const terms = await armed(store, campaignOrder({ campaignId }, { count: 1, amount: 100 }));
    await words(store, terms, 'a');
    for (const key of [keys.totals(campaignId), keys.people(campaignId), keys.claims(terms.packetId)])
      expect(await writesTo(key, () => words(store, terms, 'a', 'b'))).toBe(false);
  });

  it('equal the claims that were answered, and so does what is restored from those', async () => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
    console.log(`counters of a campaign: SEED=${seed}`);
    const [random, campaignId, nowMs] = [randomOf(seed), randomUUID(), await store.nowMs()];
    const days = [0, 1].map((k) => ({ startMs: nowMs - 3_600_000 - (1 - k) * DAY_MS, day: `d${k}` }));
    const caps = { claimsPerPerson: 3, claims: 250, amountPerDay: 30_000 };
    const packets: { terms: PacketTerms; onceKey?: string }[] = [];
    for (const onceKey of [undefined, 'evening', 'evening', 'midnight']) {
      const rules = { campaignId, caps, days, ...(onceKey === undefined ? {} : { onceKey }) };
      const order = campaignOrder(rules, { count: 80, amount: 16_000, min: 1, max: 2_000 });
      packets.push({ terms: await armed(store, order), ...(onceKey === undefined ? {} : { onceKey }) });
    }
    const claims: CountedClaim[] = [];
    const calls = Array.from({ length: CALLS }, async () => {
      const { terms, ...once } = packets[random(packets.length)]!;
      const ids = Array.from({ length: 1 + random(20) }, () => `u${random(150)}`);
      const answer = await store.grab(
        packetRefOf(terms),
        ids.map((userId) => ({ userId, mark: 'met' })),
      );
      if (answer.status !== 'decided') throw new Error(`the store answered ${answer.status}`);
      for (const [k, decision] of answer.decisions.entries())
        if (decision.outcome === 'won')
          claims.push({ userId: ids[k]!, amount: decision.amount, atMs: nowMs, ...once });
    });
    await Promise.all(calls);
    expect(claims.length).toBeGreaterThan(100);
    const counted = await countersOf(campaignId);
    const amount = claims.reduce((sum, claim) => sum + claim.amount, 0);
    const total = String(claims.length);
    expect(counted.totals, `seed ${seed}`).toEqual({
      ...{ claims: total, 'claims:d1': total, 'amount:d1': String(amount) },
    });
    expect(amount).toBeLessThanOrEqual(caps.amountPerDay);
    for (const user of users(150)) {
      const mine = claims.filter(({ userId }) => userId === user);
      const ofEvening = mine.filter(({ onceKey }) => onceKey === 'evening');
      const field = (name: string) => Number(counted.people[name] ?? 0);
      expect([field(user), field(`${user}:d1`), field(`${user}#evening`)], `seed ${seed}`).toEqual([
        ...[mine.length, mine.length, ofEvening.length],
      ]);
    }
    await store.restoreCampaign({ campaignId, paused: false, claims, days });
    expect(await countersOf(campaignId), `seed ${seed}`).toEqual(counted);
  });
});
