import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import type { Job } from 'bullmq';
import { JOBS, QUEUES, type ClosePacketJob } from '@app/contracts';
import { endOrRecover } from '@app/lifecycle';
import { workerOptions } from '@app/queues';
import { WorkerParts } from '../parts.js';

const JOBS_AT_ONCE = 8;
/** A packet that is not due for longer than this is left to its own job at its expiry. */
const ASK_AGAIN_MS_MAX = 5_000;

@Processor(QUEUES.packets, { concurrency: JOBS_AT_ONCE, ...workerOptions })
export class PacketsProcessor extends WorkerHost {
  constructor(private readonly parts: WorkerParts) {
    super();
  }

  async process(job: Job<ClosePacketJob>): Promise<unknown> {
    const { packetId } = job.data;
    const ended = await endOrRecover(this.parts, packetId);
    if (ended.status === 'later' && ended.inMs <= ASK_AGAIN_MS_MAX) {
      await this.parts.packetsQueue.add(JOBS.closePacket, { packetId }, { delay: ended.inMs });
    }
    return ended;
  }

  /** The sweep finds the packet again. */
  @OnWorkerEvent('failed')
  onFailed(job: Job | undefined, error: Error): void {
    this.parts.logger.warn(
      { err: error, job: job?.name, packetId: job?.data?.packetId },
      'a packet job failed',
    );
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.parts.logger.warn({ err: error }, 'packets worker');
  }
}
