import { randomBytes, randomUUID } from 'node:crypto';
import { startTestRedis } from '@app/local-stack';
import { homeOf, packetRefOf, RedisPacketStore, type Grab, type PacketTerms } from '@app/packet-store';
import { connectMoney, whenReady, type Redis } from '@app/redis';

/** As in the service: packets of more than 100,000 shares over partitions. */
const SHARES_PER_PARTITION = 100_000;
export const GRABS_PER_CALL = 100;

export interface BareStore {
  client: Redis;
  store: RedisPacketStore;
  url: string;
}

/** A Redis of its own with `appendfsync always`, its gates open. It rewrites no AOF: that would count as work of grabs. */
export async function withBareStore<T>(work: (bare: BareStore) => Promise<T>): Promise<T> {
  const redis = await startTestRedis({ appendOnly: 'always' });
  const client = connectMoney(redis.url, (role, error) => console.error(role, error.message));
  try {
    await whenReady(client, 5_000);
    await client.config('SET', 'auto-aof-rewrite-percentage', '0');
    const store = new RedisPacketStore(client);
    const { runIds, slots } = await store.gates.shutSlots();
    for (const slot of slots) await store.gates.open(slot, runIds[slot]);
    return await work({ client, store, url: redis.url });
  } finally {
    client.disconnect();
    await redis.stop();
  }
}

export interface ArmedPacket {
  terms: PacketTerms;
  seed: string;
}

export async function armPacket(
  store: RedisPacketStore,
  count: number,
  onBlock?: (armed: number, blocks: number) => void,
  partitions = Math.ceil(count / SHARES_PER_PARTITION),
): Promise<ArmedPacket> {
  const seed = randomBytes(32).toString('hex');
  const terms: PacketTerms = {
    ...{ packetId: randomUUID(), roomId: 'r', senderId: 's', currency: 'CNY', epoch: 1 },
    ...{ amount: count * 100, count, min: 1, max: 1_000 },
    ...(partitions > 1 ? { partitions } : {}),
  };
  await store.arm({ terms, seed, opensAtMs: 0, expiresInMs: 3_600_000 }, onBlock);
  return { terms, seed };
}

/**
 * Winning grabs straight at the store, 100 to a call whatever the packet: of a packet over partitions each call has users
 * of one home. Users are `<prefix><from>` and on, and each partition gets the same number.
 */
export function callsOn({ terms }: ArmedPacket, grabs: number, prefix: string): Grab[][] {
  const { packetId, partitions = 1 } = terms;
  const waiting = Array.from({ length: partitions }, (): Grab[] => []);
  const calls: Grab[][] = [];
  const perPartition = grabs / partitions;
  const taken = waiting.map(() => 0);
  for (let k = 0; calls.length * GRABS_PER_CALL < grabs; k += 1) {
    const userId = `${prefix}${k}`;
    const home = partitions > 1 ? homeOf(packetId, userId, partitions) : 0;
    if (taken[home]! >= perPartition) continue;
    taken[home]! += 1;
    waiting[home]!.push({ userId, mark: 'met' });
    if (waiting[home]!.length < GRABS_PER_CALL) continue;
    calls.push(waiting[home]!);
    waiting[home] = [];
  }
  return calls;
}

/** Throws unless all win. */
export async function grabAll(
  store: RedisPacketStore,
  { terms }: ArmedPacket,
  calls: readonly Grab[][],
  round?: string,
): Promise<void> {
  const { packetId, partitions = 1 } = terms;
  const ref = packetRefOf(terms);
  for (const grabs of calls) {
    const partition = partitions > 1 ? homeOf(packetId, grabs[0]!.userId, partitions) : 0;
    const answer = await store.grab(round ? { ...ref, visit: { partition, round } } : ref, grabs);
    if (answer.status !== 'decided' || answer.decisions.some(({ outcome }) => outcome !== 'won'))
      throw new Error(`not all won: ${JSON.stringify(answer).slice(0, 200)}`);
  }
}

export async function roundOf(store: RedisPacketStore, { terms }: ArmedPacket): Promise<string> {
  const found = await store.roundOf(terms.packetId);
  if (typeof found !== 'object') throw new Error(`packet ${terms.packetId} is ${found}`);
  return found.round;
}

/** Microseconds of Redis's CPU, user and system, that `work` cost. */
export async function redisCpuMicros(client: Redis, work: () => Promise<void>): Promise<number> {
  const before = await cpuSecondsOf(client);
  await work();
  return ((await cpuSecondsOf(client)) - before) * 1e6;
}

async function cpuSecondsOf(client: Redis): Promise<number> {
  const info = await client.info('cpu');
  return figureIn(info, 'used_cpu_user') + figureIn(info, 'used_cpu_sys');
}

export async function memoryOf(client: Redis): Promise<number> {
  return figureIn(await client.info('memory'), 'used_memory');
}

function figureIn(info: string, name: string): number {
  return Number(new RegExp(`^${name}:(\\S+)`, 'm').exec(info)![1]);
}
