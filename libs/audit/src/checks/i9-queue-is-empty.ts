import type { Redis } from 'ioredis';
import { unpackClaims, type ClaimRecord, type SettleClaimsJob } from '@app/contracts';
import { QUEUE_PREFIX, QUEUES } from '@app/queues';
import type { FlowCheck } from '../context.js';
import { notSettled } from '../settled-claims.js';

const JOBS_PER_STATE_MAX = 1_000;
const QUEUE = `${QUEUE_PREFIX}:${QUEUES.settlement}`;

/** BullMQ's lists, read from their older end, and its sorted sets. Read as keys: a Queue would write its own meta. */
const LISTS = ['wait', 'paused', 'active'] as const;
const SORTED_SETS = ['prioritized', 'delayed', 'waiting-children', 'failed'] as const;

async function jobsIn(queue: Redis, state: string): Promise<string[]> {
  const key = `${QUEUE}:${state}`;
  return (LISTS as readonly string[]).includes(state)
    ? queue.lrange(key, -JOBS_PER_STATE_MAX, -1)
    : queue.zrange(key, '0', String(JOBS_PER_STATE_MAX - 1));
}

/**
 * I9 in BullMQ: no settlement job older than the grace waits, runs or has failed. A failed one whose claims are all
 * settled is history (the outbox drove them again, and BullMQ keeps it for a day to be looked at).
 */
export const queueIsEmpty: FlowCheck = async ({ db, queue, startedAtMs, graceMs }, report) => {
  if (!queue) return;
  for (const state of [...LISTS, ...SORTED_SETS]) {
    const ids = await jobsIn(queue, state);
    const jobs = await Promise.all(ids.map((id) => queue.hmget(`${QUEUE}:${id}`, 'timestamp', 'data')));
    for (const [k, [timestamp, data]] of jobs.entries()) {
      // A job without a hash was taken between the two reads, or is a marker of BullMQ's own.
      if (!timestamp || Number(timestamp) > startedAtMs - graceMs) continue;
      if (state === 'failed') {
        const claims = claimsOf(data);
        if (claims && (await notSettled(db, claims)).length === 0) continue;
      }
      const id = `${QUEUE}:${ids[k]}`;
      const seconds = Math.round((startedAtMs - Number(timestamp)) / 1000);
      const problem = state === 'failed' ? 'a failed job with claims not settled' : `a job still ${state}`;
      report({ invariant: 'I9', id, problem, note: `${id}, ${seconds} s old` });
    }
  }
};

function claimsOf(data: string | null | undefined): ClaimRecord[] | undefined {
  try {
    return unpackClaims((JSON.parse(data ?? '') as SettleClaimsJob).claims);
  } catch {
    return undefined;
  }
}
