import { LRUCache } from 'lru-cache';
import type { Redis } from '@app/redis';
import { FUNNEL_KEPT_SECONDS, funnelKeys } from './keys.js';
import { LatencyTally } from './latency-tally.js';
import { NoteRing, type Note } from './note-ring.js';

const FLUSH_EVERY_MS = 250;
export const NOTES_WAITING_MAX = 200_000;
/** More would hold up the grabs of this process: a note costs 2 µs here (measured), so these 4 ms. */
const NOTES_PER_PIPELINE = 2_000;
const MEMBERS_PER_SADD = 1_000;
/** Beyond it someone is sent again, which changes nothing in a set. */
const SENT_REMEMBERED_MAX = 200_000;

type Pipeline = ReturnType<Redis['pipeline']>;

interface Group {
  key: string;
  first: Note;
  userIds: string[];
}

/**
 * Counts people in front of a drop, best effort: what is noted here may be lost with the sockets' Redis or with this
 * process. Won, settled and money are counted from the ledger. Noting stands in the path of a grab and only writes to
 * memory; every FLUSH_EVERY_MS the notes go to Redis, each person once for each step of a drop.
 *
 * While Redis is away at most NOTES_WAITING_MAX notes wait; then the oldest are dropped. `onError` hears of the first
 * failure of an outage, and at its end of how many notes it cost.
 */
export class FunnelRecorder {
  private readonly notes = new NoteRing(NOTES_WAITING_MAX);
  private readonly latencies = new LatencyTally();
  private readonly sent = new LRUCache<string, true>({ max: SENT_REMEMBERED_MAX });
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> | undefined;
  private failing = false;
  private droppedTold = 0;
  /** Redis may come back empty: then who was sent before has to be sent again. */
  private readonly forgetSent = () => this.sent.clear();

  constructor(
    private readonly redis: Redis,
    private readonly onError: (error: Error) => void,
  ) {}

  /** Notes that wait for the next flush, and notes dropped since the start. */
  get waiting(): number {
    return this.notes.size;
  }
  get dropped(): number {
    return this.notes.dropped;
  }

  /** These people were told of the drop. */
  reached(dropId: string, userIds: readonly string[]): void {
    for (const userId of userIds) this.notes.push({ dropId, step: 'reached', reason: '', userId });
  }

  tapped(dropId: string, userId: string): void {
    this.notes.push({ dropId, step: 'tapped', reason: '', userId });
  }

  /** `reason`: a word of ours, as `empty` or `quiz`; never text from outside, for it becomes part of a key. */
  refused(dropId: string, reason: string, userId: string): void {
    this.notes.push({ dropId, step: 'refused', reason, userId });
  }

  /** One grab, from read to answered. Counts that were under way when Redis went away are lost, not sent twice. */
  answered(dropId: string, ms: number): void {
    this.latencies.add(dropId, ms);
  }

  start(): void {
    if (this.timer) return;
    this.redis.on('close', this.forgetSent);
    this.timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS);
    this.timer.unref();
  }

  /** Sends what waits, if Redis is there, and ends. Takes no longer than one command may. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    this.redis.off('close', this.forgetSent);
    await this.flushing;
    while (this.notes.size > 0 || this.latencies.size > 0) if (!(await this.sendSome())) return;
  }

  /** One at a time: a Redis slower than the timer gets the next notes when it has taken the last. */
  private async flush(): Promise<void> {
    if (this.flushing) return;
    this.flushing = this.sendFullPipelines();
    await this.flushing;
    this.flushing = undefined;
  }

  private async sendFullPipelines(): Promise<void> {
    while ((await this.sendSome()) && this.notes.size >= NOTES_PER_PIPELINE);
  }

  /** False when Redis is away or did not take them; the notes then wait on. Never rejects. */
  private async sendSome(): Promise<boolean> {
    if (this.redis.status !== 'ready') return false;
    const fresh = this.takeFresh();
    const pipeline = this.redis.pipeline();
    for (const group of groupsOf(fresh.values())) addGroup(pipeline, group);
    for (const [dropId, counts] of this.latencies.takeAll()) addLatencies(pipeline, dropId, counts);
    if (pipeline.length === 0) return true;
    try {
      const failed = (await pipeline.exec())?.find(([error]) => error)?.[0];
      if (failed) throw failed;
    } catch (error) {
      this.notes.putBack([...fresh.values()]);
      if (!this.failing) this.onError(error as Error);
      this.failing = true;
      return false;
    }
    for (const name of fresh.keys()) this.sent.set(name, true);
    this.failing = false;
    this.tellDropped();
    return true;
  }

  /** The oldest notes without those of people who were sent before or stand in it twice. */
  private takeFresh(): Map<string, Note> {
    const fresh = new Map<string, Note>();
    for (const note of this.notes.takeOldest(NOTES_PER_PIPELINE)) {
      const name = `${note.dropId}:${note.step}:${note.reason}:${note.userId}`;
      if (!this.sent.has(name)) fresh.set(name, note);
    }
    return fresh;
  }

  private tellDropped(): void {
    const lately = this.notes.dropped - this.droppedTold;
    if (lately === 0) return;
    this.droppedTold += lately;
    this.onError(new Error(`the funnel lost ${lately} notes: Redis was away for too long`));
  }
}

function groupsOf(notes: Iterable<Note>): Iterable<Group> {
  const groups = new Map<string, Group>();
  for (const note of notes) {
    const { dropId, step, reason } = note;
    const key = step === 'refused' ? funnelKeys.refused(dropId, reason) : funnelKeys[step](dropId);
    const group = groups.get(key);
    if (group) group.userIds.push(note.userId);
    else groups.set(key, { key, first: note, userIds: [note.userId] });
  }
  return groups.values();
}

function addGroup(pipeline: Pipeline, { key, first, userIds }: Group): void {
  for (let from = 0; from < userIds.length; from += MEMBERS_PER_SADD)
    pipeline.sadd(key, userIds.slice(from, from + MEMBERS_PER_SADD));
  pipeline.expire(key, FUNNEL_KEPT_SECONDS);
  if (first.step !== 'refused') return;
  const reasons = funnelKeys.reasons(first.dropId);
  pipeline.sadd(reasons, first.reason).expire(reasons, FUNNEL_KEPT_SECONDS);
}

function addLatencies(pipeline: Pipeline, dropId: string, counts: readonly number[]): void {
  const key = funnelKeys.latency(dropId);
  for (const [bucket, count] of counts.entries()) if (count > 0) pipeline.hincrby(key, String(bucket), count);
  pipeline.expire(key, FUNNEL_KEPT_SECONDS);
}
