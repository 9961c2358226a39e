import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { packClaims } from '@app/contracts';
import { commitmentOf } from '@app/domain';
import { fundPacket, PacketEntity, settleClaims, topUp } from '@app/ledger';
import { keys, SLOTS, slotOf, type GrabDecision } from '@app/packet-store';
import {
  dropPacket,
  endOrRecover,
  endPacket,
  freezePacket,
  gatedPackets,
  recoverSlots,
} from '../src/index.js';
import { useLifecycle } from './lifecycle-bench.js';

const COUNT = 8;
const AMOUNT = 800;
const NONE = { count: 0, ids: [] };
const bench = useLifecycle();

/** A packet of 8 shares that is open, in store and ledger. */
async function openPacket(): Promise<string> {
  const [packetId, senderId, roomId] = [randomUUID(), `s-${randomUUID().slice(0, 8)}`, randomUUID()];
  await bench.dataSource.query(`INSERT INTO rooms (room_id, name, created_by) VALUES ($1, 'r', $2)`, [
    roomId,
    senderId,
  ]);
  await bench.dataSource.query(`INSERT INTO room_members (room_id, user_id) VALUES ($1, $2)`, [
    roomId,
    senderId,
  ]);
  await topUp(bench.dataSource, senderId, randomUUID(), {
    amount: AMOUNT,
    currency: 'CNY',
    provider: 'sandbox',
  });
  const terms = { amount: AMOUNT, count: COUNT, min: 1, max: AMOUNT };
  const seed = bench.parts.vault.makeSeed();
  await fundPacket(bench.dataSource, {
    ...{ packetId, senderId, idempotencyKey: randomUUID(), terms, greeting: '', expiresInMs: 60_000 },
    request: { roomId, kind: 'lucky', amount: AMOUNT, count: COUNT, currency: 'CNY' },
    commitment: commitmentOf(packetId, seed, terms),
    seedSealed: bench.parts.vault.seal(packetId, seed),
  });
  await dropPacket(bench.parts, packetId);
  return packetId;
}

async function grab(packetId: string, ...userIds: string[]): Promise<GrabDecision[]> {
  const answer = await bench.parts.store.grab(
    { packetId },
    userIds.map((userId) => ({ userId, mark: 'met' as const })),
  );
  if (answer.status !== 'decided') throw new Error(`the store answered ${answer.status}`);
  return answer.decisions;
}

const claimsInStore = async (packetId: string) =>
  (await bench.parts.store.claims(packetId)).map((claim) => ({ packetId, ...claim }));

/** Of Redis, the packets as they are now; what is returned empties it and puts them back. */
async function keepPackets(): Promise<() => Promise<void>> {
  const kept = new Map<string, Buffer>();
  for (const key of await bench.money.keys('hb:*packet*'))
    kept.set(key, (await bench.money.dumpBuffer(key))!);
  return async () => {
    await bench.money.flushall();
    for (const [key, dump] of kept) await bench.money.restore(key, 0, dump);
  };
}

/** Grabs by as many others as needed: what is still to be had, by ordinal. */
async function takeTheRest(packetId: string): Promise<Map<number, number>> {
  const decisions = await grab(packetId, ...Array.from({ length: COUNT }, (_, k) => `late${k}`));
  return new Map(decisions.flatMap((one) => (one.outcome === 'won' ? [[one.ordinal, one.amount]] : [])));
}

describe('what is gated', () => {
  it('is nothing while all is well', async () => {
    await openPacket();
    expect(await gatedPackets(bench.parts)).toEqual({
      slots: [],
      packets: { no_redis: NONE, not_checked: NONE, partition_not_checked: NONE, frozen: NONE },
      frozen: [],
    });
  });

  it('are the packets of slots whose Redis was not checked, by their ids, until it was', async () => {
    const packetId = await openPacket();
    await bench.money.flushall();
    const gated = await gatedPackets(bench.parts);
    expect(gated.slots).toHaveLength(SLOTS);
    expect(gated.slots[3]).toEqual({ slot: 3, reason: 'not_checked' });
    expect(gated.packets.not_checked).toEqual({ count: 1, ids: [packetId] });
    await bench.recover();
    expect((await gatedPackets(bench.parts)).packets.not_checked).toEqual(NONE);
  });

  it('is a frozen packet, with the reason, and no other', async () => {
    const [packetId, other] = [await openPacket(), await openPacket()];
    await freezePacket(bench.parts, packetId, 'ordinal 3 is odd');
    expect(await gatedPackets(bench.parts)).toMatchObject({
      packets: { not_checked: NONE, frozen: { count: 1, ids: [packetId] } },
      frozen: [{ packetId, reason: 'ordinal 3 is odd' }],
    });
    expect(await grab(other, 'a')).toMatchObject([{ outcome: 'won' }]);
  });
});

describe('a Redis that came back', () => {
  it('as it was: nothing is touched, and the gates open', async () => {
    const packetId = await openPacket();
    await grab(packetId, 'a', 'b');
    await settleClaims(bench.dataSource, (await claimsInStore(packetId)).slice(0, 1));
    expect(await bench.recover()).toEqual({ checked: 1, mended: 0 });
    expect((await bench.parts.store.gates.shutSlots()).slots).toEqual([]);
    expect((await takeTheRest(packetId)).size).toBe(COUNT - 2);
  });

  it('empty: the packet is rebuilt, who was settled keeps the claim, and no ordinal is given twice', async () => {
    const packetId = await openPacket();
    const [a, b] = await grab(packetId, 'a', 'b', 'c');
    const claims = await claimsInStore(packetId);
    await settleClaims(
      bench.dataSource,
      claims.filter((claim) => claim.userId !== 'b'),
    );
    await bench.money.flushall();
    expect(await bench.parts.store.grab({ packetId }, [{ userId: 'd', mark: 'met' as const }])).toEqual({
      status: 'shut',
    });
    expect(await bench.recover()).toEqual({ checked: 1, mended: 1 });
    expect(await grab(packetId, 'a')).toEqual([{ ...a, outcome: 'already' }]);
    const rest = await takeTheRest(packetId);
    expect([...rest.keys()].toSorted((x, y) => x - y)).toEqual([2, 4, 5, 6, 7, 8]);
    expect(rest.get(2)).toBe((b as { amount: number }).amount);
  });

  it('empty, with claims still in the queue: they count as taken', async () => {
    const packetId = await openPacket();
    await grab(packetId, 'a', 'b');
    const claims = await claimsInStore(packetId);
    await bench.parts.settlementQueue.add('settle-claims', { claims: packClaims(claims), entries: [] });
    await bench.money.flushall();
    await bench.recover();
    expect(await grab(packetId, 'a', 'b')).toMatchObject([{ outcome: 'already' }, { outcome: 'already' }]);
    expect((await takeTheRest(packetId)).size).toBe(COUNT - 2);
  });

  it('empty, with claims in the queue, whose jobs are lost after it: they were settled, and the packet ends', async () => {
    const packetId = await openPacket();
    await grab(packetId, ...Array.from({ length: COUNT }, (_, k) => `u${k}`));
    const claims = packClaims(await claimsInStore(packetId));
    await bench.parts.settlementQueue.add('settle-claims', { claims, entries: [] });
    await bench.money.flushall();
    await bench.recover();
    await bench.parts.settlementQueue.obliterate({ force: true });
    expect(await endPacket(bench.parts, packetId)).toEqual({ status: 'ended' });
    const row = await bench.dataSource.getRepository(PacketEntity).findOneByOrFail({ packetId });
    expect(row).toMatchObject({ state: 'finished', claimedCount: COUNT, claimedAmount: AMOUNT, refunded: 0 });
  });

  it('empty once more, between the look at a packet and its mending: what the first had is not put into the second', async () => {
    const packetId = await openPacket();
    await grab(packetId, 'a');
    const { store } = bench.parts;
    const emptyMeanwhile = Object.assign(Object.create(store) as typeof store, {
      inspect: async (id: string) => {
        await bench.money.flushall();
        return store.inspect(id);
      },
    });
    const shut = { runIds: (await store.gates.shutSlots()).runIds, slots: [slotOf(packetId)] };
    await expect(recoverSlots({ ...bench.parts, store: emptyMeanwhile }, shut)).rejects.toThrow('once more');
    expect(await store.grab({ packetId }, [{ userId: 'a', mark: 'met' as const }])).toEqual({
      status: 'shut',
    });
    await bench.recover();
    expect(bench.frozen).toEqual([]);
    expect((await takeTheRest(packetId)).size).toBe(COUNT);
  });

  it('empty, and was checked before the packet was marked open: the slot is checked again when it should end', async () => {
    const packetId = await openPacket();
    await grab(packetId, 'a');
    await settleClaims(bench.dataSource, await claimsInStore(packetId));
    await bench.money.flushall();
    const { store } = bench.parts;
    const { runIds } = await store.gates.shutSlots();
    for (const slot of runIds.keys()) await store.gates.open(slot, runIds[slot]);
    expect(await endOrRecover(bench.parts, packetId)).toMatchObject({ status: 'later' });
    expect((await store.gates.shutSlots()).slots).toEqual([slotOf(packetId)]);
    await bench.recover();
    expect(await grab(packetId, 'a')).toMatchObject([{ outcome: 'already' }]);
    expect((await takeTheRest(packetId)).size).toBe(COUNT - 1);
  });

  it('older, while a packet is being closed: it is forgotten, though it was live when recovery began', async () => {
    const packetId = await openPacket();
    const comeBackOlder = await keepPackets();
    await grab(packetId, ...Array.from({ length: COUNT }, (_, k) => `u${k}`));
    await settleClaims(bench.dataSource, await claimsInStore(packetId));
    const { store } = bench.parts;
    // The store has ended it; whoever closes it has not come to the ledger when Redis goes away.
    const answer = await store.close(packetId);
    const heard = Object.assign(Object.create(store) as typeof store, { close: async () => answer });
    // In the instant between the look for live packets and the look at each.
    const closesMeanwhile = Object.assign(Object.create(store) as typeof store, {
      gates: Object.assign(Object.create(store.gates) as typeof store.gates, {
        unretiredPacketIds: async (slots: number[]) => {
          expect(await endPacket({ ...bench.parts, store: heard }, packetId)).toEqual({ status: 'ended' });
          await comeBackOlder();
          return store.gates.unretiredPacketIds(slots);
        },
      }),
    });
    const { runIds } = await store.gates.shutSlots();
    const slots = Array.from({ length: 16 }, (_, slot) => slot);
    await recoverSlots({ ...bench.parts, store: closesMeanwhile }, { runIds, slots });
    expect(await store.grab({ packetId }, [{ userId: 'late', mark: 'met' as const }])).toEqual({
      status: 'unknown',
    });
  });

  it('older, between the close and its end in the store: it is not retired before it was looked at', async () => {
    const packetId = await openPacket();
    const comeBackOlder = await keepPackets();
    await grab(packetId, ...Array.from({ length: COUNT }, (_, k) => `u${k}`));
    await settleClaims(bench.dataSource, await claimsInStore(packetId));
    const { pusher } = bench.parts;
    const tellsNobody = Object.assign(Object.create(pusher) as typeof pusher, { toAudience: () => false });
    await endPacket({ ...bench.parts, pusher: tellsNobody }, packetId);
    await comeBackOlder();
    const retiredAt = async () =>
      (await bench.dataSource.getRepository(PacketEntity).findOneByOrFail({ packetId })).retiredAt;
    await endPacket(bench.parts, packetId);
    expect(await retiredAt()).toBeNull();
    await bench.recover();
    await endPacket(bench.parts, packetId);
    expect(await retiredAt()).not.toBeNull();
    // The ledger answers, with what each has won.
    expect(await bench.parts.store.grab({ packetId }, [{ userId: 'u1', mark: 'met' as const }])).toEqual({
      status: 'unknown',
    });
  });

  it('older: a packet that was closed since can not be grabbed', async () => {
    const packetId = await openPacket();
    const comeBackOlder = await keepPackets();
    await grab(packetId, ...Array.from({ length: COUNT }, (_, k) => `u${k}`));
    await settleClaims(bench.dataSource, await claimsInStore(packetId));
    expect(await endPacket(bench.parts, packetId)).toEqual({ status: 'ended' });
    await comeBackOlder();
    expect(await bench.recover()).toEqual({ checked: 0, mended: 1 });
    // The ledger answers for it: `already` for winners, `empty` for others.
    expect(await bench.parts.store.grab({ packetId }, [{ userId: 'late', mark: 'met' as const }])).toEqual({
      status: 'unknown',
    });
    expect(await bench.money.keys(`hb:*${packetId}*`)).toEqual([]);
  });

  it('with a claim that nobody can explain: the packet is frozen', async () => {
    const packetId = await openPacket();
    await grab(packetId, 'a');
    await bench.money.hset(keys.claims(packetId), 'b', `2:100:${Date.now()}`);
    await bench.recover();
    expect(bench.frozen).toEqual([packetId]);
    const row = await bench.dataSource.getRepository(PacketEntity).findOneByOrFail({ packetId });
    expect(row.frozenReason).toContain(
      'ordinal 2 is claimed in the store, and neither settled nor on its way',
    );
  });

  it('with an owner that the ledger does not have: the packet is frozen', async () => {
    const packetId = await openPacket();
    await grab(packetId, 'a');
    const [claim] = await claimsInStore(packetId);
    await settleClaims(bench.dataSource, [{ ...claim!, userId: 'somebody-else' }]);
    await bench.recover();
    expect(bench.frozen).toEqual([packetId]);
    expect(await bench.parts.store.grab({ packetId }, [{ userId: 'b', mark: 'met' as const }])).toEqual({
      status: 'shut',
    });
    const row = await bench.dataSource.getRepository(PacketEntity).findOneByOrFail({ packetId });
    expect(row.frozenReason).toContain('ordinal 1');
  });
});
