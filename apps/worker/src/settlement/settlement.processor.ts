import { availableParallelism } from 'node:os';
import { Processor, WorkerHost, OnWorkerEvent } from '@nestjs/bullmq';
import type { Job } from 'bullmq';
import { JOBS, QUEUES, unpackClaims, type ClaimRecord, type SettleClaimsJob } from '@app/contracts';
import { settleClaims, type Credited } from '@app/ledger';
import { freezePacket } from '@app/lifecycle';
import { packSettled } from '@app/push';
import { workerOptions } from '@app/queues';
import { WorkerParts } from '../parts.js';

/**
 * On two cores one: two leave none to the grabs (docs/performance.md, B4), and one settles 30,000 claims a second.
 */
const TRANSACTIONS_AT_ONCE = availableParallelism() > 2 ? 2 : 1;

/** One job, one transaction; the outbox is acknowledged after its COMMIT, and people are told after that. */
@Processor(QUEUES.settlement, {
  concurrency: TRANSACTIONS_AT_ONCE,
  ...workerOptions,
})
export class SettlementProcessor extends WorkerHost {
  private readonly settledTotal;
  private readonly lag;

  constructor(private readonly parts: WorkerParts) {
    super();
    this.settledTotal = parts.metrics.counter('hongbao_claims_settled_total', 'Claims settled in the ledger');
    this.lag = parts.metrics.latencies(
      'hongbao_settlement_lag_seconds',
      'From the grab, by the store, to COMMIT, of the claims of one call of the grab script',
    );
  }

  process({ id, data }: Job<SettleClaimsJob>): Promise<{ settled: number }> {
    return this.parts.inHand.hold(async (waited) => {
      // Recovery knows what is in the queue. What was in it, and went with its Redis while this job waited for its turn, may have
      // been given to somebody else since.
      const there = waited ? (await this.parts.settlementQueue.getJob(id!))?.data : data;
      return there ? this.settle(there) : { settled: 0 };
    });
  }

  private async settle(data: SettleClaimsJob): Promise<{ settled: number }> {
    const { dataSource, outbox, packetsQueue } = this.parts;
    const claims = unpackClaims(data.claims);
    const { credited, complete, broken } = await settleClaims(dataSource, claims);
    for (const { packetId, reason } of broken) await freezePacket(this.parts, packetId, reason);
    // Told before it is acknowledged: when that fails the job runs again, and then finds nothing new to tell.
    this.observe(claims, credited);
    if (credited.length > 0) this.parts.pusher.toGateways('claims:settled', packSettled(credited));
    for (const packetId of complete) await packetsQueue.add(JOBS.closePacket, { packetId });
    // Entries of a broken packet share a job with sound ones; the packet's own row keeps the reason.
    await Promise.all(data.entries.map(({ slot, ids }) => outbox.acknowledge(slot, ids)));
    return { settled: credited.length };
  }

  private observe(claims: readonly ClaimRecord[], credited: Credited[]): void {
    this.settledTotal.inc(credited.length);
    const now = Date.now();
    for (const { atMs } of claims) this.lag.observe(Math.max(0, now - atMs) / 1_000);
  }

  /** The outbox still holds its entries; the relay takes them up again. */
  @OnWorkerEvent('failed')
  onFailed(job: Job<SettleClaimsJob> | undefined, error: Error): void {
    this.parts.logger.warn(
      { err: error, jobId: job?.id, attempts: job?.attemptsMade },
      'a settlement failed',
    );
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.parts.logger.warn({ err: error }, 'settlement worker');
  }
}
