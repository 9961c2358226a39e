import type { Choices } from './choices.js';
import type { Effects } from './effects.js';

interface Parked {
  process: Process;
  label: string;
  act: () => unknown;
  ready: () => boolean;
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

const always = () => true;

/** Of a run, one of these may be slow: a process, or what begins like this. What only follows when somebody lags is then common. */
const SLOW = [
  '',
  'worker 1',
  'worker 2',
  'api',
  'queue',
  'queue add',
  'ledger',
  'ledger COMMIT',
  'outbox',
  'store',
];
/** How often it is passed over while others could go on: at the last, as good as stuck. */
const PASSED_OVER_PERCENT = [70, 90, 99];

/** What can go wrong with an effect. The first of them: it never ran. */
const EFFECT_FAULTS = [
  'not sent',
  'reply lost',
  'reply late',
  'crash before',
  'crash after',
  'done twice',
] as const;

/** A process of the service: dead, it does nothing more, and nobody hears from it. */
export class Process implements Effects {
  dead = false;
  /** Things it is at, begun by the scheduler's sources and not ended. */
  busy = 0;

  constructor(
    readonly name: string,
    private readonly scheduler: Scheduler,
    private readonly onCrash: (process: Process) => void = () => undefined,
  ) {}

  effect<T>(label: string, act: () => T | Promise<T>, ready: () => boolean = always): Promise<T> {
    return this.scheduler.park(this, label, act, ready);
  }

  crash(): void {
    if (this.dead) return;
    this.dead = true;
    this.scheduler.drop(this);
    this.onCrash(this);
  }

  /** Begins something; its failure is its own affair, as in the product: logged, and asked again by others. */
  begin(label: string, work: () => Promise<unknown>): void {
    this.busy += 1;
    this.scheduler.note(`${this.name}: begins ${label}`);
    work()
      .catch((error: Error) => this.scheduler.note(`${this.name}: ${label} failed: ${error.message}`))
      .finally(() => (this.busy -= 1));
  }
}

/** Runs one effect at a time, of those that wait; which, and what goes wrong with it, is for the choices to say. */
export class Scheduler {
  readonly trace: string[] = [];
  steps = 0;
  /** Faults that may still happen. */
  faultsLeft = 0;
  /** The product has handed something to `setImmediate`. */
  turnNeeded = false;
  private parked: Parked[] = [];
  private readonly slow: string;
  private readonly passedOverPercent: number;

  constructor(
    readonly choices: Choices,
    private readonly tracing: boolean,
    private readonly faultPercent: number,
  ) {
    this.slow = SLOW[choices.below(SLOW.length)]!;
    this.passedOverPercent = PASSED_OVER_PERCENT[choices.below(PASSED_OVER_PERCENT.length)]!;
  }

  get waiting(): number {
    return this.parked.length;
  }

  note(line: string): void {
    if (this.tracing) this.trace.push(line);
  }

  park<T>(process: Process, label: string, act: () => T | Promise<T>, ready: () => boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (process.dead) return;
      this.parked.push({ process, label, act, ready, resolve: resolve as (value: unknown) => void, reject });
    });
  }

  drop(process: Process): void {
    this.parked = this.parked.filter((one) => one.process !== process);
  }

  /** Whether there was one that could run. */
  runOne(): boolean {
    const ready = this.ready();
    if (ready.length === 0) return false;
    const one = ready[this.choices.below(ready.length)]!;
    this.parked.splice(this.parked.indexOf(one), 1);
    this.steps += 1;
    const fault = this.faultsLeft > 0 && this.choices.chance(this.faultPercent);
    if (!fault) {
      this.note(`${one.process.name}: ${one.label}`);
      run(one);
      return true;
    }
    this.faultsLeft -= 1;
    this.runWith(EFFECT_FAULTS[this.choices.below(EFFECT_FAULTS.length)]!, one);
    return true;
  }

  private ready(): Parked[] {
    const ready = this.parked.filter((one) => one.ready());
    if (this.slow === '' || ready.length < 2) return ready;
    const fast = ready.filter(
      ({ process, label }) => process.name !== this.slow && !label.startsWith(this.slow),
    );
    return fast.length === 0 || !this.choices.chance(this.passedOverPercent) ? ready : fast;
  }

  private runWith(fault: (typeof EFFECT_FAULTS)[number], one: Parked): void {
    const { process, label, act } = one;
    this.note(`${process.name}: ${label}   ← ${fault}`);
    if (fault === 'not sent') return one.reject(lost(label));
    if (fault === 'crash before') return process.crash();
    // BullMQ's connection sends again what was cut off; nobody else's does.
    if (fault === 'done twice' && label.startsWith('queue add')) act();
    if (fault === 'done twice') return run(one);
    if (fault === 'crash after') {
      run({ ...one, resolve: () => undefined, reject: () => undefined });
      return process.crash();
    }
    if (fault === 'reply lost') {
      const lose = () => one.reject(lost(label));
      return run({ ...one, resolve: lose, reject: lose });
    }
    const late = (tell: () => void) =>
      void this.park(process, `hears of ${label}`, () => undefined, always).then(tell, one.reject);
    run({
      ...one,
      resolve: (value) => late(() => one.resolve(value)),
      reject: (error) => late(() => one.reject(error)),
    });
  }

  /**
   * Until everybody waits for an effect again. A tick comes when all promises have been heard of; a turn of the event loop,
   * ten times as dear, is needed only for what the product hands to `setImmediate`.
   */
  settle(): Promise<void> {
    const { turnNeeded } = this;
    this.turnNeeded = false;
    return new Promise((resolve) => (turnNeeded ? setImmediate(resolve) : process.nextTick(resolve)));
  }
}

function lost(label: string): Error {
  return new Error(`the connection was lost: ${label}`);
}

function run({ act, resolve, reject }: Parked): void {
  try {
    resolve(act());
  } catch (error) {
    reject(error as Error);
  }
}
