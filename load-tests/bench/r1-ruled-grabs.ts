import { randomBytes, randomUUID } from 'node:crypto';
import type { CampaignRules } from '@app/contracts';
import { startTestRedis } from '@app/local-stack';
import {
  packetIdInSlotOf,
  packetRefOf,
  RedisPacketStore,
  type Grab,
  type PacketTerms,
} from '@app/packet-store';
import { connectMoney, whenReady } from '@app/redis';
import { compared, inTurns, median, scaled, type BenchContext, type Measurement } from './measurement.js';

const GRABS_MAX = 20_000;
const GRABS_PER_CALL = 100;
const LISTED_MAX = 1_000_000;
/** Never reached: every grab is to win, whatever is looked at on the way. */
const CAP = 1_000_000_000;
const CAPS: CampaignRules['caps'] = {
  claimsPerPerson: CAP,
  claimsPerPersonPerDay: CAP,
  claims: CAP,
  claimsPerDay: CAP,
  amountPerDay: 1_000 * CAP,
};

type Client = ReturnType<typeof connectMoney>;

/** R1: what a winning grab with rules costs Redis, 100 to a call, `appendfsync always`; and a list of 1,000,000 ids. */
export async function benchR1(context: BenchContext): Promise<Measurement[]> {
  const listed = scaled(context, LISTED_MAX);
  const count = scaled(context, GRABS_MAX, GRABS_PER_CALL);
  const redis = await startTestRedis({ appendOnly: 'always' });
  const client = connectMoney(redis.url, (role, error) => console.error(role, error.message));
  try {
    await whenReady(client, 5_000);
    const store = new RedisPacketStore(client);
    const { runIds, slots } = await store.gates.shutSlots();
    for (const slot of slots) await store.gates.open(slot, runIds[slot]);
    const ids = Array.from({ length: listed }, () => randomUUID());
    const [campaignId, audienceId] = [randomUUID(), randomUUID()];
    await loadList(context, client, store, { campaignId, audienceId, ids });

    const grabs = ids.slice(0, count).map((userId): Grab => ({ userId, mark: 'met' }));
    const works = {
      'without rules': () => roomTerms(count),
      'with rules and no caps': () => termsOf(count, {}),
      // The once key is of a drop, and each round is another drop.
      'with every cap': () => termsOf(count, { caps: CAPS, onceKey: randomUUID() }),
      [`from a list of ${listed}`]: () => termsOf(count, { campaignId, audienceId }),
    };
    const times = Object.keys(works).map((): number[] => []);
    const cpu = await inTurns(
      context,
      Object.values(works).map((terms, k) => async () => {
        const cost = await costOf(client, store, terms(), grabs);
        times[k]!.push(cost.time);
        return cost.cpu;
      }),
    );
    const names = Object.keys(works);
    for (const [k, name] of names.entries())
      context.note(`a grab ${name}: ${median(times[k]!).toFixed(1)} µs from call to answer, for each of 100`);
    const line = (k: number, against: number) =>
      compared('report', {
        ...{ id: 'R1', work: `a grab ${names[k]}`, against: names[against]!, unit: 'µs of Redis CPU' },
        ...{ value: cpu[k]!, bare: cpu[against]! },
      });
    return [line(1, 0), line(2, 0), line(3, 1)];
  } finally {
    client.disconnect();
    await redis.stop();
  }
}

async function loadList(
  { note }: BenchContext,
  client: Client,
  store: RedisPacketStore,
  { campaignId, audienceId, ids }: { campaignId: string; audienceId: string; ids: string[] },
): Promise<void> {
  const before = await figureOf(client, 'memory', 'used_memory');
  const startedMs = performance.now();
  await store.addToAudience(campaignId, audienceId, ids);
  const seconds = (performance.now() - startedMs) / 1_000;
  const megabytes = ((await figureOf(client, 'memory', 'used_memory')) - before) / 1e6;
  const bare = Buffer.byteLength(ids.join('')) / 1e6;
  note(
    `a list of ${ids.length} ids: ${megabytes.toFixed(0)} MB of Redis (the ids alone ${bare.toFixed(0)} MB), ` +
      `set up in ${seconds.toFixed(1)} s`,
  );
}

function roomTerms(count: number): PacketTerms {
  const split = { amount: count * 100, count, min: 1, max: 1_000 };
  return { packetId: randomUUID(), roomId: 'r', senderId: 's', currency: 'CNY', epoch: 1, ...split };
}

/** A packet of a campaign of its own, unless told which. */
function termsOf(count: number, rules: Partial<CampaignRules>): PacketTerms {
  const campaign: CampaignRules = {
    ...{ campaignId: randomUUID(), dropId: randomUUID(), part: 'base', audience: { kind: 'everyone' } },
    ...{ caps: {}, days: [{ startMs: Date.now() - 3_600_000, day: '2026-02-16' }], releaseMs: 0 },
    ...rules,
  };
  const packetId = packetIdInSlotOf(campaign.campaignId, randomUUID());
  return {
    ...roomTerms(count),
    packetId,
    roomId: null,
    rules: { gates: [], salt: '0'.repeat(32), campaign },
  };
}

/** Microseconds for one grab, of a packet with a share for everyone. Throws unless all win. */
async function costOf(
  client: Client,
  store: RedisPacketStore,
  terms: PacketTerms,
  grabs: readonly Grab[],
): Promise<{ cpu: number; time: number }> {
  await store.arm({ terms, seed: randomBytes(32).toString('hex'), opensAtMs: 0, expiresInMs: 600_000 });
  const packet = packetRefOf(terms);
  const [before, startedMs] = [await cpuSecondsOf(client), performance.now()];
  let won = 0;
  for (let from = 0; from < grabs.length; from += GRABS_PER_CALL) {
    const answer = await store.grab(packet, grabs.slice(from, from + GRABS_PER_CALL));
    if (answer.status === 'decided')
      won += answer.decisions.filter(({ outcome }) => outcome === 'won').length;
  }
  const time = ((performance.now() - startedMs) * 1_000) / grabs.length;
  const cpu = (((await cpuSecondsOf(client)) - before) * 1e6) / grabs.length;
  if (won !== grabs.length) throw new Error(`${won} of ${grabs.length} won`);
  return { cpu, time };
}

async function cpuSecondsOf(client: Client): Promise<number> {
  const [user, system] = await Promise.all([
    figureOf(client, 'cpu', 'used_cpu_user'),
    figureOf(client, 'cpu', 'used_cpu_sys'),
  ]);
  return user + system;
}

async function figureOf(client: Client, section: string, name: string): Promise<number> {
  return Number(new RegExp(`^${name}:(\\S+)`, 'm').exec(await client.info(section))![1]);
}
