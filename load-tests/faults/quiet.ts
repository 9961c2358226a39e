import { setTimeout as delay } from 'node:timers/promises';
import { SLOTS } from '@app/packet-store';
import { QUEUE_PREFIX, QUEUES } from '@app/queues';
import type { Stack } from './stack.js';

const LOOK_MS = 100;
const UNFINISHED = ['wait', 'active', 'delayed', 'prioritized'] as const;
const NOT_CLOSED = `
SELECT count(*)::int AS n FROM packets WHERE closed_at IS NULL AND frozen_reason IS NULL
AND (state = 'funded' OR claimed_count >= count OR expires_at <= now() + interval '1 minute')`;
const NOT_TOLD = `
SELECT count(*)::int AS n FROM packets WHERE retired_at IS NULL AND frozen_reason IS NULL
AND (closed_at IS NOT NULL OR state = 'open' AND announced_at IS NULL AND opens_at <= now())`;

async function backlog({ redis }: Stack): Promise<number> {
  const streams = Array.from({ length: SLOTS }, (_, slot) => redis.xlen(`hb:{${slot}}:outbox`));
  const queue = `${QUEUE_PREFIX}:${QUEUES.settlement}`;
  const jobs = UNFINISHED.map((state) =>
    state === 'wait' || state === 'active'
      ? redis.llen(`${queue}:${state}`)
      : redis.zcard(`${queue}:${state}`),
  );
  return (await Promise.all([...streams, ...jobs])).reduce((sum, one) => sum + one, 0);
}

/** Whether all that was won before this instant of Redis's clock has left the outbox: settled, and acknowledged. */
export async function settledSince({ redis }: Stack, ms: number): Promise<boolean> {
  const older = Array.from({ length: SLOTS }, (_, slot) =>
    redis.xrange(`hb:{${slot}}:outbox`, '-', String(ms), 'COUNT', 1),
  );
  return (await Promise.all(older)).every((entries) => entries.length === 0);
}

/**
 * Nothing is on its way any more, in either store; packets that are over, or are within a minute, are closed, and whoever is
 * to hear of a close or an opening has been told.
 */
export async function isQuiet(stack: Stack): Promise<boolean> {
  if ((await backlog(stack)) > 0) return false;
  for (const sql of [NOT_CLOSED, NOT_TOLD]) {
    const { rows } = await stack.pg.query<{ n: number }>(sql);
    if (rows[0]!.n > 0) return false;
  }
  return true;
}

/** True once `look` is; false when it is not within `msMax`. A store that does not answer is a no. */
export async function within(
  msMax: number,
  look: () => Promise<boolean>,
  signal?: AbortSignal,
): Promise<boolean> {
  const endsMs = performance.now() + msMax;
  for (;;) {
    if (await look().catch(() => false)) return true;
    if (performance.now() > endsMs || signal?.aborted) return false;
    await delay(LOOK_MS);
  }
}
