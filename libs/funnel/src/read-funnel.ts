import { randomUUID } from 'node:crypto';
import type { LatencyView } from '@app/contracts';
import type { Redis } from '@app/redis';
import { funnelKeys } from './keys.js';
import { LATENCY_BUCKETS, latencyViewOf } from './latency-buckets.js';

/** People, each counted once; `refused` by reason. `latency` of grabs answered; absent when none was. */
export interface FunnelFigures {
  reached: number;
  tapped: number;
  refused: Record<string, number>;
  latency?: LatencyView;
}

const MEMBERS_PER_SCAN = 1_000;
/** Should the reader end in the middle of a count. */
const UNION_KEPT_SECONDS = 60;

/** All zeros for a drop of which nothing was noted. Rejects when Redis does not answer. */
export function readFunnel(redis: Redis, dropId: string): Promise<FunnelFigures> {
  return readFunnelOf(redis, [dropId]);
}

/** Over several drops together: someone who tapped in two of them counts once. */
export async function readFunnelOf(redis: Redis, dropIds: readonly string[]): Promise<FunnelFigures> {
  const drops = [...new Set(dropIds)];
  const [reasonsOfDrops, latenciesOfDrops] = await Promise.all([
    Promise.all(drops.map((dropId) => redis.smembers(funnelKeys.reasons(dropId)))),
    Promise.all(drops.map((dropId) => redis.hgetall(funnelKeys.latency(dropId)))),
  ]);
  const refused: Record<string, number> = {};
  for (const reason of [...new Set(reasonsOfDrops.flat())].sort())
    refused[reason] = await countPeople(
      redis,
      drops.map((dropId) => funnelKeys.refused(dropId, reason)),
    );
  const latency = latencyViewOf(sumOf(latenciesOfDrops));
  return {
    reached: await countPeople(redis, drops.map(funnelKeys.reached)),
    tapped: await countPeople(redis, drops.map(funnelKeys.tapped)),
    refused,
    ...(latency && { latency }),
  };
}

function sumOf(hashes: readonly Record<string, string>[]): number[] {
  return Array.from({ length: LATENCY_BUCKETS }, (_, bucket) =>
    hashes.reduce((sum, counts) => sum + Number(counts[bucket] ?? 0), 0),
  );
}

async function countPeople(redis: Redis, keys: readonly string[]): Promise<number> {
  const counts = await Promise.all(keys.map((key) => redis.scard(key)));
  const filled = keys.filter((_, k) => counts[k]! > 0);
  return filled.length > 1 ? countUnion(redis, filled) : Math.max(0, ...counts);
}

/**
 * Redis 7.0 can't count a union, and making one in a single SUNIONSTORE holds up everyone's pushes for 340 ms by million
 * members (measured). So it is made piece by piece, in some 2 s by million, but in calls of 1,000.
 */
async function countUnion(redis: Redis, keys: readonly string[]): Promise<number> {
  const union = funnelKeys.union(randomUUID());
  try {
    for (const key of keys) {
      let cursor = '0';
      do {
        const [next, userIds] = await redis.sscan(key, cursor, 'COUNT', MEMBERS_PER_SCAN);
        if (userIds.length > 0) {
          await Promise.all([redis.sadd(union, userIds), redis.expire(union, UNION_KEPT_SECONDS)]);
        }
        cursor = next;
      } while (cursor !== '0');
    }
    return await redis.scard(union);
  } finally {
    await redis.unlink(union);
  }
}
