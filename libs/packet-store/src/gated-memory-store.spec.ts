import { describe, expect, it } from 'vitest';
import { grabsOf, orderOf, packetStoreConformance } from '../test/conformance.js';
import { gatesConformance } from '../test/gates-conformance.js';
import { GatedMemoryStore, NO_STATE } from './gated-memory-store.js';
import { packetRefOf } from './packet-rules.js';

let nowMs = 1_700_000_000_000;

function openStore(): GatedMemoryStore {
  const store = new GatedMemoryStore(() => nowMs);
  for (let slot = 0; slot < 16; slot += 1) void store.gates.open(slot, store.runId);
  return store;
}

describe('the packet store in memory, with gates', () => {
  packetStoreConformance(() => {
    const store = openStore();
    const passTime = async (ms: number) => void (nowMs += ms);
    return { store, outbox: store, passTime };
  });
  gatesConformance(() => {
    const store = openStore();
    return { store, loseGate: (slot) => store.gates.open(slot, 'an earlier process') };
  });

  it('comes back as it was, older, or empty, and shut each time', async () => {
    const store = openStore();
    const order = orderOf();
    const { packetId } = order.terms;
    await store.arm(order);
    const older = store.copy();
    await store.grab(packetRefOf(order.terms), grabsOf('a'));
    for (const [state, claims] of [
      [undefined, 1],
      [older, 0],
      [NO_STATE, 0],
    ] as const) {
      store.restart(state);
      expect((await store.gates.shutSlots()).slots).toHaveLength(16);
      expect(await store.claims(packetId)).toHaveLength(claims);
      expect(store.size).toBe(claims);
    }
    expect(await store.inspect(packetId)).toBeUndefined();
  });
});
