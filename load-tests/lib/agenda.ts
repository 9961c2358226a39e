/** What is to be done at an instant; `run` is gone once it was done or cancelled. */
export interface Entry {
  readonly atMs: number;
  run: (() => void) | undefined;
}

/** Anything with a deadline; `expire` is called at `dueMs` unless it was settled before. */
export interface Awaited {
  readonly dueMs: number;
  readonly isSettled: boolean;
  expire(): void;
}

/** Deadlines of one length, in order; `first` is the entry of the earliest. */
interface Queue {
  waiting: Awaited[];
  first: Entry | undefined;
}

export interface Timers {
  nowMs: () => number;
  set: (run: () => void, ms: number) => unknown;
  clear: (timer: unknown) => void;
}

const ownTimers: Timers = {
  nowMs: () => Date.now(),
  set: (run, ms) => setTimeout(run, ms),
  clear: (timer) => clearTimeout(timer as never),
};

/**
 * Everything that a VU is to do later, behind one timer: k6 keeps its timers in a sorted list of which every `setTimeout`
 * and `clearTimeout` walks the length. Instants are epoch milliseconds and may be fractions; nothing is done before its
 * own. What throws is told to `onThrown`, and the rest goes on.
 */
export class Agenda {
  /** A heap: the earliest entry is the first. */
  private readonly heap: Entry[] = [];
  private readonly queues = new Map<number, Queue>();
  /** Entries neither done nor cancelled: with none left no timer may keep the VU from ending. */
  private live = 0;
  private timer: unknown;
  private timerMs = Infinity;
  private isRunning = false;

  constructor(
    private readonly onThrown: (error: unknown) => void,
    private readonly timers: Timers = ownTimers,
  ) {}

  at(atMs: number, run: () => void): Entry {
    const entry: Entry = { atMs, run };
    this.live += 1;
    this.push(entry);
    if (!this.isRunning && atMs < this.timerMs) this.arm();
    return entry;
  }

  after(ms: number, run: () => void): Entry {
    return this.at(this.timers.nowMs() + ms, run);
  }

  cancel(entry: Entry | undefined): void {
    if (!entry?.run) return;
    entry.run = undefined;
    this.live -= 1;
    if (this.live === 0 && !this.isRunning) this.arm();
  }

  clear(): void {
    for (const entry of this.heap.splice(0)) entry.run = undefined;
    this.queues.clear();
    this.live = 0;
    this.arm();
  }

  /**
   * Watches the deadline of something that is given `withinMs`, the same as others before it: those wait in a queue in
   * which only the first has an entry, so that an answer in time costs nothing.
   */
  await(awaited: Awaited, withinMs: number): void {
    let queue = this.queues.get(withinMs);
    if (!queue) this.queues.set(withinMs, (queue = { waiting: [], first: undefined }));
    queue.waiting.push(awaited);
    if (!queue.first) this.watch(queue);
  }

  /** Lets go of the deadlines of what is settled, so that none of them keeps the VU from ending. */
  forgetSettled(): void {
    for (const queue of this.queues.values()) {
      queue.waiting = queue.waiting.filter(({ isSettled }) => !isSettled);
      if (queue.waiting.length > 0) continue;
      this.cancel(queue.first);
      queue.first = undefined;
    }
  }

  private watch(queue: Queue): void {
    queue.first = this.at(queue.waiting[0]!.dueMs, () => {
      const { waiting } = queue;
      const nowMs = this.timers.nowMs();
      let past = 0;
      while (past < waiting.length && (waiting[past]!.isSettled || waiting[past]!.dueMs <= nowMs)) past += 1;
      const gone = waiting.splice(0, past);
      queue.first = undefined;
      if (waiting.length > 0) this.watch(queue);
      for (const awaited of gone) if (!awaited.isSettled) this.guard(() => awaited.expire());
    });
  }

  private guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.onThrown(error);
    }
  }

  private arm(): void {
    if (this.timer !== undefined) this.timers.clear(this.timer);
    this.timer = undefined;
    this.timerMs = Infinity;
    while (this.heap.length > 0 && !this.heap[0]!.run) this.pop();
    const first = this.heap[0];
    if (!first) return;
    this.timerMs = first.atMs;
    this.timer = this.timers.set(() => this.runDue(), Math.max(0, first.atMs - this.timers.nowMs()));
  }

  private runDue(): void {
    this.timer = undefined;
    this.isRunning = true;
    // Read once: what comes due meanwhile waits for the next turn, and what has arrived on the sockets goes before it.
    const nowMs = this.timers.nowMs();
    for (let first = this.heap[0]; first && (first.atMs <= nowMs || !first.run); first = this.heap[0]) {
      this.pop();
      const { run } = first;
      if (!run) continue;
      first.run = undefined;
      this.live -= 1;
      this.guard(run);
    }
    this.isRunning = false;
    this.arm();
  }

  private push(entry: Entry): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (heap[above]!.atMs <= entry.atMs) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = entry;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop()!;
    const { length } = heap;
    if (length === 0) return;
    let at = 0;
    for (let below = 1; below < length; below = 2 * at + 1) {
      if (below + 1 < length && heap[below + 1]!.atMs < heap[below]!.atMs) below += 1;
      if (heap[below]!.atMs >= last.atMs) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
  }
}
