import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askRedis, startTestRedisCluster, type RedisCluster } from '@app/local-stack';
import { connectMoney, connectOutboxReader, nodeOfKey, nodesOf, whenReady, type Redis } from '@app/redis';
import { until } from '@app/testing';
import { keys, packetRefOf, RedisOutbox, RedisPacketStore, slotOf, SLOTS } from '../src/index.js';
import { campaignStoreConformance } from './campaign-conformance.js';
import { decide, grabsOf, orderOf, packetStoreConformance, users } from './conformance.js';
import { ruledEdgesConformance } from './ruled-edges-conformance.js';
import { ruledPacketsConformance } from './ruled-conformance.js';

const onError = () => undefined;
let cluster: RedisCluster;
let client: Redis;
let reader: Redis;
let store: RedisPacketStore;
let outbox: RedisOutbox;

beforeAll(async () => {
  cluster = await startTestRedisCluster();
  client = connectMoney(cluster.url, onError);
  reader = connectOutboxReader(cluster.url, 1_000, onError);
  await Promise.all([whenReady(client, 5_000), whenReady(reader, 5_000)]);
  store = new RedisPacketStore(client, { replicasAck: 1 });
  outbox = new RedisOutbox(client, reader, 'test');
});
afterAll(async () => {
  client.disconnect();
  reader.disconnect();
  await cluster.stop();
});
beforeEach(async () => {
  await Promise.all(nodesOf(client).map((node) => node.flushdb()));
  await outbox.createGroups();
  await openGates();
});

async function openGates(): Promise<void> {
  const { runIds, slots } = await store.gates.shutSlots();
  for (const slot of slots) await store.gates.open(slot, runIds[slot]);
}

async function passTime(ms: number): Promise<void> {
  const end = (await store.nowMs()) + ms;
  while ((await store.nowMs()) < end) await new Promise((resolve) => setImmediate(resolve));
}

/** An order for a packet in this slot. */
const orderIn = (slot: number) => {
  const order = orderOf({ count: 50, amount: 5_000 });
  order.terms.packetId = `${order.terms.packetId.slice(0, -1)}${slot.toString(16)}`;
  return order;
};

describe('the packet store on a Redis Cluster, with answers that wait for a replica', () => {
  const open = () => ({ store, outbox, passTime });
  packetStoreConformance(open);
  describe('with rules', () => ruledPacketsConformance(open));
  describe('at the edges of rules', () => ruledEdgesConformance(open));
  describe('with campaigns', () => campaignStoreConformance(open));

  it('has the slots on all three masters, each gate with the run id of its own', async () => {
    const { runIds, slots } = await store.gates.shutSlots();
    expect(slots).toEqual([]);
    expect(runIds).toHaveLength(SLOTS);
    expect(new Set(runIds).size).toBe(3);
    for (const order of Array.from({ length: SLOTS }, (_, slot) => orderIn(slot))) {
      await store.arm(order);
      await decide(store, order.terms.packetId, ...grabsOf('a'));
    }
    const entries = await outbox.readNew(100, 1_000);
    expect(new Set(entries.map(({ slot }) => slot)).size).toBe(SLOTS);
    expect(await store.gates.unretiredPacketIds([3, 4])).toHaveLength(2);
  });
});

describe('a master that is killed', () => {
  it('is followed by its replica, whose gates are shut until it was checked; nothing is sent twice, nothing told is lost', async () => {
    const order = orderIn(7);
    const other = orderIn(4);
    await store.arm(order);
    await store.arm(other);
    const owner = nodeOfKey(client, keys.gate(7))!.options.port;
    const place = cluster.masters.findIndex(({ port }) => port === owner);
    const told = await decide(store, order.terms.packetId, ...grabsOf(...users(20)));
    process.kill(cluster.masters[place]!.pid, 'SIGSTOP');
    const cut = client.incr('cut{7}');
    // It is in the server's hands, for all we know: sent again to the replica it might run a second time.
    const rejected = expect(cut).rejects.toThrow(/^Connection is closed/);
    await new Promise((resolve) => setImmediate(resolve));
    await cluster.masters[place]!.kill();
    await rejected;

    const during = await store.grab(packetRefOf(order.terms), grabsOf('later')).catch(() => 'unknown');
    expect(['unknown', { status: 'shut' }]).toContainEqual(during);
    expect(slotOf(other.terms.packetId)).toBe(4);
    expect(await store.grab(packetRefOf(other.terms), grabsOf('b'))).toMatchObject({ status: 'decided' });

    const replica = cluster.replicas[place]!;
    await until('the replica is promoted', async () =>
      (await askRedis(replica.port, 'INFO replication')).includes('role:master'),
    );
    const shut = await until('its slots are seen to be shut', async () => {
      const seen = await store.gates.shutSlots().catch(() => undefined);
      return seen?.slots.includes(7) ? seen : undefined;
    });
    expect(shut.slots).not.toContain(4);
    expect(await store.grab(packetRefOf(order.terms), grabsOf('u0'))).toEqual({ status: 'shut' });

    // The client may not have met the promoted one yet: a sweep would open them at its next look.
    await until('the gates are open', async () => {
      const opened = shut.slots.map((slot) => store.gates.open(slot, shut.runIds[slot]));
      return (await Promise.allSettled(opened)).every(({ status }) => status === 'fulfilled');
    });
    // It has no replica of its own now, and answers wait for one.
    expect(await store.grab(packetRefOf(order.terms), grabsOf('u0'))).toEqual({ status: 'shut' });
    const without = new RedisPacketStore(client);
    const again = await until('it serves', async () => {
      const answer = await without
        .grab(packetRefOf(order.terms), grabsOf(...users(20)))
        .catch(() => undefined);
      return answer?.status === 'decided' ? answer.decisions : undefined;
    });
    expect(await client.get('cut{7}')).toBeNull();
    expect(again).toEqual(told.map((decision) => ({ ...decision, outcome: 'already' })));
    expect((await outbox.takeStale(0, 100)).flatMap(({ claims }) => claims)).toHaveLength(0);
    const entries = await outbox.readNew(100, 1_000);
    expect(entries.filter(({ slot }) => slot === 7).flatMap(({ claims }) => claims)).toHaveLength(20);
  });
});
