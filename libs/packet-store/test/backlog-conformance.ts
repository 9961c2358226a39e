import { expect, it } from 'vitest';
import { packetRefOf, slotOf, type PacketStore, type PacketTerms } from '../src/index.js';
import { grabsOf, orderOf, type Bench } from './conformance.js';
import { campaignOrder, quizOf, rulesOf } from './ruled-orders.js';

/** Entries that an outbox of the stores under test may hold. */
export const BACKLOG_MAX = 3;

const busy = { outcome: 'busy', afterMs: 1_000 };

async function decisionsOf(store: PacketStore, terms: PacketTerms, ...userIds: string[]) {
  const answer = await store.grab(packetRefOf(terms), grabsOf(...userIds));
  if (answer.status !== 'decided') throw new Error(`the store answered ${answer.status}`);
  return answer.decisions;
}

async function outcomesOf(...args: Parameters<typeof decisionsOf>): Promise<string[]> {
  return (await decisionsOf(...args)).map(({ outcome }) => outcome);
}

/** What every packet store must do while the ledger is away, with an outbox of BACKLOG_MAX entries. */
export function backlogConformance(open: () => Bench): void {
  it.each([
    ['without rules', () => orderOf()],
    ['with gates', () => orderOf({ rules: rulesOf([quizOf()]) })],
    ['of a campaign', () => campaignOrder({})],
  ])(
    'a packet %s: nobody wins any more, nothing else is answered otherwise, and acknowledging goes on',
    async (_what, make) => {
      const { store, outbox } = open();
      const order = make();
      const { terms } = order;
      await store.arm(order);
      for (const user of ['a', 'b', 'c']) expect(await outcomesOf(store, terms, user)).toEqual(['won']);
      const before = await store.inspect(terms.packetId);
      expect(await decisionsOf(store, terms, 'd', 'b', 'e')).toEqual([
        busy,
        expect.objectContaining({ outcome: 'already', ordinal: 2 }),
        busy,
      ]);
      const { nowMs: _then, ...same } = before!;
      expect(await store.inspect(terms.packetId)).toMatchObject(same);
      expect(await outbox.backlog()).toBe(BACKLOG_MAX);
      const [oldest] = await outbox.readNew(1, 1);
      await outbox.acknowledge(slotOf(terms.packetId), [oldest!.id]);
      expect(await outcomesOf(store, terms, 'd', 'e')).toEqual(['won', 'won']);
      expect(await outcomesOf(store, terms, 'f')).toEqual(['busy']);
    },
  );

  it('a packet that is sold out is empty and not busy, and one that is over is closed', async () => {
    const { store, passTime } = open();
    const soldOut = orderOf({ count: 1, amount: 5 });
    const { packetId } = soldOut.terms;
    // Another packet of the same slot.
    const { terms } = orderOf({
      packetId: `${packetId.slice(0, -2)}${packetId.at(-2) === 'f' ? 'e' : 'f'}${packetId.slice(-1)}`,
    });
    await store.arm(soldOut);
    await store.arm({ ...orderOf(), terms, expiresInMs: 1_000 });
    expect(await outcomesOf(store, soldOut.terms, 'a')).toEqual(['won']);
    for (const user of ['a', 'b']) expect(await outcomesOf(store, terms, user)).toEqual(['won']);
    expect(await outcomesOf(store, terms, 'c')).toEqual(['busy']);
    expect(await outcomesOf(store, soldOut.terms, 'b', 'a')).toEqual(['empty', 'already']);
    await passTime(1_010);
    expect(await outcomesOf(store, terms, 'c', 'a')).toEqual(['closed', 'already']);
  });

  it('another slot has an outbox of its own', async () => {
    const { store } = open();
    const [one, other] = ['1', '2'].map((slot) => {
      const { terms, ...order } = orderOf();
      return { ...order, terms: { ...terms, packetId: `${terms.packetId.slice(0, -1)}${slot}` } };
    });
    await store.arm(one!);
    await store.arm(other!);
    for (const user of ['a', 'b', 'c']) await outcomesOf(store, one!.terms, user);
    expect(await outcomesOf(store, one!.terms, 'd')).toEqual(['busy']);
    expect(await outcomesOf(store, other!.terms, 'd')).toEqual(['won']);
  });
}
