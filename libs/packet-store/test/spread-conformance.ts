import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { partitionOfOrdinal, sizeOfPartition, splitLucky } from '@app/domain';
import { homeOf, packetRefOf, slotOf, type GrabVerdict } from '../src/index.js';
import { grabsOf, users } from './conformance.js';
import { campaignOrder, quizOf } from './ruled-orders.js';
import { makeWalker, spreadOrder, tallyOf, walkAll, wordsOf, type SpreadBench } from './spread-walkers.js';

/** What every store must do with packets that are spread over partitions, walked by SpreadGrabs. */
export function spreadPacketsConformance(open: () => SpreadBench): void {
  it('gives every share of the split once, each by its own ordinal, and says empty when all are dry', async () => {
    const { store } = open();
    const order = spreadOrder();
    await store.arm(order);
    const verdicts = await walkAll(makeWalker(store), order.terms, users(2_200));
    expect(tallyOf(verdicts)).toEqual({ won: 2_100, empty: 100 });
    const won = verdicts.flatMap((one) => (one.outcome === 'won' ? [one] : []));
    const byOrdinal = won.toSorted((a, b) => a.ordinal - b.ordinal).map(({ amount }) => amount);
    expect(byOrdinal).toEqual(splitLucky(order.seed, order.terms));
    const stored = await store.inspect(order.terms.packetId);
    expect(stored).toMatchObject({ claimCount: 2_100, remaining: { count: 0, amount: 0 }, state: 'open' });
    expect((await store.claims(order.terms.packetId)).map(({ ordinal }) => ordinal)).toEqual(
      splitLucky(order.seed, order.terms).map((_, k) => k + 1),
    );
  });

  it("gives a user the next share of the home partition, in the split's order", async () => {
    const { store } = open();
    const { terms, ...order } = spreadOrder();
    await store.arm({ terms, ...order });
    const names = users(60);
    const verdicts = await walkAll(makeWalker(store), terms, names);
    for (const p of [0, 1, 2]) {
      const here = verdicts.filter((_, k) => homeOf(terms.packetId, names[k]!, 3) === p);
      const ordinals = here.flatMap((one) => ('ordinal' in one ? [one.ordinal] : []));
      expect(ordinals.length).toBeGreaterThan(5);
      expect(ordinals).toEqual(ordinals.map((_, k) => p * 700 + k + 1));
      expect(ordinals.every((ordinal) => partitionOfOrdinal(terms.count, 3, ordinal) === p)).toBe(true);
    }
  });

  it('gives a user who won the same claim again, wherever it lies and whatever is asked by', async () => {
    const { store } = open();
    const { terms, ...order } = spreadOrder();
    await store.arm({ terms, ...order });
    const names = users(2_000);
    const first = await walkAll(makeWalker(store), terms, names);
    const elsewhere = names.filter((name, k) => {
      const verdict = first[k] as GrabVerdict & { outcome: 'won' };
      return partitionOfOrdinal(terms.count, 3, verdict.ordinal) !== homeOf(terms.packetId, name, 3);
    });
    // 2,000 users do not fall evenly on three homes of 700.
    expect(first.every(({ outcome }) => outcome === 'won')).toBe(true);
    const again = await walkAll(makeWalker(store), terms, names);
    expect(again).toEqual(first.map((one) => ({ ...one, outcome: 'already' })));
    const unmet = await walkAll(
      makeWalker(store),
      terms,
      elsewhere.map((userId) => ({ userId, mark: 'unmet' as const })),
    );
    expect(unmet.every(({ outcome }) => outcome === 'already')).toBe(true);
  });

  it('refuses grabs that name no partition, and rules that are counted over all claims', async () => {
    const { store } = open();
    const order = spreadOrder();
    await store.arm(order);
    await expect(store.grab(packetRefOf(order.terms), grabsOf('a'))).rejects.toThrow(/spread/);
    await expect(store.rebuild({ ...order, claims: [], expiresAtMs: 1 })).rejects.toThrow(/recheck/);
    const spread = { count: 2_100, amount: 210_000, partitions: 3 };
    for (const rules of [{ caps: { claims: 9 } }, { onceKey: 'evening' }, { releaseMs: 1 }])
      await expect(store.arm(campaignOrder(rules, spread))).rejects.toThrow(/partitions/);
    await expect(store.arm(spreadOrder({ partitions: 4 }))).rejects.toThrow(/4 partitions/);
  });

  it('is not open before its opening, and ends as one: what is left of all partitions is summed', async () => {
    const { store, passTime } = open();
    const opensAtMs = (await store.nowMs()) + 200;
    const { terms, ...order } = spreadOrder({}, { opensAtMs, expiresInMs: 400 });
    expect(await store.arm({ terms, ...order })).toEqual({ opensAtMs, expiresAtMs: opensAtMs + 400 });
    const walker = makeWalker(store);
    expect(await walkAll(walker, terms, ['a'])).toEqual([{ outcome: 'not_open', opensAtMs }]);
    await passTime(210);
    const won = await walkAll(walker, terms, users(30));
    expect(tallyOf(won)).toEqual({ won: 30 });
    expect(await store.close(terms.packetId)).toMatchObject({ state: 'open' });
    await passTime(410);
    expect(wordsOf(await walkAll(walker, terms, ['u3', 'late']))).toEqual(['already', 'closed']);
    const taken = won.reduce((sum, one) => sum + ('amount' in one ? one.amount : 0), 0);
    const ended = { state: 'expired', remaining: { count: 2_070, amount: terms.amount - taken } };
    expect(await store.close(terms.packetId)).toEqual(ended);
    expect(await store.close(terms.packetId)).toEqual(ended);
    expect(await store.retire(terms.packetId, 60)).toBe(true);
    expect(wordsOf(await walkAll(walker, terms, ['u3', 'late']))).toEqual(['already', 'closed']);
  });

  it('is finished only when every partition is, and goes on saying empty', async () => {
    const { store } = open();
    const { terms, ...order } = spreadOrder();
    await store.arm({ terms, ...order });
    const names = users(4_000).filter((name) => homeOf(terms.packetId, name, 3) > 0);
    // One partition is not the home of any of these, and still has all its shares when the others are dry.
    expect(tallyOf(await walkAll(makeWalker(store), terms, names.slice(0, 1_400)))).toEqual({ won: 1_400 });
    expect((await store.close(terms.packetId)).state).toBe('open');
    expect(tallyOf(await walkAll(makeWalker(store), terms, names.slice(1_400, 2_100)))).toEqual({ won: 700 });
    expect(await store.close(terms.packetId)).toEqual({
      state: 'finished',
      remaining: { count: 0, amount: 0 },
    });
    expect(await store.retire(terms.packetId, 60)).toBe(true);
    expect(wordsOf(await walkAll(makeWalker(store), terms, ['late', names[1_500]!]))).toEqual([
      'empty',
      'already',
    ]);
  });

  it('is cut short, and frozen, as one', async () => {
    const { store } = open();
    const [cut, frozen] = [spreadOrder(), spreadOrder()];
    for (const order of [cut, frozen]) await store.arm(order);
    const ended = await store.cutShort(cut.terms.packetId);
    expect(tallyOf(await walkAll(makeWalker(store), cut.terms, users(20)))).toEqual({ closed: 20 });
    expect((await store.inspect(cut.terms.packetId))?.expiresAtMs).toBe(ended!.expiresAtMs);
    expect((await store.close(cut.terms.packetId)).state).toBe('expired');
    await store.freeze(frozen.terms.packetId);
    expect(tallyOf(await walkAll(makeWalker(store), frozen.terms, users(20)))).toEqual({ busy: 20 });
    expect(await store.close(frozen.terms.packetId)).toEqual({ state: 'frozen' });
  });

  it('keeps pause, list and tries on every partition', async () => {
    const { store } = open();
    const [campaignId, audienceId] = [randomUUID(), randomUUID()];
    const split = { count: 2_100, amount: 210_000, partitions: 3 };
    const { terms, ...order } = campaignOrder({ campaignId, audienceId }, { ...split, gates: [quizOf(2)] });
    await store.addToAudience(campaignId, audienceId, users(2_000));
    await store.arm({ terms, ...order });
    const walker = makeWalker(store);
    expect(tallyOf(await walkAll(walker, terms, users(30, 'stranger')))).toEqual({ not_found: 30 });
    await store.setPaused(campaignId, true, 3);
    expect(tallyOf(await walkAll(walker, terms, users(30)))).toEqual({ paused: 30 });
    await store.setPaused(campaignId, false, 3);
    const wrong = users(30).map((userId) => ({ userId, mark: 'wrong' as const }));
    for (const word of ['not_eligible', 'not_eligible', 'tries'])
      expect(tallyOf(await walkAll(walker, terms, wrong))).toEqual({ [word]: 30 });
    expect(tallyOf(await walkAll(walker, terms, users(2_000)))).toEqual({ tries: 30, won: 1_970 });
    await store.setPaused(campaignId, true, 3);
    expect(tallyOf(await walkAll(walker, terms, users(2_000)))).toEqual({ paused: 30, already: 1_970 });
    expect(await store.wonBefore(campaignId, ['u40'])).toEqual([false]);
    expect(await store.wonHere(terms.packetId, ['u40', 'u0'])).toEqual([true, false]);
  });

  it('puts claims into the outbox of their partition, with what is left of it', async () => {
    const { store, outbox } = open();
    const { terms, ...order } = spreadOrder();
    await store.arm({ terms, ...order });
    await walkAll(makeWalker(store), terms, users(50));
    const entries = (await outbox.readNew(100, 1)).filter(({ packetId }) => packetId === terms.packetId);
    const claims = entries.flatMap((entry) => entry.claims).sort((a, b) => a.ordinal - b.ordinal);
    expect(claims).toEqual(await store.claims(terms.packetId));
    for (const { partition, slot, remaining, claims: some } of entries) {
      expect(slot).toBe(slotOf(terms.packetId, partition));
      expect(remaining.count).toBe(sizeOfPartition(terms, 3, partition!).count - some.length);
    }
  });

  it('after a partition was lost: shut until it is checked, no second claim, no ordinal twice', async () => {
    const { store, lose } = open();
    const { terms, ...order } = spreadOrder();
    const armed = await store.arm({ terms, ...order });
    const names = users(2_050);
    const walker = makeWalker(store);
    const before = await walkAll(walker, terms, names);
    expect(tallyOf(before)).toEqual({ won: 2_050 });
    const settled = await store.claims(terms.packetId);
    await lose(terms.packetId, 1);
    // Some of its claims never reached the ledger, so shares of it are to be had again: nobody else may get a second one.
    const known = settled.filter(({ ordinal }) => ordinal % 3 > 0);
    const claimsOf = async (p: number) =>
      known.filter(({ ordinal }) => partitionOfOrdinal(terms.count, 3, ordinal) === p);
    const shut = await walkAll(walker, terms, ['somebody', ...users(40, 'x')]);
    expect(new Set(wordsOf(shut)).has('busy')).toBe(true);
    const recheck = { terms, seed: order.seed, ...armed, claimsOf };
    expect(await store.recheck(recheck)).toEqual({ is: 'mended' });
    const kept = new Map((await store.claims(terms.packetId)).map((claim) => [claim.userId, claim]));
    const fresh = makeWalker(store);
    for (const [k, verdict] of (await walkAll(fresh, terms, names)).entries()) {
      const claim = kept.get(names[k]!);
      if (claim) expect(verdict).toMatchObject({ outcome: 'already', ordinal: claim.ordinal });
    }
    await walkAll(fresh, terms, users(3_000, 'y'));
    const claims = await store.claims(terms.packetId);
    expect(new Set(claims.map(({ userId }) => userId)).size).toBe(2_100);
    expect(claims.map(({ amount }) => amount)).toEqual(splitLucky(order.seed, terms));
    expect(await store.recheck({ ...recheck, claimsOf: async () => [] })).toEqual({ is: 'sound' });
    expect(await store.inspect(terms.packetId)).toMatchObject({ claimCount: 2_100, remaining: { count: 0 } });
  });
}
