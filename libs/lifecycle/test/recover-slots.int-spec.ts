import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { DataSource } from 'typeorm';
import type { SettleClaimsJob } from '@app/contracts';
import { commitmentOf } from '@app/domain';
import { fundPacket, makeDataSource, PacketEntity, SeedVault, settleClaims, topUp } from '@app/ledger';
import { createTestDatabase, startTestRedis } from '@app/local-stack';
import { RedisPacketStore, SLOTS, type GrabDecision } from '@app/packet-store';
import { Pusher } from '@app/push';
import { queueOptions, QUEUES } from '@app/queues';
import { connectMoney, connectPublisher, connectQueue, whenReady, type Redis } from '@app/redis';
import { dropPacket, endPacket, PacketViews, recoverSlots, type RecoveryParts } from '../src/index.js';

const ALL_SLOTS = Array.from({ length: SLOTS }, (_, slot) => slot);
const COUNT = 8;
const AMOUNT = 800;

let redis: Awaited<ReturnType<typeof startTestRedis>>;
let queues: Awaited<ReturnType<typeof startTestRedis>>;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let dataSource: DataSource;
let money: Redis;
let queueClient: Redis;
let publisher: Redis;
let parts: RecoveryParts;
let frozen: string[];

beforeAll(async () => {
  [redis, queues, database] = await Promise.all([
    startTestRedis(),
    startTestRedis({ appendOnly: 'off' }),
    createTestDatabase(inject('databaseUrl')),
  ]);
  dataSource = await makeDataSource(database.url, 5, 'recover-test').initialize();
  await dataSource.runMigrations();
  money = connectMoney(redis.url, () => undefined);
  queueClient = connectQueue(queues.url, () => undefined);
  publisher = connectPublisher(queues.url, () => undefined);
  await whenReady(money, 5_000);
  const store = new RedisPacketStore(money);
  parts = {
    dataSource,
    store,
    vault: new SeedVault('ab'.repeat(32)),
    views: new PacketViews(dataSource, store),
    pusher: new Pusher(publisher),
    packetsQueue: new Queue(QUEUES.packets, queueOptions(queueClient)),
    settlementQueue: new Queue<SettleClaimsJob>(QUEUES.settlement, queueOptions(queueClient)),
    onBroken: (packetId) => frozen.push(packetId),
  };
});
afterAll(async () => {
  await Promise.all([parts.packetsQueue.close(), parts.settlementQueue.close()]);
  for (const client of [money, queueClient, publisher]) client.disconnect();
  await dataSource.destroy();
  await Promise.all([redis.stop(), queues.stop(), database.drop()]);
});
beforeEach(async () => {
  frozen = [];
  await Promise.all([money.flushall(), queueClient.flushall()]);
  await dataSource.query('TRUNCATE claims, packets CASCADE');
  await recover();
});

/** As the worker does when it finds gates shut; and, when none is, as it did when it found them so. */
async function recover(): Promise<{ checked: number; mended: number }> {
  const { runId } = await parts.store.shutSlots();
  return recoverSlots(parts, { runId, slots: ALL_SLOTS });
}

/** A packet of 8 shares that is open, in store and ledger. */
async function openPacket(): Promise<string> {
  const [packetId, senderId, roomId] = [randomUUID(), `s-${randomUUID().slice(0, 8)}`, randomUUID()];
  await dataSource.query(`INSERT INTO rooms (room_id, name, created_by) VALUES ($1, 'r', $2)`, [
    roomId,
    senderId,
  ]);
  await dataSource.query(`INSERT INTO room_members (room_id, user_id) VALUES ($1, $2)`, [roomId, senderId]);
  await topUp(dataSource, senderId, randomUUID(), { amount: AMOUNT, currency: 'CNY', provider: 'sandbox' });
  const terms = { amount: AMOUNT, count: COUNT, min: 1, max: AMOUNT };
  const seed = parts.vault.makeSeed();
  await fundPacket(dataSource, {
    ...{ packetId, senderId, idempotencyKey: randomUUID(), terms, greeting: '', expiresInMs: 60_000 },
    request: { roomId, kind: 'lucky', amount: AMOUNT, count: COUNT, currency: 'CNY' },
    commitment: commitmentOf(packetId, seed, terms),
    seedSealed: parts.vault.seal(packetId, seed),
  });
  await dropPacket(parts, packetId);
  return packetId;
}

async function grab(packetId: string, ...userIds: string[]): Promise<GrabDecision[]> {
  const answer = await parts.store.grab(
    packetId,
    userIds.map((userId) => ({ userId, eligible: true })),
  );
  if (answer.status !== 'decided') throw new Error(`the store answered ${answer.status}`);
  return answer.decisions;
}

const claimsInStore = async (packetId: string) =>
  (await parts.store.claims(packetId)).map((claim) => ({ packetId, ...claim }));

/** Grabs by as many others as needed: what is still to be had, by ordinal. */
async function takeTheRest(packetId: string): Promise<Map<number, number>> {
  const decisions = await grab(packetId, ...Array.from({ length: COUNT }, (_, k) => `late${k}`));
  return new Map(decisions.flatMap((one) => (one.outcome === 'won' ? [[one.ordinal, one.amount]] : [])));
}

describe('a Redis that came back', () => {
  it('as it was: nothing is touched, and the gates open', async () => {
    const packetId = await openPacket();
    await grab(packetId, 'a', 'b');
    await settleClaims(dataSource, (await claimsInStore(packetId)).slice(0, 1));
    expect(await recover()).toEqual({ checked: 1, mended: 0 });
    expect((await parts.store.shutSlots()).slots).toEqual([]);
    expect((await takeTheRest(packetId)).size).toBe(COUNT - 2);
  });

  it('empty: the packet is rebuilt, who was settled keeps the claim, and no ordinal is given twice', async () => {
    const packetId = await openPacket();
    const [a, b] = await grab(packetId, 'a', 'b', 'c');
    const claims = await claimsInStore(packetId);
    await settleClaims(
      dataSource,
      claims.filter((claim) => claim.userId !== 'b'),
    );
    await money.flushall();
    expect(await parts.store.grab(packetId, [{ userId: 'd', eligible: true }])).toEqual({ status: 'shut' });
    expect(await recover()).toEqual({ checked: 1, mended: 1 });
    expect(await grab(packetId, 'a')).toEqual([{ ...a, outcome: 'already' }]);
    const rest = await takeTheRest(packetId);
    expect([...rest.keys()].toSorted((x, y) => x - y)).toEqual([2, 4, 5, 6, 7, 8]);
    expect(rest.get(2)).toBe((b as { amount: number }).amount);
  });

  it('empty, with claims still in the queue: they count as taken', async () => {
    const packetId = await openPacket();
    await grab(packetId, 'a', 'b');
    const claims = await claimsInStore(packetId);
    await parts.settlementQueue.add('settle-claims', { claims, entries: [] });
    await money.flushall();
    await recover();
    expect(await grab(packetId, 'a', 'b')).toMatchObject([{ outcome: 'already' }, { outcome: 'already' }]);
    expect((await takeTheRest(packetId)).size).toBe(COUNT - 2);
  });

  it('older: a packet that was closed since can not be grabbed', async () => {
    const packetId = await openPacket();
    const older = new Map<string, Buffer>();
    for (const key of await money.keys('hb:*packet*')) older.set(key, (await money.dumpBuffer(key))!);
    await grab(packetId, ...Array.from({ length: COUNT }, (_, k) => `u${k}`));
    await settleClaims(dataSource, await claimsInStore(packetId));
    expect(await endPacket(parts, packetId)).toEqual({ status: 'ended' });
    await money.flushall();
    for (const [key, dump] of older) await money.restore(key, 0, dump);
    expect(await recover()).toEqual({ checked: 0, mended: 1 });
    // The ledger answers for it: `already` for winners, `empty` for others.
    expect(await parts.store.grab(packetId, [{ userId: 'late', eligible: true }])).toEqual({
      status: 'unknown',
    });
    expect(await money.keys(`hb:*${packetId}*`)).toEqual([]);
  });

  it('with an owner that the ledger does not have: the packet is frozen', async () => {
    const packetId = await openPacket();
    await grab(packetId, 'a');
    const [claim] = await claimsInStore(packetId);
    await settleClaims(dataSource, [{ ...claim!, userId: 'somebody-else' }]);
    await recover();
    expect(frozen).toEqual([packetId]);
    expect(await parts.store.grab(packetId, [{ userId: 'b', eligible: true }])).toEqual({ status: 'shut' });
    const row = await dataSource.getRepository(PacketEntity).findOneByOrFail({ packetId });
    expect(row.frozenReason).toContain('ordinal 1');
  });
});
