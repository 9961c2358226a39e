import type { Redis } from 'ioredis';
import type pg from 'pg';

/** A `won` that a client was answered. */
export interface AckedWin {
  packetId: string;
  userId: string;
  ordinal: number;
  amount: number;
}

/**
 * Any other answer to a grab. `empty`, `closed` and `not_eligible` are refusals; `unknown` stands for no answer at all,
 * and then the user may have won without a record of it.
 */
export interface OtherAnswer {
  packetId: string;
  userId: string;
  outcome: string;
}

/** The stores to look into, and, after a fault run, what the clients saw. Nothing is written to either store. */
export interface Deployment {
  /** A pool, of which one connection is used, or a connection that nobody else uses meanwhile. */
  pg: pg.Pool | pg.ClientBase;
  /** Packets and the outbox. */
  money: Redis;
  /** BullMQ's; without it the queues are not looked at. */
  queue?: Redis;
  /** 64 hex characters. Without it the split of packets that are not closed can't be recomputed. */
  seedKey?: string;
  ackedWins?: Iterable<AckedWin>;
  refused?: Iterable<OtherAnswer>;
}

export interface AuditOptions {
  /** How long a claim may be on its way, and whatever else is under way. Default 60,000 (I5). */
  graceMs?: number;
  /** What is doubtful is looked at again after each of these, and reported only if it is still so. */
  recheckDelaysMs?: readonly number[];
}

/** I5: settled within 60 s of the system being healthy. */
export const GRACE_MS_DEFAULT = 60_000;
export const RECHECK_DELAYS_MS_DEFAULT = [1_000, 2_000, 4_000] as const;
