import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from '@app/redis';

/** A file of 1 GB takes some 10 s to write anew; the gates open without it then, and it goes on. */
const REWRITE_MS_MAX = 5_000;
const LOOK_MS = 20;

/**
 * Has Redis write its append-only file anew, from what it has in memory. A file that a crash cut inside a script's effects is
 * cut by Redis (7.0) after the last whole command, and not before their MULTI. At the next start what comes behind runs into
 * that MULTI: the next transaction is lost, though it was told, or what nobody was told of comes back with it, on shares that
 * others have by then (found by `redis-cut-aof` of the fault runner). Without an append-only file there is nothing to do; where
 * it may not be asked for, as of some hosted Redis, recovery freezes a packet that has a claim which nobody can explain.
 */
export async function cleanAppendOnlyFile(node: Redis): Promise<void> {
  const persistence = () => node.info('persistence');
  if (!/aof_enabled:1/.test(await persistence())) return;
  try {
    await node.bgrewriteaof();
  } catch (error) {
    // Refused, or one is under way already.
    if (!/in progress/.test((error as Error).message)) return;
  }
  const untilMs = performance.now() + REWRITE_MS_MAX;
  while (performance.now() < untilMs) {
    if (!/aof_rewrite_(in_progress|scheduled):1/.test(await persistence())) return;
    await delay(LOOK_MS);
  }
}
