import type { Effects } from './scheduler/effects.js';

type State = 'waiting' | 'active' | 'failed';

export interface Job<Data> {
  id: string;
  data: Data;
  state: State;
  dueAtMs: number;
  attempts: number;
  stalls: number;
}

interface Order<Data> {
  data: Data;
  opts?: { delay?: number; jobId?: string };
}

const ATTEMPTS_MAX = 8;
const RETRY_DELAY_MS = 250;
/** BullMQ's `maxStalledCount`: one whose worker died twice is not tried again. */
const STALLS_MAX = 1;

/** BullMQ, as far as the money path leans on it: at least once, in order or not, given up after some tries. */
export class MemoryQueue<Data> {
  jobs: Job<Data>[] = [];
  private idsSeen = new Set<string>();
  private lastId = 0;

  constructor(
    readonly name: string,
    private readonly clock: () => number,
  ) {}

  /** As the product's classes see it from a process. */
  handleFor(effects: Effects) {
    return {
      add: (_name: string, data: Data, opts?: Order<Data>['opts']) =>
        effects.effect(`queue add to ${this.name}`, () => this.put({ data, ...(opts ? { opts } : {}) })),
      addBulk: (orders: Order<Data>[]) =>
        effects.effect(`queue add ${orders.length} to ${this.name}`, () =>
          orders.forEach((order) => this.put(order)),
        ),
      getJobCountByTypes: () =>
        effects.effect(
          `queue count ${this.name}`,
          () => this.jobs.filter(({ state }) => state !== 'failed').length,
        ),
      getRanges: () => effects.effect(`queue list ${this.name}`, () => this.jobs.map(({ id }) => id)),
      getJob: (id: string) =>
        effects.effect(`queue read ${this.name} ${id}`, () => {
          const job = this.jobs.find((one) => one.id === id);
          return job && { id, data: job.data };
        }),
    };
  }

  private put({ data, opts: { delay = 0, jobId } = {} }: Order<Data>): void {
    // A finished job is kept for a while, and its id with it.
    if (jobId !== undefined && this.idsSeen.has(jobId)) return;
    const id = jobId ?? `${(this.lastId += 1)}`;
    this.idsSeen.add(id);
    this.jobs.push({ id, data, state: 'waiting', dueAtMs: this.clock() + delay, attempts: 0, stalls: 0 });
  }

  get due(): Job<Data>[] {
    return this.jobs.filter(({ state, dueAtMs }) => state === 'waiting' && dueAtMs <= this.clock());
  }

  /** Nothing waits or is at work. */
  get empty(): boolean {
    return this.jobs.every(({ state }) => state === 'failed');
  }

  finish(job: Job<Data>): void {
    this.jobs = this.jobs.filter((one) => one !== job);
  }

  fail(job: Job<Data>): void {
    job.attempts += 1;
    job.state = job.attempts >= ATTEMPTS_MAX ? 'failed' : 'waiting';
    job.dueAtMs = this.clock() + RETRY_DELAY_MS * 2 ** (job.attempts - 1);
  }

  /** Its worker died. */
  stall(job: Job<Data>): void {
    job.stalls += 1;
    job.state = job.stalls > STALLS_MAX ? 'failed' : 'waiting';
  }

  /** Those that wait failed for the last time, and were removed. */
  giveUp(): void {
    this.jobs = this.jobs.filter(({ state }) => state !== 'waiting');
  }

  /** The Redis of the queues is back with nothing. */
  lose(): void {
    this.jobs = [];
    this.idsSeen = new Set();
  }
}
