import { describe, expect, it } from 'vitest';
import { until } from '@app/testing';
import { GrabBatcher, type GrabVerdict } from './grab-batcher.js';
import type { Grab, GrabAnswer, PacketRef } from './packet-store.js';

const A: PacketRef = { packetId: '0f8fad5b-d9cb-469f-a165-708677289501' };
const OTHER_SLOT: PacketRef = { packetId: '0f8fad5b-d9cb-469f-a165-708677289502' };
const WON: GrabVerdict = { outcome: 'won', amount: 1, ordinal: 1 };

/** Calls of a store that answers when told to. */
class HeldStore {
  readonly calls: { grabs: readonly Grab[]; win(): void; fail(): void }[] = [];

  grab(_packet: PacketRef, grabs: readonly Grab[]): Promise<GrabAnswer> {
    return new Promise((resolve, reject) => {
      const remaining = { count: 1, amount: 1 };
      const win = () => resolve({ status: 'decided', decisions: grabs.map(() => WON) as never, remaining });
      this.calls.push({ grabs, win, fail: () => reject(new Error('Command timed out')) });
    });
  }
}

function setUp(grabsPerCallMax = 2, grabsWaitingMax = 100) {
  const store = new HeldStore();
  const errors: string[] = [];
  const batcher = new GrabBatcher(store, { grabsPerCallMax, grabsWaitingMax }, (error) =>
    errors.push(error.message),
  );
  const heard: string[] = [];
  const grab = (packet: PacketRef, ...userIds: string[]) => {
    for (const userId of userIds)
      batcher.submit(packet, { userId, mark: 'met' }, ({ outcome }) => heard.push(`${userId} ${outcome}`));
  };
  const called = (count: number) => until(`${count} calls`, () => store.calls.length === count);
  return { store, batcher, errors, heard, grab, called };
}

describe('grabs while the store hangs', () => {
  it('who waits behind a call that gets no answer is told busy with it, not a deadline later', async () => {
    const { store, batcher, errors, heard, grab, called } = setUp();
    grab(A, 'a', 'b', 'c', 'd', 'e');
    await called(1);
    store.calls[0]!.fail();
    await until('all are answered', () => heard.length === 5);
    expect(heard).toEqual(['a busy', 'b busy', 'c busy', 'd busy', 'e busy']);
    expect([store.calls.length, batcher.waiting, errors.length]).toEqual([1, 0, 1]);
  });

  it('then one call at a time asks whether it is back, and nobody waits behind it; another slot is not meant', async () => {
    const { store, batcher, heard, grab, called } = setUp();
    grab(A, 'a');
    await called(1);
    store.calls[0]!.fail();
    await until('a is answered', () => heard.length === 1);
    grab(A, 'b');
    grab(A, 'c', 'd');
    expect(heard).toEqual(['a busy', 'c busy', 'd busy']);
    await called(2);
    grab(OTHER_SLOT, 'x');
    await called(3);
    grab(OTHER_SLOT, 'y');
    expect([heard.length, batcher.waiting]).toEqual([3, 3]);
    store.calls[1]!.win();
    await until('b has won', () => heard.includes('b won'));
    grab(A, 'e');
    await called(4);
    grab(A, 'f');
    expect(heard).not.toContain('f busy');
    for (const call of store.calls.slice(2)) call.win();
    await called(6);
    for (const call of store.calls.slice(4)) call.win();
    await until('all are answered', () => batcher.waiting === 0);
    expect(heard.filter((word) => word.endsWith('won')).sort()).toEqual([
      'b won',
      'e won',
      'f won',
      'x won',
      'y won',
    ]);
  });

  it('no more wait than may, whatever the number of packets', async () => {
    const { store, batcher, heard, grab, called } = setUp(2, 3);
    grab(A, 'a', 'b', 'c', 'd');
    expect(heard).toEqual(['d busy']);
    await called(1);
    store.calls[0]!.win();
    await called(2);
    store.calls[1]!.win();
    await until('all are answered', () => heard.length === 4);
    expect(batcher.waiting).toBe(0);
  });
});
