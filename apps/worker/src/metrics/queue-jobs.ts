import { QueueKeys } from 'bullmq';
import { QUEUE_PREFIX, QUEUES } from '@app/queues';
import type { Redis } from '@app/redis';

export const JOB_STATES = ['waiting', 'active', 'delayed', 'failed'] as const;

export interface QueueJobs {
  queue: string;
  state: (typeof JOB_STATES)[number];
  jobs: number;
}

/** Jobs of all queues in one round trip; BullMQ's own count would be a script call for each queue. */
export async function readQueueJobs(client: Redis): Promise<QueueJobs[]> {
  const keys = new QueueKeys(QUEUE_PREFIX);
  const asked = Object.values(QUEUES).flatMap((queue) => JOB_STATES.map((state) => ({ queue, state })));
  const pipeline = client.pipeline();
  for (const { queue, state } of asked) {
    if (state === 'waiting') pipeline.llen(keys.toKey(queue, 'wait'));
    else if (state === 'active') pipeline.llen(keys.toKey(queue, state));
    else pipeline.zcard(keys.toKey(queue, state));
  }
  const answers = (await pipeline.exec()) ?? [];
  return asked.map((of, k) => {
    const [error, jobs] = answers[k] ?? [new Error('no answer')];
    if (error) throw error;
    return { ...of, jobs: jobs as number };
  });
}
