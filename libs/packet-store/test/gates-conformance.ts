import { expect, it } from 'vitest';
import { packetRefOf, type GatedStore } from '../src/index.js';
import { grabsOf, orderOf } from './conformance.js';

/** `loseGate`: as if another process of the store had opened it. */
export interface GatesBench {
  store: GatedStore;
  loseGate(slot: number): Promise<void>;
}

/** What recovery leans on: a store that does nothing about money until somebody has looked. */
export function gatesConformance(open: () => GatesBench): void {
  it('answers shut until the gate of the slot was opened for this process', async () => {
    const { store, loseGate } = open();
    const order = orderOf();
    const { packetId } = order.terms;
    await store.arm(order);
    const slot = Number.parseInt(packetId.slice(-1), 16);
    await loseGate(slot);
    expect(await store.grab(packetRefOf(order.terms), grabsOf('a'))).toEqual({ status: 'shut' });
    const shut = await store.gates.shutSlots();
    expect(shut.slots).toEqual([slot]);
    expect(await store.close(packetId)).toEqual({ state: 'shut' });
    // What an older store has of a packet that was closed since is recovery's to forget.
    expect(await store.retire(packetId, 60)).toBe(false);
    expect(await store.gates.unretiredPacketIds([slot])).toEqual([packetId]);
    expect(await store.retire(orderOf().terms.packetId, 60)).toBe(true);
    await store.gates.open(slot, 'another process');
    expect((await store.gates.shutSlots()).slots).toEqual([slot]);
    await store.gates.open(slot, shut.runIds[slot]);
    expect(await store.grab(packetRefOf(order.terms), grabsOf('a'))).toMatchObject({ status: 'decided' });
  });

  it('puts a packet back only while its gate holds the word of the check that read it', async () => {
    const { store, loseGate } = open();
    const order = orderOf();
    const { packetId } = order.terms;
    const armed = await store.arm(order);
    const { runIds } = await store.gates.shutSlots();
    const slot = Number.parseInt(packetId.slice(-1), 16);
    await store.gates.open(slot, runIds[slot]);
    const [first, second] = [await store.gates.beginCheck([slot]), await store.gates.beginCheck([slot])];
    expect(await store.grab(packetRefOf(order.terms), grabsOf('a'))).toEqual({ status: 'shut' });
    const claims = [{ userId: 'b', ordinal: 1, amount: 1, atMs: 1 }];
    const rebuild = (check: string) => store.rebuild({ ...order, ...armed, claims, check });
    expect(await rebuild(first)).toBe(false);
    expect(await store.claims(packetId)).toEqual([]);
    expect(await rebuild(second)).toBe(true);
    expect(await store.claims(packetId)).toEqual(claims);
    // As when the process came back empty.
    await loseGate(slot);
    expect(await rebuild(second)).toBe(false);
    await store.gates.open(slot, runIds[slot]);
    await store.gates.shut(slot);
    expect(await store.grab(packetRefOf(order.terms), grabsOf('a'))).toEqual({ status: 'shut' });
  });

  it('names the packets that are not retired, and forgets one as if it had never been', async () => {
    const { store } = open();
    const [first, second] = [orderOf(), orderOf()];
    const ids = [first.terms.packetId, second.terms.packetId];
    for (const order of [first, second]) await store.arm(order);
    const slots = Array.from({ length: 16 }, (_, slot) => slot);
    expect((await store.gates.unretiredPacketIds(slots)).toSorted()).toEqual(ids.toSorted());
    await store.retire(ids[0]!, 60);
    expect(await store.gates.unretiredPacketIds(slots)).toEqual([ids[1]]);
    await store.forget(ids[1]!);
    expect(await store.gates.unretiredPacketIds(slots)).toEqual([]);
    expect(await store.grab(packetRefOf(second.terms), grabsOf('a'))).toEqual({ status: 'unknown' });
    expect(await store.claims(ids[1]!)).toEqual([]);
  });
}
