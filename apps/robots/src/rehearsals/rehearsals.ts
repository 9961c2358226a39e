import { Worker, type Job } from 'bullmq';
import type { Config } from '@app/config';
import { QUEUES, type PlayRehearsalJob } from '@app/contracts';
import { Tokens, tokenSettingsOf } from '@app/identity';
import { quietly, type Logger } from '@app/observability';
import { QUEUE_PREFIX } from '@app/queues';
import { gatewayUrlOf } from '../gateway-url.js';
import { Rehearsal, type RehearsalParts } from './rehearsal.js';

/** Each is some dozens of sockets. */
const REHEARSALS_AT_ONCE = 4;
/** A process that was killed has let go of its job after the first, and another takes it up within the second. */
const LOCK_MS = 10_000;
const STALLED_LOOK_MS = 5_000;
const STALLED_MAX = 3;

/**
 * Takes rehearsals from their queue and plays them. One that is stopped in the middle goes back to the queue, and the next
 * process takes it up with the same robots; a rehearsal whose time has passed meanwhile is done with at once.
 */
export class Rehearsals {
  private readonly parts: RehearsalParts;
  private readonly worker: Worker<PlayRehearsalJob>;
  private readonly stopping = new AbortController();
  private playing = 0;

  constructor(config: Config, logger: Logger) {
    // Robots sign their own; what others sign they never see.
    const { jwksUrl: _jwksUrl, ...signing } = tokenSettingsOf(config);
    this.parts = { url: gatewayUrlOf(config), tokens: new Tokens(signing), logger };
    this.worker = new Worker<PlayRehearsalJob>(QUEUES.rehearsals, (job) => this.play(job), {
      // BullMQ makes the connection itself: robots have no other business with Redis, and no client of ours.
      connection: { url: config.REDIS_QUEUE_URL, maxRetriesPerRequest: null },
      prefix: QUEUE_PREFIX,
      concurrency: REHEARSALS_AT_ONCE,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_LOOK_MS,
      maxStalledCount: STALLED_MAX,
    });
    const report = quietly((_key, error) => logger.warn({ err: error }, 'rehearsals'));
    this.worker.on('error', (error) => report('queue', error));
    this.worker.on('failed', (job, error) => {
      logger.warn({ rehearsalId: job?.data.rehearsalId, err: error }, 'a rehearsal was left');
    });
  }

  /** Robots leave at once; what was being played is in the queue again. */
  async stop(): Promise<void> {
    const isIdle = this.playing === 0;
    this.stopping.abort(new Error('the robots were stopped'));
    // With nothing to hand back there is nothing to wait for: while Redis is away, that would take for ever.
    await this.worker.close(isIdle);
  }

  private async play({ data }: Job<PlayRehearsalJob>): Promise<void> {
    this.playing += 1;
    try {
      await new Rehearsal(this.parts, data).play(this.stopping.signal);
    } finally {
      this.playing -= 1;
    }
  }
}
