import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { JOBS, packClaims, type PacketProgressed, type SettleClaimsJob } from '@app/contracts';
import { quietly } from '@app/observability';
import type { OutboxEntry } from '@app/packet-store';
import { OUTBOX_BLOCK_MS, WorkerParts } from '../parts.js';
import { SpreadProgress } from './spread-progress.js';

/** Entries of one read, of each slot; each holds the claims of one call of the grab script. */
const ENTRIES_PER_READ = 128;
/**
 * From one reading to the next, unless more is known to wait: a job costs some 3 ms of CPU before its first claim. Read as
 * they came, 2,000 claims a second made 300 jobs. A claim after a pause does not wait.
 */
const GATHER_MS_MAX = 200;
/**
 * What one read should find, where more come: the same work in smaller pieces, for what settles at once holds up the grabs
 * beside it on the same cores (docs/performance.md, B4).
 */
const CLAIMS_PER_READ = 500;
const GATHER_MS_MIN = 25;
/** An entry read this long ago and not acknowledged was left by a worker that died, or by a job that failed for good. */
const STALE_MS = 20_000;
const STALE_LOOK_MS = 5_000;
/**
 * At the start of a worker, whoever read these is likely the one that it replaces; after a failure, itself. So for a while they are
 * taken when they were read this long ago, for a Redis that hung answers what it was asked before when nobody listens any more.
 * One look right after the failure found them too young, and they waited for STALE_MS: `redis-maxmemory` and
 * `hole-worker-redis` of `npm run faults` took 20 s to heal, now 0.3 and 1.4; `stop-redis` took 21 s where the queue hung for longer
 * than the time after the failure. A second delivery harms nothing.
 */
const STALE_AFTER_TROUBLE_MS = 1_000;
/** From the first turn on that went well: a turn can hang for longer than any fixed time, and a Redis that goes on loses it last. */
const TROUBLE_MS = 15_000;
/** With more jobs than this on their way, old entries are late and not lost. */
const JOBS_WAITING_MAX = 4;
const AFTER_ERROR_MS = 250;

/** From the outbox to the settlement queue. It may hand an entry on twice; settling is idempotent. */
@Injectable()
export class Relay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private stopping = false;
  private running: Promise<void> = Promise.resolve();
  private staleLookedAtMs: number | undefined;
  private troubleUntilMs: number;
  private hasFailed = false;
  private nextReadAtMs = 0;
  private gatherMs = GATHER_MS_MAX;
  private readonly relayed;
  private readonly report;
  private readonly spread;

  constructor(private readonly parts: WorkerParts) {
    this.troubleUntilMs = parts.elapsedMs() + TROUBLE_MS;
    this.relayed = parts.metrics.counter(
      'hongbao_claims_relayed_total',
      'Claims handed from the outbox to the queue',
    );
    parts.metrics.gauge('hongbao_outbox_entries', 'Outbox entries not yet acknowledged', () =>
      parts.outbox.backlog(),
    );
    this.report = quietly((_key, error) => parts.logger.warn({ err: error }, 'relay'));
    this.spread = new SpreadProgress(
      parts.store,
      (progress) => parts.pusher.toGateways('packets:progressed', [progress]),
      (error) => this.report('progress', error),
    );
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.spread.stop();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      try {
        // With nothing in hand, for recovery waits until there is nothing.
        await new Promise((resolve) => setTimeout(resolve, this.nextReadAtMs - this.parts.elapsedMs()));
        await this.parts.inHand.hold(() => this.turn());
        if (this.hasFailed) this.troubleUntilMs = this.parts.elapsedMs() + TROUBLE_MS;
        this.hasFailed = false;
      } catch (error) {
        this.report('relay', error as Error);
        this.hasFailed = true;
        await new Promise((resolve) => setTimeout(resolve, AFTER_ERROR_MS));
      }
    }
  }

  /** What was left by others, then what is new. */
  async turn(): Promise<void> {
    const stale = await this.staleEntries();
    if (stale.length > 0) await this.handOn(stale);
    const fresh = await this.parts.outbox.readNew(ENTRIES_PER_READ, OUTBOX_BLOCK_MS);
    if (fresh.length > 0) await this.handOn(fresh);
    this.gatherMs = gatherMsAfter(this.gatherMs, fresh);
    const atOnce = isCutShort(fresh) || fresh.length === 0;
    this.nextReadAtMs = atOnce ? 0 : this.parts.elapsedMs() + this.gatherMs;
    this.tellProgress(fresh);
  }

  /** Not while jobs wait: what they hold is not lost, and handed on again it would only queue up behind itself. */
  private async staleEntries(): Promise<OutboxEntry[]> {
    const now = this.parts.elapsedMs();
    const isTrouble = this.hasFailed || now < this.troubleUntilMs;
    const everyMs = isTrouble ? STALE_AFTER_TROUBLE_MS : STALE_LOOK_MS;
    if (this.staleLookedAtMs !== undefined && now - this.staleLookedAtMs < everyMs) return [];
    const atStart = this.staleLookedAtMs === undefined;
    const { settlementQueue, outbox } = this.parts;
    const waiting = atStart ? 0 : await settlementQueue.getJobCountByTypes('waiting', 'active', 'delayed');
    const idleMs = isTrouble ? STALE_AFTER_TROUBLE_MS : STALE_MS;
    const entries = waiting > JOBS_WAITING_MAX ? [] : await outbox.takeStale(idleMs, ENTRIES_PER_READ);
    // Full hands: there may be more, so look again before anything new is read.
    if (entries.length < ENTRIES_PER_READ) this.staleLookedAtMs = now;
    return entries;
  }

  private async handOn(entries: OutboxEntry[]): Promise<void> {
    const jobs = jobsOf(entries, this.parts.config.CLAIMS_PER_JOB_MAX);
    await this.parts.settlementQueue.addBulk(jobs.map((data) => ({ name: JOBS.settleClaims, data })));
    this.relayed.inc(entries.reduce((sum, { claims }) => sum + claims.length, 0));
  }

  /** Of fresh entries only: an old one would tell of more shares than there are. */
  private tellProgress(entries: OutboxEntry[]): void {
    const latest = new Map<string, PacketProgressed>();
    for (const { packetId, remaining, partition } of entries) {
      if (partition === undefined) latest.set(packetId, { packetId, remaining });
      else this.spread.note(packetId);
    }
    if (latest.size > 0) this.parts.pusher.toGateways('packets:progressed', [...latest.values()]);
  }
}

/** So long that the next read finds CLAIMS_PER_READ, when as many come as came in the last `gatherMs`. */
export function gatherMsAfter(gatherMs: number, fresh: readonly { claims: readonly unknown[] }[]): number {
  const claims = fresh.reduce((sum, entry) => sum + entry.claims.length, 0);
  if (claims === 0) return GATHER_MS_MAX;
  return Math.min(GATHER_MS_MAX, Math.max(GATHER_MS_MIN, (gatherMs * CLAIMS_PER_READ) / claims));
}

/** Whether a slot gave all that one read may, so that more waits there. */
function isCutShort(entries: readonly OutboxEntry[]): boolean {
  if (entries.length < ENTRIES_PER_READ) return false;
  const bySlot = new Map<number, number>();
  for (const { slot } of entries) bySlot.set(slot, (bySlot.get(slot) ?? 0) + 1);
  return Math.max(...bySlot.values()) >= ENTRIES_PER_READ;
}

/** Whole entries, together at most `claimsMax` claims to a job (one entry alone may hold more). */
export function jobsOf(entries: readonly OutboxEntry[], claimsMax: number): SettleClaimsJob[] {
  const jobs: SettleClaimsJob[] = [];
  let job: SettleClaimsJob = { claims: [], entries: [] };
  let claimsInJob = Infinity;
  for (const { slot, id, packetId, claims } of entries) {
    if (claimsInJob + claims.length > claimsMax) {
      jobs.push((job = { claims: [], entries: [] }));
      claimsInJob = 0;
    }
    claimsInJob += claims.length;
    job.claims.push(...packClaims(claims.map((claim) => ({ packetId, ...claim }))));
    const ofSlot = job.entries.find((entry) => entry.slot === slot);
    if (ofSlot) ofSlot.ids.push(id);
    else job.entries.push({ slot, ids: [id] });
  }
  return jobs;
}
