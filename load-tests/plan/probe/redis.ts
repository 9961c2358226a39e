import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { startTestRedis, throwawayFolder } from '@app/local-stack';
import { packetRefOf, RedisOutbox, RedisPacketStore, type Grab } from '@app/packet-store';
import { connectMoney, connectOutboxReader, whenReady, type Redis } from '@app/redis';
import type { CostName } from '../costs.ts';
import { leastDisturbed, median, splitCost } from './cpu.ts';

const ROUNDS = 5;
const SHARES = 20_000;
const ALONE = 3_000;
const CROWD = 6_400;
const TOGETHER = 256;
/** As many gateways with one call under way each: Redis then serves several in one turn of its loop, with one sync. */
const CONNECTIONS = 32;
const SMALL_SHARES = 3;
const APPENDS = 100;
const APPEND_BYTES = 500;
const READY_MS_MAX = 5_000;
const ENTRIES_PER_READ = 64;
const GRAB_MS_MAX = 600_000;

interface Seen {
  total: number;
  calls: number;
  items: number;
}
interface Store {
  redis: Redis;
  store: RedisPacketStore;
  outbox: RedisOutbox;
  gateways: RedisPacketStore[];
}

/** What a grab, a share and a claim cost the Redis of the packet store, through the real scripts, `appendfsync always`. */
export async function measureRedis(): Promise<Partial<Record<CostName, number>>> {
  const server = await startTestRedis({ appendOnly: 'always' });
  const say = (role: string, error: Error) => console.error(role, error.message);
  const redis = connectMoney(server.url, say);
  const reader = connectOutboxReader(server.url, 100, say);
  const others = Array.from({ length: CONNECTIONS }, () => connectMoney(server.url, say));
  try {
    await Promise.all([redis, reader, ...others].map((client) => whenReady(client, READY_MS_MAX)));
    const store = new RedisPacketStore(redis);
    const { runIds, slots } = await store.gates.shutSlots();
    for (const slot of slots) await store.gates.open(slot, runIds[slot]);
    const outbox = new RedisOutbox(redis, reader, 'probe');
    await outbox.createGroups();
    const gateways = others.map((client) => new RedisPacketStore(client));
    await Promise.all(gateways.map((one) => one.nowMs()));
    const parts = { redis, store, outbox, gateways };
    const rounds: Partial<Record<CostName, number>>[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const seen = await oneRound(parts);
      if (round > 0) rounds.push(seen);
    }
    const costs = leastDisturbed(rounds, 'redis.callTime');
    const packetBytes = await smallPacketBytes(parts, costs['redis.claimBytes']!);
    return { ...costs, 'redis.packetBytes': packetBytes, 'redis.fsyncTime': fsyncTime() };
  } finally {
    for (const client of [redis, reader, ...others]) client.disconnect();
    await server.stop();
  }
}

async function oneRound(parts: Store): Promise<Partial<Record<CostName, number>>> {
  const { redis } = parts;
  const packet = await armed(parts.store, SHARES);
  const shareBytes = Number(await redis.memory('USAGE', packet.sharesKey, 'SAMPLES', 0)) / SHARES;
  const [bytesIn, bytesOut] = await netBytes(redis);
  const alone = await grabbed(parts, packet, { from: 0, count: ALONE, perCall: 1 });
  const [inAfter, outAfter] = await netBytes(redis);
  const outboxAlone = await outboxBytes(parts, packet.packetId);
  const [relayIn, relayOut] = await netBytes(redis);
  const relayAlone = await relayed(parts);
  const [relayedIn, relayedOut] = await netBytes(redis);
  const crowd = await grabbedByMany(parts, packet, { from: ALONE, count: CROWD });
  await relayed(parts);
  const rest = SHARES - ALONE - CROWD;
  const together = await grabbed(parts, packet, { from: ALONE + CROWD, count: rest, perCall: TOGETHER });
  const relayTogether = await relayed(parts);
  const missAlone = await grabbed(parts, packet, {
    from: SHARES,
    count: ALONE,
    perCall: 1,
    outcome: 'empty',
  });
  const missTogether = await grabbed(parts, packet, {
    ...{ from: SHARES, count: rest, perCall: TOGETHER, outcome: 'empty' as const },
  });
  const win = splitCost(alone, together);
  const miss = splitCost(missAlone, missTogether);
  const relay = splitCost(relayAlone, relayTogether);
  // A lone call bears a whole turn of the loop; one of a crowd its part of it.
  const cycle = (alone.total / alone.calls - crowd.total / crowd.calls) / (1 - 1 / CONNECTIONS);
  const claimsKey = packet.claimsKey;
  const claimBytes = Number(await redis.memory('USAGE', claimsKey, 'SAMPLES', 0)) / SHARES;
  await redis.del(claimsKey);
  return {
    'redis.cycle': cycle,
    'redis.call': Math.max(0, win.fixed - cycle),
    'redis.win': win.each,
    'redis.miss': miss.each,
    'redis.entry': relay.fixed,
    'redis.relayedClaim': relay.each,
    'redis.callTime': alone.time,
    'redis.shareBytes': shareBytes,
    'redis.claimBytes': claimBytes,
    'redis.outboxBytes': outboxAlone,
    'redis.grabBytesIn': (inAfter - bytesIn) / ALONE,
    'redis.grabBytesOut': (outAfter - bytesOut) / ALONE,
    'redis.relayBytes': (relayedIn - relayIn + relayedOut - relayOut) / ALONE,
  };
}

async function armed(store: RedisPacketStore, count: number) {
  const packetId = randomUUID();
  const terms = {
    ...{ packetId, roomId: 'r', senderId: 's', currency: 'CNY', epoch: 1 },
    ...{ amount: count * 100, count, min: 1, max: 1_000 },
  };
  await store.arm({ terms, seed: randomBytes(32).toString('hex'), opensAtMs: 0, expiresInMs: GRAB_MS_MAX });
  const slot = Number.parseInt(packetId.slice(-1), 16);
  const key = (what: string) => `hb:{${slot}}:packet:${packetId}:${what}`;
  return {
    packetId,
    ref: packetRefOf(terms),
    claimsKey: key('claims'),
    sharesKey: key('shares'),
    metaKey: key('meta'),
  };
}

/** CPU in microseconds, of `count` people who grab `perCall` to a call, one call after the other. */
async function grabbed(
  { redis, store }: Store,
  packet: Awaited<ReturnType<typeof armed>>,
  what: { from: number; count: number; perCall: number; outcome?: 'empty' },
): Promise<Seen & { time: number }> {
  const { from, count, perCall, outcome = 'won' } = what;
  const before = await cpuMicros(redis);
  const times: number[] = [];
  let calls = 0;
  for (let at = from; at < from + count; at += perCall) {
    const size = Math.min(perCall, from + count - at);
    const grabs = Array.from({ length: size }, (_, k): Grab => ({ userId: `person-${at + k}`, mark: 'met' }));
    const startedMs = performance.now();
    const answer = await store.grab(packet.ref, grabs);
    times.push((performance.now() - startedMs) * 1_000);
    calls += 1;
    const wrong = answer.status !== 'decided' || answer.decisions.some((one) => one.outcome !== outcome);
    if (wrong)
      throw new Error(`a grab that should be ${outcome} was not: ${JSON.stringify(answer).slice(0, 200)}`);
  }
  return { total: (await cpuMicros(redis)) - before, calls, items: count, time: median(times) };
}

/** Each connection has one grab under way at a time. */
async function grabbedByMany(
  { redis, gateways }: Store,
  packet: Awaited<ReturnType<typeof armed>>,
  { from, count }: { from: number; count: number },
): Promise<Seen> {
  const before = await cpuMicros(redis);
  const each = count / gateways.length;
  await Promise.all(
    gateways.map(async (store, gateway) => {
      for (let k = 0; k < each; k += 1) {
        const grab: Grab = { userId: `person-${from + gateway * each + k}`, mark: 'met' };
        const answer = await store.grab(packet.ref, [grab]);
        if (answer.status !== 'decided' || answer.decisions[0]?.outcome !== 'won')
          throw new Error('a grab of a crowd did not win');
      }
    }),
  );
  return { total: (await cpuMicros(redis)) - before, calls: count, items: count };
}

/** Reads and acknowledges all that waits. */
async function relayed({ redis, outbox }: Store): Promise<Seen> {
  const before = await cpuMicros(redis);
  const seen = { calls: 0, items: 0 };
  for (;;) {
    const entries = await outbox.readNew(ENTRIES_PER_READ, 1);
    if (entries.length === 0) break;
    for (const slot of new Set(entries.map((entry) => entry.slot)))
      await outbox.acknowledge(
        slot,
        entries.filter((entry) => entry.slot === slot).map(({ id }) => id),
      );
    seen.calls += entries.length;
    seen.items += entries.reduce((sum, { claims }) => sum + claims.length, 0);
  }
  return { ...seen, total: (await cpuMicros(redis)) - before };
}

async function outboxBytes({ redis }: Store, packetId: string): Promise<number> {
  const slot = Number.parseInt(packetId.slice(-1), 16);
  return Number(await redis.memory('USAGE', `hb:{${slot}}:outbox`, 'SAMPLES', 0)) / ALONE;
}

const netBytes = (redis: Redis) =>
  Promise.all(
    ['total_net_input_bytes', 'total_net_output_bytes'].map((name) => figure(redis, 'stats', name)),
  ) as Promise<[number, number]>;

async function cpuMicros(redis: Redis): Promise<number> {
  const names = ['used_cpu_user', 'used_cpu_sys'];
  const seconds = await Promise.all(names.map((name) => figure(redis, 'cpu', name)));
  return seconds.reduce((sum, one) => sum + one, 0) * 1e6;
}

async function figure(redis: Redis, section: string, name: string): Promise<number> {
  return Number(new RegExp(`^${name}:(\\S+)`, 'm').exec(await redis.info(section))![1]);
}

/** A packet as rooms have it, all taken: its keys, less what its claims would be in a large one. */
async function smallPacketBytes(parts: Store, claimBytes: number): Promise<number> {
  const packet = await armed(parts.store, SMALL_SHARES);
  await grabbed(parts, packet, { from: 0, count: SMALL_SHARES, perCall: SMALL_SHARES });
  const keys = [packet.metaKey, packet.claimsKey];
  const sizes = await Promise.all(keys.map((key) => parts.redis.memory('USAGE', key, 'SAMPLES', 0)));
  const bytes = sizes.reduce<number>((sum, size) => sum + Number(size), 0);
  return Math.max(0, bytes - SMALL_SHARES * claimBytes);
}

/** As Redis does it before it answers, in a folder where Redis would have its file. */
function fsyncTime(): number {
  const folder = throwawayFolder('fsync');
  const file = openSync(join(folder, 'appended'), 'a');
  const appended = () => {
    const startedMs = performance.now();
    writeSync(file, Buffer.alloc(APPEND_BYTES, 1));
    fdatasyncSync(file);
    return (performance.now() - startedMs) * 1_000;
  };
  try {
    const rounds = Array.from({ length: ROUNDS }, () => median(Array.from({ length: APPENDS }, appended)));
    return Math.min(...rounds);
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true, force: true });
  }
}
