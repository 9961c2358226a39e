import { splitLucky } from '@app/domain';
import { GrabBatcher, packetRefOf, RedisPacketStore, SpreadGrabs, type GrabVerdict } from '@app/packet-store';
import { connectMoney, whenReady } from '@app/redis';
import {
  armPacket,
  memoryOf,
  redisCpuMicros,
  withBareStore,
  type ArmedPacket,
  type BareStore,
} from './bare-store.js';
import { compared, scaled, type BenchContext, type Measurement } from './measurement.js';

const SHARES = 1_000_000;
const SHARES_MIN = 110_000;
const USERS = 200_000;
const USERS_MIN = 10_000;
const WALKERS = 4;
const WAITING_PER_WALKER = 2_000;

/**
 * L1: a packet of 1,000,000 shares over partitions, and 200,000 users who each grab twice, at two of four walkers with
 * connections of their own. What was given is compared with the split recomputed from the seed. Throws unless every user
 * has one claim, no ordinal is given twice, and every amount is that of its ordinal. Against: the same on a whole packet.
 */
export async function benchL1(context: BenchContext): Promise<Measurement[]> {
  const size = {
    shares: context.shares ?? scaled(context, SHARES, SHARES_MIN),
    users: scaled(context, USERS, USERS_MIN),
  };
  const many = partitionsOf(size.shares);
  const costs: number[] = [];
  // One round each that does not count, or what comes first pays for warming up.
  for (const partitions of [many, 1, many, 1]) {
    context.signal.throwIfAborted();
    context.progress(`over ${partitions}`);
    costs.push(await withBareStore((bare) => grabTwice(context, bare, { ...size, partitions })));
  }
  const work = `${size.users} users, 2 grabs each, on ${size.shares} shares over partitions`;
  const words = { id: 'L1', work, against: 'on a packet that is whole', unit: 'µs' };
  return [compared('report', { ...words, value: costs[2]!, bare: costs[3]! })];
}

const partitionsOf = (shares: number) => Math.ceil(shares / 100_000);

interface Size {
  shares: number;
  users: number;
  partitions: number;
}

async function grabTwice(
  context: BenchContext,
  bare: BareStore,
  { shares, users, partitions }: Size,
): Promise<number> {
  const { client, store, url } = bare;
  const start = await memoryOf(client);
  const armingMs = performance.now();
  const packet = await armPacket(store, shares, undefined, partitions);
  const armedSeconds = (performance.now() - armingMs) / 1_000;
  const armed = await memoryOf(client);
  const clients = Array.from({ length: WALKERS }, () =>
    connectMoney(url, (role, error) => console.error(role, error.message)),
  );
  try {
    const walkers: SpreadGrabs[] = [];
    for (const one of clients) {
      await whenReady(one, 5_000);
      const own = new RedisPacketStore(one);
      await one.ping();
      const limits = { grabsPerCallMax: 256, grabsWaitingMax: WAITING_PER_WALKER };
      walkers.push(
        new SpreadGrabs(new GrabBatcher(own, limits, (error) => console.error(error.message)), own),
      );
    }
    const [startedMs, own] = [performance.now(), process.cpuUsage()];
    let told: Map<string, GrabVerdict>[] = [];
    const redisMicros = await redisCpuMicros(client, async () => {
      told = await Promise.all(walkers.map((walker, w) => grabAt(walker, packet, w, users)));
    });
    const [seconds, used] = [(performance.now() - startedMs) / 1_000, process.cpuUsage(own)];
    const grabs = told.reduce((sum, one) => sum + one.size, 0);
    const end = await memoryOf(client);
    const { sum, claims } = await check(bare, packet, told, users);
    context.note(
      `L1  over ${partitions}: armed in ${armedSeconds.toFixed(1)} s; ${grabs} grabs of ${users} users in ${seconds.toFixed(1)} s, ${Math.round(grabs / seconds)} a second ` +
        `(${(redisMicros / grabs).toFixed(1)} µs of Redis's CPU for each), ${claims} claims, ` +
        `sum ${sum} exact by the split, each at most once; Redis: ` +
        `${((armed - start) / shares).toFixed(1)} bytes for a share, ${((end - armed) / claims).toFixed(0)} for a claim ` +
        `with its entry in the outbox`,
    );
    if (partitions > 1)
      context.note(
        `L1  over ${partitions}: checked as a whole in ${(await recheck(bare, packet)).toFixed(1)} s`,
      );
    return (redisMicros + used.user + used.system) / grabs;
  } finally {
    for (const one of clients) one.disconnect();
  }
}

/** As after a restart of Redis, with a ledger that knows no more than Redis: seconds. */
async function recheck({ store }: BareStore, { terms, seed }: ArmedPacket): Promise<number> {
  const { opensAtMs, expiresAtMs } = (await store.inspect(terms.packetId))!;
  const startedMs = performance.now();
  const found = await store.recheck({ terms, seed, opensAtMs, expiresAtMs, claimsOf: async () => [] });
  if (found.is !== 'sound') throw new Error(`the check found ${JSON.stringify(found)}`);
  return (performance.now() - startedMs) / 1_000;
}

/** Walker w takes the users that are not its own turn's: each user comes to two of the four. */
async function grabAt(
  walker: SpreadGrabs,
  { terms }: ArmedPacket,
  w: number,
  users: number,
): Promise<Map<string, GrabVerdict>> {
  const ref = packetRefOf(terms);
  const told = new Map<string, GrabVerdict>();
  let next = 0;
  const nextUser = () => {
    while (next < users && (next + w) % WALKERS > 1) next += 1;
    return next < users ? `user-${next++}` : undefined;
  };
  await new Promise<void>((resolve, reject) => {
    let under = 0;
    const submit = () => {
      const userId = nextUser();
      if (!userId) {
        if (under === 0) resolve();
        return;
      }
      under += 1;
      walker.submit(ref, { userId, mark: 'met' }, (verdict) => {
        under -= 1;
        if (verdict.outcome !== 'won' && verdict.outcome !== 'already')
          reject(new Error(`${userId} was answered ${verdict.outcome}`));
        told.set(userId, verdict);
        submit();
      });
    };
    for (let k = 0; k < WAITING_PER_WALKER / 2; k += 1) submit();
  });
  return told;
}

async function check(
  { store }: BareStore,
  { terms, seed }: ArmedPacket,
  told: Map<string, GrabVerdict>[],
  users: number,
) {
  const split = splitLucky(seed, terms);
  const claims = await store.claims(terms.packetId);
  const owners = new Map(claims.map((claim) => [claim.userId, claim]));
  const won = told.flatMap((one) => [...one.values()]).filter(({ outcome }) => outcome === 'won').length;
  if (claims.length !== users || owners.size !== users || won !== users)
    throw new Error(`${users} users have ${claims.length} claims, ${owners.size} owners, ${won} told won`);
  let [sum, expected] = [0, 0];
  for (const { ordinal, amount } of claims) {
    sum += amount;
    expected += split[ordinal - 1]!;
    if (split[ordinal - 1] !== amount) throw new Error(`ordinal ${ordinal} is ${amount}, not as split`);
  }
  for (const one of told) {
    for (const [userId, verdict] of one) {
      const claim = owners.get(userId)!;
      if (!('ordinal' in verdict) || verdict.ordinal !== claim.ordinal || verdict.amount !== claim.amount)
        throw new Error(`${userId} was told ${JSON.stringify(verdict)} and has ${JSON.stringify(claim)}`);
    }
  }
  const { remaining } = (await store.inspect(terms.packetId))!;
  if (sum !== expected || sum + remaining.amount !== terms.amount)
    throw new Error(`given ${sum}, as split ${expected}, left ${remaining.amount} of ${terms.amount}`);
  return { sum, claims: claims.length };
}
