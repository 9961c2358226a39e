import { randomBytes, randomUUID } from 'node:crypto';
import type { CampaignRules } from '@app/contracts';
import { startTestRedis } from '@app/local-stack';
import { packetIdInSlotOf, packetRefOf, RedisPacketStore, type Grab } from '@app/packet-store';
import { connectMoney, whenReady } from '@app/redis';
import { inTurns, type Measurement } from './measurement.js';

const IDS = 1_000_000;
const GRABS = 20_000;
const GRABS_PER_CALL = 256;
const RATIO_MAX = 1.25;

type Client = ReturnType<typeof connectMoney>;

/** What a list of 1,000,000 people adds to one winning grab of a campaign: CPU of Redis, and of the process that asks. */
export async function benchAudience(): Promise<Measurement[]> {
  const redis = await startTestRedis({ appendOnly: 'always' });
  const client = connectMoney(redis.url, (role, error) => console.error(role, error.message));
  try {
    await whenReady(client, 5_000);
    const store = new RedisPacketStore(client);
    const { runId, slots } = await store.shutSlots();
    for (const slot of slots) await store.openGate(slot, runId);
    const [campaignId, audienceId] = [randomUUID(), randomUUID()];
    const ids = Array.from({ length: IDS }, (_, k) => `member-${String(k).padStart(8, '0')}`);
    const before = await memoryOf(client);
    const startedMs = performance.now();
    for (let from = 0; from < IDS; from += 50_000)
      await store.addToAudience(campaignId, audienceId, ids.slice(from, from + 50_000));
    const seconds = (performance.now() - startedMs) / 1_000;
    const megabytes = ((await memoryOf(client)) - before) / 1e6;
    console.log(
      `a list of ${IDS} ids is set up in ${seconds.toFixed(1)} s and takes ${megabytes.toFixed(0)} MB of Redis`,
    );

    const work = (listId: string | undefined, part: 'redis' | 'asking') => async () =>
      (await microsOf(client, store, { campaignId, listId, ids }))[part];
    const [listed, open] = await inTurns([work(audienceId, 'redis'), work(undefined, 'redis')]);
    const [asking, askingOpen] = await inTurns([work(audienceId, 'asking'), work(undefined, 'asking')]);
    const line = (whose: string, value: number, bare: number): Measurement => ({
      ...{ id: 'audience', work: `${whose} CPU of a grab from a list of ${IDS}`, against: 'without a list' },
      ...{ value: Number(value.toFixed(2)), bare: Number(bare.toFixed(2)), unit: 'µs/grab' },
      ...{ ratio: Number((value / bare).toFixed(2)), goal: `≤ ${RATIO_MAX}`, met: value / bare <= RATIO_MAX },
    });
    return [line('Redis', listed!, open!), line('asking', asking!, askingOpen!)];
  } finally {
    client.disconnect();
    await redis.stop();
  }
}

interface Scene {
  campaignId: string;
  /** Undefined: for everyone. */
  listId: string | undefined;
  ids: readonly string[];
}

/** Microseconds for one grab, of a packet with a share for each of GRABS people. Throws unless all win. */
async function microsOf(client: Client, store: RedisPacketStore, { campaignId, listId, ids }: Scene) {
  const packetId = packetIdInSlotOf(campaignId, randomUUID());
  const campaign: CampaignRules = {
    ...{ campaignId, dropId: randomUUID(), part: 'base', caps: {}, days: [], releaseMs: 0 },
    audience: listId ? { kind: 'list', audienceId: listId } : { kind: 'everyone' },
    ...(listId ? { audienceId: listId } : {}),
  };
  const split = { amount: GRABS * 100, count: GRABS, min: 1, max: 1_000 };
  const rules = { gates: [], salt: '0'.repeat(32), campaign };
  const terms = { packetId, roomId: null, senderId: 's', currency: 'CNY', epoch: 1, rules, ...split };
  await store.arm({ terms, seed: randomBytes(32).toString('hex'), opensAtMs: 0, expiresInMs: 600_000 });
  const ref = packetRefOf(terms);
  const grabs = Array.from({ length: GRABS }, (_, k): Grab => ({
    userId: ids[(k * 37) % IDS]!,
    mark: 'met',
  }));
  const [redisBefore, ownBefore] = [await cpuMicrosOf(client), process.cpuUsage()];
  let won = 0;
  for (let from = 0; from < GRABS; from += GRABS_PER_CALL) {
    const answer = await store.grab(ref, grabs.slice(from, from + GRABS_PER_CALL));
    if (answer.status === 'decided')
      won += answer.decisions.filter(({ outcome }) => outcome === 'won').length;
  }
  const own = process.cpuUsage(ownBefore);
  if (won !== GRABS) throw new Error(`${won} of ${GRABS} won`);
  return {
    redis: ((await cpuMicrosOf(client)) - redisBefore) / GRABS,
    asking: (own.user + own.system) / GRABS,
  };
}

const figureOf = (info: string, name: string) => Number(new RegExp(`^${name}:(\\S+)`, 'm').exec(info)![1]);

async function cpuMicrosOf(client: Client): Promise<number> {
  const info = await client.info('cpu');
  return (figureOf(info, 'used_cpu_user') + figureOf(info, 'used_cpu_sys')) * 1e6;
}

async function memoryOf(client: Client): Promise<number> {
  return figureOf(await client.info('memory'), 'used_memory');
}
