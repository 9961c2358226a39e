import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { orderOf, users, type Bench } from './conformance.js';
import { armed, campaignOrder, DAY_MS, quizOf, rulesOf, todayOf, words } from './ruled-orders.js';

/** What every store must do with what is counted over a campaign, with lists and with tasks. */
export function campaignStoreConformance(open: () => Bench): void {
  it('gives nothing of a paused campaign from the moment the pause is set, and goes on afterwards', async () => {
    const { store } = open();
    const campaignId = randomUUID();
    const split = { count: 400, amount: 40_000 };
    const terms = await armed(store, campaignOrder({ campaignId }, split));
    const before = users(100, 'before').map((user) => words(store, terms, user));
    await store.setPaused(campaignId, true);
    const after = users(100, 'after').map((user) => words(store, terms, user));
    expect((await Promise.all(before)).flat()).toEqual(before.map(() => 'won'));
    expect((await Promise.all(after)).flat()).toEqual(after.map(() => 'paused'));
    expect(await store.claims(terms.packetId)).toHaveLength(100);
    await store.setPaused(campaignId, false);
    expect(await words(store, terms, 'after0')).toEqual(['won']);
  });

  it('counts on from what was restored: people, days, once keys, the whole and the pause', async () => {
    const { store } = open();
    const [campaignId, nowMs] = [randomUUID(), await store.nowMs()];
    const days = [{ startMs: todayOf(nowMs)[0]!.startMs - DAY_MS, day: 'd1' }, ...todayOf(nowMs, 'd2')];
    const rules = (caps: object, more: object = {}) => campaignOrder({ campaignId, caps, days, ...more });
    const gone = await armed(store, rules({}));
    await words(store, gone, 'lost', 'a');
    const [yesterdayMs, todayMs] = [nowMs - DAY_MS, nowMs - 1];
    const claims = [
      { userId: 'a', amount: 100, atMs: yesterdayMs, onceKey: 'evening' },
      { userId: 'a', amount: 150, atMs: todayMs },
      { userId: 'b', amount: 70, atMs: todayMs },
      { userId: 'c', amount: 30, atMs: yesterdayMs },
    ];
    await store.restoreCampaign({ campaignId, paused: true, claims, days });
    expect(await store.wonBefore(campaignId, ['lost', 'a', 'b', 'c'])).toEqual([false, true, true, true]);
    const once = await armed(store, rules({}, { onceKey: 'evening' }));
    expect(await words(store, once, 'a', 'b')).toEqual(['paused', 'paused']);
    await store.restoreCampaign({ campaignId, paused: false, claims, days });
    expect(await words(store, once, 'a')).toEqual(['cap']);
    const person = await armed(store, rules({ claimsPerPerson: 2, claimsPerPersonPerDay: 1 }));
    expect(await words(store, person, 'a', 'b', 'c')).toEqual(['cap', 'cap', 'won']);
    // Of today: 150 and 70 restored, and 100 for c.
    const amount = await armed(store, rules({ amountPerDay: 420 }));
    expect(await words(store, amount, 'd', 'e')).toEqual(['won', 'cap']);
    const day = await armed(store, rules({ claimsPerDay: 5 }));
    expect(await words(store, day, 'f', 'g')).toEqual(['won', 'cap']);
    const whole = await armed(store, rules({ claims: 8 }));
    expect(await words(store, whole, 'h', 'i')).toEqual(['won', 'cap']);
    await store.restoreCampaign({ campaignId, paused: false, claims: [], days });
    expect(await store.wonBefore(campaignId, ['a', 'h'])).toEqual([false, false]);
    expect(await words(store, whole, 'i')).toEqual(['won']);
  });

  it('counts claims without caps too, and forgets a campaign when told', async () => {
    const { store } = open();
    const campaignId = randomUUID();
    const terms = await armed(store, campaignOrder({ campaignId }));
    await words(store, terms, 'a');
    expect(await store.wonHere(terms.packetId, ['a', 'b'])).toEqual([true, false]);
    await store.forgetCampaign(campaignId, 60);
    expect(await store.wonBefore(campaignId, ['a', 'b'])).toEqual([true, false]);
    await store.forgetCampaign(campaignId, 0);
    expect(await store.wonBefore(campaignId, ['a', 'b'])).toEqual([false, false]);
    expect(await store.wonBefore(campaignId, [])).toEqual([]);
  });

  it('keeps a list for one campaign: another may forget its own', async () => {
    const { store } = open();
    const [one, other, audienceId] = [randomUUID(), randomUUID(), randomUUID()];
    for (const campaignId of [one, other]) {
      await store.addToAudience(campaignId, audienceId, users(12_000));
      await store.addToAudience(campaignId, audienceId, ['u0', 'extra']);
    }
    expect(await store.audienceSize(one, audienceId)).toBe(12_001);
    expect(await store.inAudience(one, audienceId, ['u11999', 'nobody', 'extra'])).toEqual([
      true,
      false,
      true,
    ]);
    expect(await store.inAudience(one, audienceId, [])).toEqual([]);
    await store.forgetAudience(one, audienceId, 60);
    expect(await store.audienceSize(one, audienceId)).toBe(12_001);
    await store.forgetAudience(one, audienceId, 0);
    expect(await store.audienceSize(one, audienceId)).toBe(0);
    expect(await store.inAudience(one, audienceId, ['u0'])).toEqual([false]);
    expect(await store.audienceSize(other, audienceId)).toBe(12_001);
  });

  it('knows for whom a task is done, by tenant and task', async () => {
    const { store } = open();
    const tenantId = randomUUID();
    await store.markTaskDone(tenantId, 'follow', ['a', 'b']);
    await store.markTaskDone(tenantId, 'follow', []);
    expect(await store.isTaskDone(tenantId, 'follow', 'a')).toBe(true);
    expect(await store.isTaskDone(tenantId, 'follow', 'c')).toBe(false);
    expect(await store.isTaskDone(tenantId, 'share', 'a')).toBe(false);
    expect(await store.isTaskDone(randomUUID(), 'follow', 'a')).toBe(false);
  });

  it('cuts a packet short for good, with or without rules, and refunds the rest at the close', async () => {
    const { store, passTime } = open();
    expect(await store.cutShort(randomUUID())).toBeUndefined();
    for (const order of [campaignOrder({}), orderOf()]) {
      const terms = await armed(store, order);
      await words(store, terms, 'a');
      const cut = await store.cutShort(terms.packetId);
      expect(cut!.expiresAtMs).toBeLessThanOrEqual(await store.nowMs());
      expect(await words(store, terms, 'a', 'b')).toEqual(['already', 'closed']);
      await passTime(5);
      expect(await store.cutShort(terms.packetId)).toEqual(cut);
      expect(await store.close(terms.packetId)).toMatchObject({ state: 'expired', remaining: { count: 9 } });
    }
  });

  it('never opens a packet that was cut short before its opening', async () => {
    const { store, passTime } = open();
    for (const ruled of [true, false]) {
      const opensAtMs = (await store.nowMs()) + 150;
      const order = ruled ? campaignOrder({}, {}, { opensAtMs }) : orderOf({}, { opensAtMs });
      const terms = await armed(store, order);
      expect(await words(store, terms, 'a')).toEqual(['not_open']);
      await store.cutShort(terms.packetId);
      expect(await words(store, terms, 'a')).toEqual(['closed']);
      await passTime(opensAtMs - (await store.nowMs()));
      expect(await words(store, terms, 'a')).toEqual(['closed']);
    }
  });

  it('says empty of a packet that was taken whole before it was cut short', async () => {
    const { store } = open();
    const terms = await armed(store, orderOf({ count: 1, amount: 10, rules: rulesOf([quizOf()]) }));
    await words(store, terms, 'a');
    await store.cutShort(terms.packetId);
    expect(await words(store, terms, 'a', 'b')).toEqual(['already', 'empty']);
  });
}
