import type { JobsOptions, QueueOptions } from 'bullmq';
import type { Redis } from '@app/redis';
import { QUEUES } from '@app/contracts';

/** In braces: BullMQ's keys of all queues then share a slot of a Redis Cluster. */
export const QUEUE_PREFIX = '{hongbao}';

const KEEP_FINISHED_SECONDS = 3_600;
const KEEP_FINISHED_JOBS = 1_000;
const KEEP_FAILED_JOBS = 5_000;
const LOST_JOB_MS = 10_000;
const FETCH_AGAIN_MS = 1_000;
const RETRIES = 8;
const RETRY_DELAY_MS = 250;

export function queueOptions(connection: Redis): QueueOptions {
  return { connection: connection as never, prefix: QUEUE_PREFIX, defaultJobOptions: jobOptions };
}

/**
 * A job may run twice or fail for good: the outbox and the sweep ask again, and unique keys in Postgres make a second
 * run harmless. So jobs need no ids of their own to be safe, and finished ones are kept only to be looked at.
 */
export const jobOptions: JobsOptions = {
  attempts: RETRIES,
  backoff: { type: 'exponential', delay: RETRY_DELAY_MS, jitter: 0.5 },
  removeOnComplete: { age: KEEP_FINISHED_SECONDS, count: KEEP_FINISHED_JOBS },
  removeOnFail: { age: 24 * KEEP_FINISHED_SECONDS, count: KEEP_FAILED_JOBS },
};

/** A settlement carries up to 1,000 claims, 131 KiB in Redis: few are kept to be looked at. */
export const settlementJobOptions: JobsOptions = { ...jobOptions, removeOnComplete: 20, removeOnFail: 50 };

/**
 * A job whose worker was killed is taken up by another after one to two LOST_JOB_MS; by BullMQ's 30 s that took up to a minute. A
 * worker that is only slow loses its job to another one, and both do it: that is harmless. One that could not fetch a job, as from a
 * Redis that was out of memory, tries again after a second and not after 15.
 */
export const workerOptions = {
  lockDuration: LOST_JOB_MS,
  stalledInterval: LOST_JOB_MS,
  runRetryDelay: FETCH_AGAIN_MS,
};

export { QUEUES };
