import { Deployment, type Source } from './deployment.js';
import { chooseFaults, type Fault } from './faults.js';
import { noteWhatNobodyKnows } from './lost-with-disk.js';
import { checkLedger, checkOutcome, checkQuiet } from './invariants.js';
import type { Mistakes } from './mistakes.js';
import type { Broken } from './record.js';
import { Choices } from './scheduler/choices.js';
import { Scheduler } from './scheduler/scheduler.js';
import { World } from './world.js';

export interface RunOptions {
  seed: number;
  /** Instead of the seed's: an earlier run's, perhaps made simpler. */
  choices?: readonly number[];
  mistakes?: Mistakes;
  tracing?: boolean;
}

export interface RunResult {
  seed: number;
  broken: Broken[];
  steps: number;
  choices: number[];
  trace: string[];
  acked: number;
  lost: number;
  faults: number;
}

const STEPS_MIN = 30;
const STEPS_MORE = 120;
const FAULTS_MAX = 6;
const EFFECT_FAULT_PERCENT = 3;
/** So many runs end with two restarts that must change nothing. */
const RESTART_PERCENT = 25;
/** Far beyond what any run needed; one that is not quiet by then never will be. */
const QUIET_STEPS_MAX = 2_000;
const TIME_STEPS_MS = [1, 200, 1_000, 5_000, 21_000];

/** One run, from funding to quiet, and what it broke. Everything in it follows from the seed. */
export async function simulate({
  seed,
  choices,
  mistakes = {},
  tracing = false,
}: RunOptions): Promise<RunResult> {
  const made = new Choices(seed, choices);
  const scheduler = new Scheduler(made, tracing, EFFECT_FAULT_PERCENT);
  const world = new World(made, scheduler, mistakes, checkLedger);
  // The product asks the clock of its process for delays alone. Time here is the world's.
  const realNow = Date.now;
  const { stackTraceLimit } = Error;
  Date.now = world.clock;
  // Most of the errors here are faults that were meant.
  if (!tracing) Error.stackTraceLimit = 0;
  try {
    const faults = await new Run(world, scheduler).play();
    const { broken, acked, lostWithDisk } = world.record;
    return {
      ...{ seed, broken, faults, steps: scheduler.steps, choices: made.made, trace: scheduler.trace },
      ...{ acked: acked.size, lost: lostWithDisk.size },
    };
  } finally {
    Date.now = realNow;
    Error.stackTraceLimit = stackTraceLimit;
  }
}

class Run {
  private readonly deployment: Deployment;
  private readonly possible: Fault[];

  constructor(
    private readonly world: World,
    private readonly scheduler: Scheduler,
  ) {
    this.deployment = new Deployment(world);
    this.possible = chooseFaults(world.choices);
  }

  async play(): Promise<number> {
    const { world, scheduler } = this;
    const faults = world.choices.below(FAULTS_MAX + 1);
    scheduler.faultsLeft = faults;
    const until = STEPS_MIN + world.choices.below(STEPS_MORE);
    while (scheduler.steps < until && world.record.broken.length === 0 && this.stepAtRandom())
      await scheduler.settle();
    const happened = faults - scheduler.faultsLeft;
    scheduler.faultsLeft = 0;
    scheduler.note('— no more faults —');
    this.deployment.heal();
    if (!(await this.becomeQuiet())) return happened;
    checkOutcome(world);
    checkQuiet(world);
    if (world.record.broken.length === 0 && world.choices.chance(RESTART_PERCENT)) await this.restartTwice();
    return happened;
  }

  /** An effect, or something new, or a fault, or time goes by. False: there is nothing left to do. */
  private stepAtRandom(): boolean {
    const { world, scheduler, deployment } = this;
    const { choices } = world;
    const kind = choices.below(100);
    if (kind >= 98) return this.passTime(TIME_STEPS_MS[choices.below(TIME_STEPS_MS.length)]!);
    if (kind >= 97) {
      world.older = world.store.copy();
      return true;
    }
    if (kind >= 93 && scheduler.faultsLeft > 0) {
      scheduler.faultsLeft -= 1;
      const { label, happen } = this.possible[choices.below(this.possible.length)]!;
      scheduler.note(`*** ${label}`);
      happen(world, deployment);
      noteWhatNobodyKnows(world, deployment.workers);
      return true;
    }
    if (kind >= 65 && this.begin(deployment.sources())) return true;
    return scheduler.runOne() || this.begin(deployment.sources()) || this.passTime(1_000);
  }

  private begin(sources: Source[]): boolean {
    if (sources.length === 0) return false;
    const { choices } = this.world;
    // The kind first: there are many who could grab, and one who could look at the gates.
    const byLabel = new Map<string, Source[]>();
    for (const source of sources) {
      const alike = byLabel.get(source.label);
      if (alike) alike.push(source);
      else byLabel.set(source.label, [source]);
    }
    const kinds = [...byLabel.values()];
    const alike = kinds[choices.below(kinds.length)]!;
    const { fire } = alike[choices.below(alike.length)]!;
    this.scheduler.steps += 1;
    fire();
    return true;
  }

  private passTime(ms: number): boolean {
    this.world.nowMs += ms;
    this.scheduler.steps += 1;
    this.scheduler.note(`${ms} ms pass`);
    return true;
  }

  /** Without faults, until nothing is left to do. Time passes only when nobody can do anything. */
  private async becomeQuiet(): Promise<boolean> {
    const { world, scheduler, deployment } = this;
    const until = scheduler.steps + QUIET_STEPS_MAX;
    for (;;) {
      if (world.record.broken.length > 0) return false;
      if (scheduler.steps > until) {
        checkOutcome(world);
        checkQuiet(world);
        world.record.breaks('I9', `not quiet after ${QUIET_STEPS_MAX} steps`);
        return false;
      }
      const did = scheduler.runOne() || this.begin(deployment.sources());
      await scheduler.settle();
      if (did || scheduler.runOne() || this.begin(deployment.sources())) continue;
      if (deployment.busy) {
        world.record.breaks('deadlock', 'everybody waits for somebody');
        return false;
      }
      if (this.isQuiet()) return true;
      this.passTime(11_000);
    }
  }

  private isQuiet(): boolean {
    const { world, deployment } = this;
    const { store, settlement, closing, ledger } = world;
    const rows = [...ledger.tables.packets.rows.values()];
    return (
      !deployment.busy &&
      !world.shut &&
      store.size === 0 &&
      settlement.empty &&
      closing.empty &&
      rows.every(({ retiredAt, frozenReason }) => retiredAt || frozenReason)
    );
  }

  /** I10. */
  private async restartTwice(): Promise<void> {
    const { world, deployment } = this;
    const before = digest(world);
    for (let k = 0; k < 2; k += 1) {
      world.store.restart();
      world.ledger.restart();
      world.locks.restart();
      for (const { process } of [deployment.gateway, ...deployment.workers]) process.crash();
      deployment.heal();
      if (!(await this.becomeQuiet())) return;
    }
    if (digest(world) !== before) world.record.breaks('I10', 'a restart changed the ledger');
  }
}

function digest({ ledger }: World): string {
  const { packets, accounts, transfers, claims } = ledger.tables;
  return JSON.stringify([packets, accounts, transfers, claims].map(({ rows }) => [...rows]));
}
