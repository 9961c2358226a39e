import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Grab } from '../src/index.js';
import { users, type Bench } from './conformance.js';
import { armed, ask, campaignOrder, quizOf, todayOf, words } from './ruled-orders.js';

const wrong = (userId: string): Grab => ({ userId, mark: 'wrong' });
const HOUR_MS = 3_600_000;
/** Relations between this and the stack of Lua are in grabRuled-9.lua: six values a winner, 8,000 in all. */
const GRABS_PER_CALL_MAX = 1_000;

/** Where two rules hold at once, at the limits of what one call may bring, and at the instants of a release. */
export function ruledEdgesConformance(open: () => Bench): void {
  it('says not_found before already, already before paused, and closed before paused', async () => {
    const { store } = open();
    const [campaignId, audienceId] = [randomUUID(), randomUUID()];
    const terms = await armed(store, campaignOrder({ campaignId, audienceId }));
    await store.addToAudience(campaignId, audienceId, ['a', 'b']);
    await words(store, terms, 'a');
    await store.setPaused(campaignId, true);
    expect(await words(store, terms, 'a', 'b')).toEqual(['already', 'paused']);
    await store.cutShort(terms.packetId);
    expect(await words(store, terms, 'a', 'b')).toEqual(['already', 'closed']);
    await store.forgetAudience(campaignId, audienceId, 0);
    expect(await words(store, terms, 'a', 'b')).toEqual(['not_found', 'not_found']);
  });

  it('says not_open before already: of a packet that was put back with a later opening', async () => {
    const { store } = open();
    const order = campaignOrder({});
    await store.arm(order);
    await words(store, order.terms, 'a');
    const [opensAtMs, claims] = [(await store.nowMs()) + HOUR_MS, await store.claims(order.terms.packetId)];
    const times = { opensAtMs, expiresAtMs: opensAtMs + HOUR_MS };
    await store.rebuild({ terms: order.terms, seed: order.seed, claims, ...times });
    expect(await ask(store, order.terms, 'a', 'b')).toEqual([
      { outcome: 'not_open', opensAtMs },
      { outcome: 'not_open', opensAtMs },
    ]);
  });

  it('takes no try from who may not grab for another reason, and a right answer gives none back', async () => {
    const { store } = open();
    const campaignId = randomUUID();
    const terms = await armed(store, campaignOrder({ campaignId }, { gates: [quizOf(2)] }));
    await store.setPaused(campaignId, true);
    expect(await words(store, terms, wrong('a'), wrong('a'))).toEqual(['paused', 'paused']);
    await store.setPaused(campaignId, false);
    expect(await words(store, terms, wrong('a'), 'b', wrong('b'), wrong('b'))).toEqual([
      ...['not_eligible', 'won', 'already', 'already'],
    ]);
    expect(await words(store, terms, wrong('a'), 'a')).toEqual(['not_eligible', 'tries']);
  });

  it.each([
    { rule: 'a cap of a person', caps: { claimsPerPerson: 1 } },
    { rule: 'a daily cap of a person', caps: { claimsPerPersonPerDay: 1 } },
    { rule: 'a once key', caps: {}, onceKey: 'evening' },
  ])('says cap before empty, by $rule, in the call that takes the last share and after it', async (rules) => {
    const { store } = open();
    const { caps, onceKey } = rules;
    const campaignId = randomUUID();
    const once = onceKey === undefined ? {} : { onceKey };
    const shared = { campaignId, caps, days: todayOf(await store.nowMs()), ...once };
    const other = await armed(store, campaignOrder(shared));
    const terms = await armed(store, campaignOrder(shared, { count: 1, amount: 100 }));
    await words(store, other, 'a');
    expect(await words(store, terms, 'a', 'b', 'a', 'c')).toEqual(['cap', 'won', 'cap', 'empty']);
    expect(await words(store, terms, 'a', 'b', 'c')).toEqual(['cap', 'already', 'empty']);
  });

  it('says members before cap and empty, once all is taken too', async () => {
    const { store } = open();
    const campaignId = randomUUID();
    const other = await armed(store, campaignOrder({ campaignId }));
    const rules = { campaignId, tier: { neverWon: true }, caps: { claims: 2 } } as const;
    const terms = await armed(store, campaignOrder(rules, { count: 1, amount: 100 }));
    await words(store, other, 'a');
    expect(await words(store, terms, 'a', 'b', 'a', 'c')).toEqual(['members', 'won', 'members', 'cap']);
    expect(await words(store, terms, 'a', 'c')).toEqual(['members', 'cap']);
  });

  it('counts a claim before the first day as of the first: no daily cap is passed over', async () => {
    const { store, passTime } = open();
    const startMs = (await store.nowMs()) + 200;
    const days = [
      { startMs, day: 'd1' },
      { startMs: startMs + HOUR_MS, day: 'd2' },
    ];
    const caps = { claimsPerPersonPerDay: 1, claimsPerDay: 3, amountPerDay: 1_000 };
    const rules = { campaignId: randomUUID(), caps, days };
    const packets = [];
    for (let k = 0; k < 3; k += 1) packets.push(await armed(store, campaignOrder(rules)));
    expect(await words(store, packets[0]!, 'a')).toEqual(['won']);
    expect(await words(store, packets[1]!, 'a', 'b')).toEqual(['cap', 'won']);
    await passTime(startMs - (await store.nowMs()));
    expect(await words(store, packets[2]!, 'a', 'b', 'c', 'd')).toEqual(['cap', 'cap', 'won', 'cap']);
  });

  it('counts the amount of a day anew when a day begins, and the rest of the old one is lost', async () => {
    const { store, passTime } = open();
    const nowMs = await store.nowMs();
    const days = [...todayOf(nowMs, 'd1'), { startMs: nowMs + 200, day: 'd2' }];
    const terms = await armed(store, campaignOrder({ caps: { amountPerDay: 250 }, days }));
    expect(await words(store, terms, 'a', 'b', 'c')).toEqual(['won', 'won', 'cap']);
    await passTime(nowMs + 200 - (await store.nowMs()));
    expect(await words(store, terms, 'c', 'd', 'e')).toEqual(['won', 'won', 'cap']);
  });

  it('decides 1,000 in one call, each a winner with every rule and counter', async () => {
    const { store, outbox } = open();
    const [campaignId, audienceId] = [randomUUID(), randomUUID()];
    const far = 1_000_000_000;
    const caps = {
      ...{
        claimsPerPerson: far,
        claimsPerPersonPerDay: far,
        claims: far,
        claimsPerDay: far,
        amountPerDay: far,
      },
    };
    const rules = {
      campaignId,
      audienceId,
      caps,
      days: todayOf(await store.nowMs()),
      onceKey: 'o',
      releaseMs: 1,
    };
    const ids = users(GRABS_PER_CALL_MAX, 'somebody-with-an-id-of-some-length-');
    await store.addToAudience(campaignId, audienceId, ids);
    const split = { count: 1_500, amount: 150_000, gates: [quizOf(1)] };
    const opensAtMs = (await store.nowMs()) - 1_000;
    const terms = await armed(store, campaignOrder(rules, split, { opensAtMs }));
    expect(await words(store, terms, ...ids.map(wrong))).toEqual(ids.map(() => 'not_eligible'));
    expect(await words(store, terms, ...ids)).toEqual(ids.map(() => 'tries'));
    const second = await armed(store, campaignOrder(rules, split, { opensAtMs }));
    expect(await words(store, second, ...ids)).toEqual(ids.map(() => 'won'));
    expect(await words(store, second, ...ids)).toEqual(ids.map(() => 'already'));
    expect(await store.claimsCounted(campaignId)).toBe(GRABS_PER_CALL_MAX);
    expect(await store.wonBefore(campaignId, ids)).toEqual(ids.map(() => true));
    expect((await store.inspect(second.packetId))?.remaining).toEqual({ count: 500, amount: 50_000 });
    const [entry, ...more] = await outbox.readNew(100, 1);
    expect(more).toEqual([]);
    expect(entry?.claims).toEqual(await store.claims(second.packetId));
    expect(entry?.remaining).toEqual({ count: 500, amount: 50_000 });
  });

  it('tells of more people than one command takes who has a claim on this packet, in their order', async () => {
    const { store } = open();
    const campaignId = randomUUID();
    const terms = await armed(store, campaignOrder({ campaignId }, { count: 20 }));
    const other = await armed(store, campaignOrder({ campaignId }));
    const ids = users(12_000);
    const winners = [0, 4_999, 5_000, 9_999, 10_000, 11_999].map((k) => ids[k]!);
    await words(store, terms, ...winners);
    await words(store, other, 'u1');
    expect(await store.wonHere(terms.packetId, ids)).toEqual(ids.map((id) => winners.includes(id)));
    expect(await store.wonHere(terms.packetId, [])).toEqual([]);
    expect(await store.wonHere(randomUUID(), ['u0'])).toEqual([false]);
  });

  it('releases each share at its instant, and has named that instant before', async () => {
    const { store, passTime } = open();
    const [count, releaseMs] = [7, 500];
    const opensAtMs = (await store.nowMs()) + 20;
    const terms = await armed(store, campaignOrder({ releaseMs }, { count }, { opensAtMs }));
    const releasedAt = (t: number) =>
      Array.from({ length: count }, (_, k) => k).filter((k) => opensAtMs + (k * releaseMs) / count <= t)
        .length;
    let won = 0;
    for (let call = 0; won < count; call += 1) {
      const before = await store.nowMs();
      const answers = await ask(store, terms, ...users(count - won + 1, `${call}-`));
      const after = await store.nowMs();
      won += answers.filter(({ outcome }) => outcome === 'won').length;
      expect(won).toBeGreaterThanOrEqual(releasedAt(before));
      expect(won).toBeLessThanOrEqual(releasedAt(after));
      const last = answers.at(-1)!;
      if (last.outcome !== 'not_open') break;
      expect(last.opensAtMs).toBe(opensAtMs + Math.ceil((won * releaseMs) / count));
      // The last millisecond before it, and then the instant itself.
      await passTime(last.opensAtMs - (await store.nowMs()) - (call % 2));
    }
    expect(await words(store, terms, 'late')).toEqual(['empty']);
  });

  it('names the instant of the next share where more are taken than were released', async () => {
    const { store } = open();
    const before = { opensAtMs: (await store.nowMs()) - 5 * HOUR_MS, expiresInMs: 20 * HOUR_MS };
    const order = campaignOrder({ releaseMs: 10 * HOUR_MS }, {}, before);
    await store.arm(order);
    expect(await words(store, order.terms, ...users(7))).toEqual([...users(6).map(() => 'won'), 'not_open']);
    const opensAtMs = order.opensAtMs + 3 * HOUR_MS;
    const claims = await store.claims(order.terms.packetId);
    const times = { opensAtMs, expiresAtMs: opensAtMs + 20 * HOUR_MS };
    await store.rebuild({ terms: order.terms, seed: order.seed, claims, ...times });
    expect(await ask(store, order.terms, 'late')).toEqual([
      { outcome: 'not_open', opensAtMs: opensAtMs + 6 * HOUR_MS },
    ]);
  });

  it('says closed of what was closed with shares left, for as long as it is known', async () => {
    const { store } = open();
    const terms = await armed(store, campaignOrder({}));
    await words(store, terms, 'a');
    await store.cutShort(terms.packetId);
    expect((await store.close(terms.packetId)).state).toBe('expired');
    await store.retire(terms.packetId, 60);
    expect(await words(store, terms, 'a', 'b')).toEqual(['already', 'closed']);
  });

  it.each(['claimsPerPersonPerDay', 'claimsPerDay', 'amountPerDay'])(
    'refuses %s without days',
    async (cap) => {
      const { store } = open();
      await expect(store.arm(campaignOrder({ caps: { [cap]: 1 } }))).rejects.toThrow(RangeError);
    },
  );
}
