import type { JobType, Queue } from 'bullmq';
import { unpackClaims, type SettleClaimsJob } from '@app/contracts';
import { settleClaims } from '@app/ledger';
import type { StoredClaim } from '@app/packet-store';
import { packSettled } from '@app/push';
import type { EndParts } from './end-packet.js';

const JOBS_AT_ONCE = 100;
const CLAIMS_PER_SETTLEMENT = 1_000;
const UNFINISHED: JobType[] = ['waiting', 'active', 'delayed', 'prioritized', 'failed'];

/**
 * Claims that left the outbox and have not reached Postgres, by packet: the queues' Redis may be another one, and whole. Which
 * jobs there are is read at one instant. Page by page, the jobs that others settle meanwhile would move up those behind them,
 * and one in every so many was never seen: a packet put back without its claim gives the ordinal again. A job that is gone
 * before its turn has been settled; whoever reads the ledger after this finds its claims there.
 */
export async function claimsInQueue(queue: Queue<SettleClaimsJob>): Promise<Map<string, StoredClaim[]>> {
  const byPacket = new Map<string, StoredClaim[]>();
  const ids = await queue.getRanges(UNFINISHED, 0, -1);
  for (let from = 0; from < ids.length; from += JOBS_AT_ONCE) {
    const jobs = await Promise.all(ids.slice(from, from + JOBS_AT_ONCE).map((id) => queue.getJob(id)));
    for (const job of jobs) {
      for (const { packetId, ...claim } of unpackClaims(job?.data.claims ?? [])) {
        const claims = byPacket.get(packetId);
        if (claims) claims.push(claim);
        else byPacket.set(packetId, [claim]);
      }
    }
  }
  return byPacket;
}

/**
 * Settles a packet's claims of the queue here and now. When the store has lost them they are in no outbox any more; should
 * their jobs be lost too, or fail for good, nobody would hand them on again, and a packet that has them back would wait for
 * them for ever. Returns why that can't be, when what is known contradicts itself.
 */
export async function settleQueued(
  { dataSource, pusher }: Pick<EndParts, 'dataSource' | 'pusher'>,
  packetId: string,
  queued: readonly StoredClaim[],
): Promise<string | undefined> {
  for (let from = 0; from < queued.length; from += CLAIMS_PER_SETTLEMENT) {
    const some = queued.slice(from, from + CLAIMS_PER_SETTLEMENT).map((claim) => ({ packetId, ...claim }));
    const { credited, broken } = await settleClaims(dataSource, some);
    if (broken[0]) return broken[0].reason;
    if (credited.length > 0) pusher.toGateways('claims:settled', packSettled(credited));
  }
  return undefined;
}
