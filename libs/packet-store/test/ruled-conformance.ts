import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { splitLucky } from '@app/domain';
import type { Grab } from '../src/index.js';
import { orderOf, users, type Bench } from './conformance.js';
import { armed, ask, campaignOrder, quizOf, rulesOf, todayOf, words } from './ruled-orders.js';

const wrong = (userId: string): Grab => ({ userId, mark: 'wrong' });
const unmet = (userId: string): Grab => ({ userId, mark: 'unmet' });

/** What every packet store must do with packets that have rules. */
export function ruledPacketsConformance(open: () => Bench): void {
  it('answers in the order of the rules', async () => {
    const { store, passTime } = open();
    const [campaignId, audienceId] = [randomUUID(), randomUUID()];
    const opensAtMs = (await store.nowMs()) + 150;
    const tier = { neverWon: true } as const;
    const rules = { campaignId, audienceId, tier, caps: { claims: 3 }, releaseMs: 3_600_000 };
    const split = { count: 3, amount: 300, gates: [quizOf(1)] };
    const terms = await armed(store, campaignOrder(rules, split, { opensAtMs, expiresInMs: 700 }));
    await store.addToAudience(campaignId, audienceId, users(10));
    expect(await words(store, terms, 'stranger', 'u0')).toEqual(['not_found', 'not_open']);
    await passTime(160);
    expect(await words(store, terms, 'u0', wrong('u1'))).toEqual(['won', 'not_eligible']);
    await store.setPaused(campaignId, true);
    expect(await words(store, terms, 'stranger', 'u0', 'u1')).toEqual(['not_found', 'already', 'paused']);
    await store.setPaused(campaignId, false);
    const other = await armed(store, campaignOrder({ campaignId }));
    expect(await words(store, other, 'u2')).toEqual(['won']);
    expect(await words(store, terms, 'u1', wrong('u1'), unmet('u2'), 'u2', 'u3')).toEqual([
      ...['tries', 'tries', 'not_eligible', 'members', 'not_open'],
    ]);
    expect(await words(store, other, 'u4')).toEqual(['won']);
    expect(await words(store, terms, 'u2', 'u3')).toEqual(['members', 'cap']);
    await store.cutShort(terms.packetId);
    expect(await words(store, terms, 'stranger', 'u0', wrong('u1'), 'u2', 'u5')).toEqual([
      ...['not_found', 'already', 'closed', 'closed', 'closed'],
    ]);
  });

  it('says empty when all is taken, and a refusal before it', async () => {
    const { store } = open();
    const campaignId = randomUUID();
    const one = { count: 1, amount: 100, gates: [quizOf(1)] };
    const terms = await armed(store, campaignOrder({ campaignId, onceKey: 'drop' }, one));
    const other = await armed(store, campaignOrder({ campaignId, onceKey: 'drop' }));
    await words(store, other, 'b');
    expect(await words(store, terms, 'a', 'b', 'c', wrong('d'), 'd', unmet('e'), 'a')).toEqual([
      ...['won', 'cap', 'empty', 'not_eligible', 'tries', 'not_eligible', 'already'],
    ]);
  });

  it('counts wrong answers alone as tries, and the strictest limit of the gates holds', async () => {
    const { store } = open();
    const password = { kind: 'password', phrase: 'spring', triesMax: 3 } as const;
    const gates = [password, quizOf(2), quizOf()];
    const terms = await armed(store, orderOf({ rules: rulesOf(gates) }));
    expect(await words(store, terms, unmet('a'), unmet('a'), wrong('a'), 'a')).toEqual([
      ...['not_eligible', 'not_eligible', 'not_eligible', 'won'],
    ]);
    expect(await words(store, terms, wrong('b'), wrong('b'), wrong('b'), 'b')).toEqual([
      ...['not_eligible', 'not_eligible', 'tries', 'tries'],
    ]);
    expect(await words(store, terms, wrong('c'))).toEqual(['not_eligible']);
    expect(await words(store, terms, wrong('c'), 'c', 'd')).toEqual(['not_eligible', 'tries', 'won']);
  });

  it('counts no tries where they are not limited', async () => {
    const { store } = open();
    const terms = await armed(store, orderOf({ rules: rulesOf([quizOf()]) }));
    expect(await words(store, terms, wrong('a'), wrong('a'), 'a')).toEqual([
      ...['not_eligible', 'not_eligible', 'won'],
    ]);
  });

  it('holds the cap of a person over many packets and calls', async () => {
    const { store } = open();
    const campaignId = randomUUID();
    const packets = [];
    for (let k = 0; k < 8; k += 1)
      packets.push(await armed(store, campaignOrder({ campaignId, caps: { claimsPerPerson: 3 } })));
    const calls = packets.flatMap((terms) =>
      Array.from({ length: 6 }, () => words(store, terms, 'a', 'b', 'a')),
    );
    const outcomes = (await Promise.all(calls)).flat();
    expect(outcomes.filter((outcome) => outcome === 'won')).toHaveLength(6);
    expect(await words(store, packets[7]!, 'c')).toEqual(['won']);
  });

  it('gives one claim over all packets that share a once key', async () => {
    const { store } = open();
    const campaignId = randomUUID();
    const tier = await armed(store, campaignOrder({ campaignId, onceKey: 'evening' }));
    const base = await armed(store, campaignOrder({ campaignId, onceKey: 'evening' }));
    const later = await armed(store, campaignOrder({ campaignId, onceKey: 'midnight' }));
    expect(await words(store, tier, 'a')).toEqual(['won']);
    expect(await words(store, base, 'a', 'b')).toEqual(['cap', 'won']);
    expect(await words(store, later, 'a', 'b')).toEqual(['won', 'won']);
  });

  it('gives the last 50 of a daily cap to exactly 50 of 200 who grab at once', async () => {
    const { store } = open();
    const rules = {
      campaignId: randomUUID(),
      caps: { claimsPerDay: 150 },
      days: todayOf(await store.nowMs()),
    };
    const many = { count: 200, amount: 20_000 };
    const [first, ...two] = await Promise.all([1, 2, 3].map(() => armed(store, campaignOrder(rules, many))));
    await words(store, first!, ...users(100, 'early'));
    const asked = users(200).map((user, k) => words(store, two[k % 2]!, user));
    const outcomes = (await Promise.all(asked)).flat();
    expect(outcomes.filter((outcome) => outcome === 'won')).toHaveLength(50);
    expect(outcomes.filter((outcome) => outcome === 'cap')).toHaveLength(150);
  });

  it('holds the cap of the whole campaign inside one call', async () => {
    const { store } = open();
    const terms = await armed(store, campaignOrder({ caps: { claims: 4 } }));
    expect(await words(store, terms, 'a', 'a', 'b', 'c', 'd', 'e', 'b')).toEqual([
      ...['won', 'already', 'won', 'won', 'won', 'cap', 'already'],
    ]);
  });

  it('never passes the amount of a day by one fen, and gives what fits', async () => {
    const { store } = open();
    const rules = {
      campaignId: randomUUID(),
      caps: { amountPerDay: 7_777 },
      days: todayOf(await store.nowMs()),
    };
    let left = 7_777;
    for (const packet of ['first', 'second']) {
      const order = campaignOrder(rules, { count: 50, amount: 5_000, min: 1, max: 5_000 });
      const terms = await armed(store, order);
      const shares = splitLucky(order.seed, terms);
      for (let call = 0; call < 8; call += 1) await ask(store, terms, ...users(10, `${packet}-${call}-`));
      const claims = await store.claims(terms.packetId);
      left -= claims.reduce((sum, { amount }) => sum + amount, 0);
      expect(left).toBeGreaterThanOrEqual(0);
      if (claims.length < shares.length) expect(shares[claims.length]).toBeGreaterThan(left);
    }
    expect(left).toBeLessThan(1_000);
  });

  it('gives shares that are for those who never won to nobody who has won in the campaign', async () => {
    const { store } = open();
    const campaignId = randomUUID();
    const base = await armed(store, campaignOrder({ campaignId }));
    const one = { count: 1, amount: 100 };
    const boost = await armed(store, campaignOrder({ campaignId, tier: { neverWon: true } }, one));
    await words(store, base, 'a');
    expect(await words(store, boost, 'a', 'b', 'b')).toEqual(['members', 'won', 'already']);
    expect(await words(store, boost, 'a', 'c')).toEqual(['members', 'empty']);
  });

  it('counts anew when a day begins, for a person and for the whole', async () => {
    const { store, passTime } = open();
    const nowMs = await store.nowMs();
    const days = [...todayOf(nowMs, 'd1'), { startMs: nowMs + 150, day: 'd2' }];
    const caps = { claimsPerPersonPerDay: 1, claimsPerDay: 2, amountPerDay: 1_000 };
    const campaignId = randomUUID();
    const packets = [];
    for (let k = 0; k < 4; k += 1)
      packets.push(await armed(store, campaignOrder({ campaignId, caps, days })));
    expect(await words(store, packets[0]!, 'a', 'b', 'c')).toEqual(['won', 'won', 'cap']);
    expect(await words(store, packets[1]!, 'a', 'b')).toEqual(['cap', 'cap']);
    await passTime(160);
    expect(await words(store, packets[2]!, 'a')).toEqual(['won']);
    expect(await words(store, packets[3]!, 'a', 'b', 'c')).toEqual(['cap', 'won', 'cap']);
  });

  it('releases the first share at the opening, the others evenly, and tells when the next one comes', async () => {
    const { store, passTime } = open();
    const opensAtMs = (await store.nowMs()) - 950;
    const terms = await armed(
      store,
      campaignOrder({ releaseMs: 1_500 }, { count: 3, amount: 300 }, { opensAtMs }),
    );
    expect(await ask(store, terms, 'a', 'b', 'c')).toMatchObject([
      { outcome: 'won', ordinal: 1 },
      { outcome: 'won', ordinal: 2 },
      { outcome: 'not_open', opensAtMs: opensAtMs + 1_000 },
    ]);
    await passTime(opensAtMs + 1_000 - (await store.nowMs()));
    expect(await words(store, terms, 'c', 'd')).toEqual(['won', 'empty']);
  });

  it('keeps the rules when it is put back', async () => {
    const { store } = open();
    const [campaignId, audienceId] = [randomUUID(), randomUUID()];
    const order = campaignOrder(
      { campaignId, audienceId, caps: { claimsPerPerson: 1 } },
      { gates: [quizOf(1)] },
    );
    const armedAt = await store.arm(order);
    await store.addToAudience(campaignId, audienceId, ['a', 'b', 'c']);
    await words(store, order.terms, 'a', wrong('b'));
    const claims = await store.claims(order.terms.packetId);
    await store.rebuild({ terms: order.terms, seed: order.seed, claims, ...armedAt });
    expect(await words(store, order.terms, 'a', 'b', 'c', 'x')).toEqual([
      'already',
      'tries',
      'won',
      'not_found',
    ]);
  });

  it.each([
    { why: 'is outside the slot of its campaign', rules: {}, change: true },
    { why: 'has a daily cap and no days', rules: { caps: { claimsPerDay: 1 } } },
    {
      why: 'has days out of order',
      rules: { days: [...todayOf(9_000_000, 'b'), ...todayOf(8_000_000, 'a')] },
    },
  ])('refuses to arm a packet that $why', async ({ rules, change }) => {
    const { store } = open();
    const order = campaignOrder(rules);
    const { packetId } = order.terms;
    const other = packetId.endsWith('0') ? '1' : '0';
    if (change) order.terms.packetId = `${packetId.slice(0, -1)}${other}`;
    await expect(store.arm(order)).rejects.toThrow(RangeError);
    expect(await store.inspect(order.terms.packetId)).toBeUndefined();
  });
}
