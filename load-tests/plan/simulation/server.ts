import type { Machine } from './machine.ts';

export interface ServerShape {
  /** CPU of a turn, however much is done in it. */
  turnUs?: number;
  /** After the work of a turn and before its answers: a disk's sync, in which nothing else is done. */
  syncUs?: number;
  /** Of what waits, at most so much in a turn. */
  perTurnMax?: number;
  /** Turns at once: the sessions of a database. */
  turnsAtOnce?: number;
}

interface Task {
  costUs: number;
  done: () => void;
}

/**
 * A process that works through what waits in turns, as Node's and Redis's event loops do: all that waits when a turn begins
 * is done in it, and answered at its end. What comes meanwhile waits for the next turn.
 */
export class Server {
  private waiting: Task[] = [];
  private turns = 0;
  /** CPU so far. */
  usedUs = 0;

  constructor(
    private readonly machine: Machine,
    private readonly shape: ServerShape = {},
  ) {}

  get length(): number {
    return this.waiting.length;
  }

  submit(costUs: number, done: () => void): void {
    this.waiting.push({ costUs, done });
    if (this.turns < (this.shape.turnsAtOnce ?? 1)) this.turn();
  }

  private turn(): void {
    const { turnUs = 0, syncUs = 0, perTurnMax = Infinity } = this.shape;
    const tasks = this.waiting.length > perTurnMax ? this.waiting.splice(0, perTurnMax) : this.waiting;
    if (tasks === this.waiting) this.waiting = [];
    const costUs = tasks.reduce((sum, task) => sum + task.costUs, turnUs);
    this.turns += 1;
    this.usedUs += costUs;
    const end = () => {
      for (const task of tasks) task.done();
      this.turns -= 1;
      if (this.waiting.length > 0) this.turn();
    };
    this.machine.work(costUs, () => (syncUs > 0 ? this.machine.in(syncUs, end) : end()));
  }
}

/** What a line waits with for one call: those that come while it is under way go together in the next. */
export class Line<T> {
  private waiting: T[] = [];
  private running = false;

  constructor(
    private readonly perCallMax: number,
    private readonly call: (items: T[], answered: () => void) => void,
  ) {}

  get length(): number {
    return this.waiting.length;
  }

  add(item: T): void {
    this.waiting.push(item);
    if (!this.running) this.next();
  }

  private next(): void {
    const items = this.waiting.splice(0, this.perCallMax);
    this.running = items.length > 0;
    if (this.running) this.call(items, () => this.next());
  }
}
