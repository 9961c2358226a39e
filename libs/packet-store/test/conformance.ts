import { randomBytes, randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { splitLucky } from '@app/domain';
import type {
  ArmOrder,
  CampaignStore,
  Grab,
  GrabDecision,
  Outbox,
  PacketStore,
  PacketTerms,
} from '../src/index.js';

/** One store to test, with its clock. `passTime` returns once the store's clock has moved by at least `ms`. */
export interface Bench {
  store: PacketStore & CampaignStore;
  outbox: Outbox;
  passTime(ms: number): Promise<void>;
}

export function orderOf(terms: Partial<PacketTerms> = {}, change: Partial<ArmOrder> = {}): ArmOrder {
  const amount = terms.amount ?? 1000;
  return {
    terms: {
      packetId: randomUUID(),
      roomId: 'r',
      senderId: 's',
      currency: 'CNY',
      amount,
      count: 10,
      min: 1,
      max: amount,
      epoch: 1,
      ...terms,
    },
    seed: randomBytes(32).toString('hex'),
    opensAtMs: 0,
    expiresInMs: 60_000,
    ...change,
  };
}

export const grabsOf = (...userIds: string[]): Grab[] => userIds.map((userId) => ({ userId, mark: 'met' }));

export async function decide(
  store: PacketStore,
  packetId: string,
  ...grabs: Grab[]
): Promise<GrabDecision[]> {
  const answer = await store.grab({ packetId }, grabs);
  if (answer.status !== 'decided') throw new Error(`the store answered ${answer.status}`);
  return answer.decisions;
}

export const users = (count: number, prefix = 'u') =>
  Array.from({ length: count }, (_, k) => `${prefix}${k}`);

/** What every packet store must do, whatever it is made of. */
export function packetStoreConformance(open: () => Bench): void {
  it('gives share k of split-v1 to claim k', async () => {
    const { store } = open();
    const order = orderOf({ amount: 12_345, count: 37 });
    await store.arm(order);
    const decisions = await decide(store, order.terms.packetId, ...grabsOf(...users(37)));
    const shares = splitLucky(order.seed, order.terms);
    expect(decisions).toEqual(shares.map((amount, k) => ({ outcome: 'won', amount, ordinal: k + 1 })));
  });

  it.each([
    { amount: 1000, count: 10, shares: [22, 62, 122, 173, 193, 93, 45, 73, 55, 162], seed: '00'.repeat(32) },
    { amount: 11, count: 10, shares: [1, 1, 1, 1, 2, 1, 1, 1, 1, 1], seed: 'ab'.repeat(32) },
    { amount: 20000, count: 5, max: 5000, shares: [3935, 4680, 1644, 4910, 4831], seed: 'ab'.repeat(32) },
  ])('splits $amount into $count as the published vector', async ({ shares, seed, ...terms }) => {
    const { store } = open();
    const order = orderOf(terms, { seed });
    await store.arm(order);
    const decisions = await decide(store, order.terms.packetId, ...grabsOf(...users(shares.length)));
    expect(decisions.map((decision) => 'amount' in decision && decision.amount)).toEqual(shares);
  });

  it('splits a packet of several blocks as the model does', async () => {
    const { store } = open();
    const order = orderOf({ amount: 7_654_321, count: 2_345, max: 6_000 });
    await store.arm(order);
    const shares = splitLucky(order.seed, order.terms);
    const decisions: GrabDecision[] = [];
    for (let from = 0; from < 2_345; from += 500) {
      const batch = users(2_345).slice(from, from + 500);
      decisions.push(...(await decide(store, order.terms.packetId, ...grabsOf(...batch))));
    }
    expect(decisions.map((decision) => 'amount' in decision && decision.amount)).toEqual(shares);
  });

  it('arms once: arming again changes nothing', async () => {
    const { store } = open();
    const order = orderOf();
    const armed = await store.arm(order);
    await decide(store, order.terms.packetId, ...grabsOf('a'));
    expect(await store.arm(order)).toEqual(armed);
    expect((await store.inspect(order.terms.packetId))?.remaining.count).toBe(9);
  });

  it('gives a user who won the same claim again, also twice in one call', async () => {
    const { store } = open();
    const order = orderOf();
    await store.arm(order);
    const [won, again] = await decide(store, order.terms.packetId, ...grabsOf('a', 'a'));
    expect(won).toMatchObject({ outcome: 'won', ordinal: 1 });
    expect(again).toEqual({ ...won, outcome: 'already' });
    expect(await decide(store, order.terms.packetId, ...grabsOf('a'))).toEqual([again]);
  });

  it('says empty only when every share is taken, and goes on saying so after the close', async () => {
    const { store, passTime } = open();
    const order = orderOf({ count: 3, amount: 30 }, { expiresInMs: 200 });
    await store.arm(order);
    const decisions = await decide(store, order.terms.packetId, ...grabsOf(...users(5)));
    expect(decisions.map((decision) => decision.outcome)).toEqual(['won', 'won', 'won', 'empty', 'empty']);
    expect(await store.close(order.terms.packetId)).toEqual({
      state: 'finished',
      remaining: { count: 0, amount: 0 },
    });
    await store.retire(order.terms.packetId, 60);
    await passTime(250);
    expect(await decide(store, order.terms.packetId, ...grabsOf('late'))).toEqual([{ outcome: 'empty' }]);
    expect(await decide(store, order.terms.packetId, ...grabsOf('u1'))).toMatchObject([
      { outcome: 'already', ordinal: 2 },
    ]);
  });

  it('is over once it is retired, also when it was put back as open after its end', async () => {
    const { store } = open();
    const { terms, ...order } = orderOf();
    await store.arm({ terms, ...order });
    await decide(store, terms.packetId, ...grabsOf('a'));
    expect(await store.retire(terms.packetId, 60)).toBe(true);
    const later = await decide(store, terms.packetId, ...grabsOf('a', 'late'));
    expect(later.map(({ outcome }) => outcome)).toEqual(['already', 'closed']);
  });

  it('answers in the order of the rules: not_open, already, closed, not_eligible, empty', async () => {
    const { store, passTime } = open();
    const { terms } = orderOf({ count: 2, amount: 20 });
    const opensAtMs = (await store.nowMs()) + 150;
    const order = orderOf(terms, { opensAtMs, expiresInMs: 400 });
    await store.arm(order);
    const notEligible: Grab = { userId: 'x', mark: 'unmet' };
    expect(await decide(store, terms.packetId, notEligible)).toEqual([{ outcome: 'not_open', opensAtMs }]);
    await passTime(160);
    expect(await decide(store, terms.packetId, notEligible)).toEqual([{ outcome: 'not_eligible' }]);
    await decide(store, terms.packetId, ...grabsOf('a'));
    expect(await decide(store, terms.packetId, { userId: 'a', mark: 'unmet' })).toMatchObject([
      { outcome: 'already' },
    ]);
    await passTime(420);
    expect(await decide(store, terms.packetId, notEligible, ...grabsOf('a', 'b'))).toMatchObject([
      { outcome: 'closed' },
      { outcome: 'already' },
      { outcome: 'closed' },
    ]);
  });

  it('closes only what is due, and leaves what was not taken to be refunded', async () => {
    const { store, passTime } = open();
    const order = orderOf({ count: 10, amount: 1000 }, { expiresInMs: 150 });
    await store.arm(order);
    const won = await decide(store, order.terms.packetId, ...grabsOf('a', 'b', 'c'));
    expect((await store.close(order.terms.packetId)).state).toBe('open');
    await passTime(160);
    const taken = won.reduce((sum, decision) => sum + ('amount' in decision ? decision.amount : 0), 0);
    const closed = { state: 'expired', remaining: { count: 7, amount: 1000 - taken } };
    expect(await store.close(order.terms.packetId)).toEqual(closed);
    expect(await store.close(order.terms.packetId)).toEqual(closed);
  });

  it('says unknown for a packet it never saw, and shut for a frozen one', async () => {
    const { store } = open();
    expect(await store.grab({ packetId: randomUUID() }, grabsOf('a'))).toEqual({ status: 'unknown' });
    expect(await store.close(randomUUID())).toEqual({ state: 'unknown' });
    const order = orderOf();
    await store.arm(order);
    await store.freeze(order.terms.packetId);
    expect(await store.grab({ packetId: order.terms.packetId }, grabsOf('a'))).toEqual({ status: 'shut' });
  });

  it('puts every claim into the outbox, once, until it is acknowledged', async () => {
    const { store, outbox } = open();
    const order = orderOf({ count: 5, amount: 50 });
    await store.arm(order);
    await decide(store, order.terms.packetId, ...grabsOf('a', 'b'));
    await decide(store, order.terms.packetId, ...grabsOf('a', 'c'));
    const entries = (await outbox.readNew(100, 1)).filter((entry) => entry.packetId === order.terms.packetId);
    expect(entries.flatMap((entry) => entry.claims)).toEqual(await store.claims(order.terms.packetId));
    expect(entries.at(-1)?.remaining).toEqual((await store.inspect(order.terms.packetId))?.remaining);
    expect((await outbox.readNew(100, 1)).filter((entry) => entry.packetId === order.terms.packetId)).toEqual(
      [],
    );
    const stale = await outbox.takeStale(0, 100);
    expect(stale).toEqual(entries);
    for (const entry of entries) await outbox.acknowledge(entry.slot, [entry.id]);
    expect(await outbox.takeStale(0, 100)).toEqual([]);
    expect(await outbox.backlog()).toBe(0);
  });

  it('is put back from the seed and the claims that are known, and never gives an ordinal twice', async () => {
    const { store } = open();
    const order = orderOf({ count: 6, amount: 600 });
    const armed = await store.arm(order);
    await decide(store, order.terms.packetId, ...grabsOf('a', 'b', 'c'));
    const known = (await store.claims(order.terms.packetId)).filter((claim) => claim.userId !== 'b');
    await store.rebuild({ terms: order.terms, seed: order.seed, claims: known, ...armed });
    const again = await decide(store, order.terms.packetId, ...grabsOf('a', 'd', 'e', 'f', 'g', 'h'));
    expect(again.map((decision) => decision.outcome)).toEqual([
      'already',
      'won',
      'won',
      'won',
      'won',
      'empty',
    ]);
    const claims = await store.claims(order.terms.packetId);
    expect(claims.map((claim) => claim.ordinal)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(claims.map((claim) => claim.amount)).toEqual(splitLucky(order.seed, order.terms));
    expect((await store.inspect(order.terms.packetId))?.remaining).toEqual({ count: 0, amount: 0 });
  });
}
