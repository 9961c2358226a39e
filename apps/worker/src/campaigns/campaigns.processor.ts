import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import type { Job } from 'bullmq';
import { JOBS, QUEUES, type AdvanceDropJob } from '@app/contracts';
import { advanceDrop } from '@app/lifecycle';
import { workerOptions } from '@app/queues';
import { WorkerParts } from '../parts.js';

/** Most of them wait for their instant. */
const JOBS_AT_ONCE = 64;
/** A job comes this long before its step is due, and waits here: a queue's own delay is late by what it has to do first. */
const EARLY_MS = 400;
/** Further ahead the sweep would find it too; a job for each drop at a far date would only fill the queue. */
const AHEAD_MS_MAX = 3_600_000;

@Processor(QUEUES.campaigns, { concurrency: JOBS_AT_ONCE, ...workerOptions })
export class CampaignsProcessor extends WorkerHost {
  constructor(private readonly parts: WorkerParts) {
    super();
  }

  async process({ data: { dropId } }: Job<AdvanceDropJob>): Promise<unknown> {
    for (;;) {
      const advanced = await advanceDrop(this.parts, dropId);
      if (advanced.status === 'idle') return advanced;
      const { inMs } = advanced;
      if (inMs > EARLY_MS) {
        if (inMs <= AHEAD_MS_MAX) await this.callAgain(dropId, inMs - EARLY_MS);
        return advanced;
      }
      await new Promise((resolve) => setTimeout(resolve, inMs));
    }
  }

  private async callAgain(dropId: string, delay: number): Promise<void> {
    await this.parts.campaignsQueue.add(JOBS.advanceDrop, { dropId }, { delay });
  }

  /** The sweep finds the drop again. */
  @OnWorkerEvent('failed')
  onFailed(job: Job<AdvanceDropJob> | undefined, error: Error): void {
    this.parts.logger.warn({ err: error, dropId: job?.data.dropId }, 'a drop could not be moved on');
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.parts.logger.warn({ err: error }, 'campaigns worker');
  }
}
