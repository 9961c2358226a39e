import { join } from 'node:path';
import type { ExitStatus } from '@app/local-stack';
import type { Plan } from '../model/plan.ts';
import { brokenSince, type BreakRule } from './breakpoint.ts';
import { eachSecond } from './each-second.ts';
import type { FoundK6 } from './find-k6.ts';
import { failureOf, startK6, type K6Process } from './k6-process.ts';
import { Merged } from './merge.ts';
import { MetricsSampler } from './metrics-sampler.ts';
import { ProcSampler } from './proc-sampler.ts';
import { SaturationLog } from './saturation.ts';
import { Tail } from './tail.ts';
import type { Target } from './target.ts';
import { viewLine, viewLines } from './terminal-view.ts';
import type { Terminal } from './terminal.ts';

const LOOK_MS = 250;
/** After the load, its tail and the last answer k6 should be gone; what then still hangs is ended. */
const OVERTIME_SECONDS = 45;
const INTERRUPT_MS_MAX = 10_000;

export interface PlayOptions {
  plan: Plan;
  scale: number;
  k6: FoundK6;
  processes: number;
  target: Target;
  /** Holds plan.json; gets the lines and logs. */
  folder: string;
  breakRule: BreakRule | undefined;
  terminal: Terminal;
  /** Stops k6; what was heard until then counts. */
  signal: AbortSignal;
}

export interface Played {
  merged: Merged;
  log: SaturationLog;
  /** Undefined when the load was played to its end. */
  stopped?: 'breakpoint' | 'by hand' | 'k6 failed' | 'overtime';
  brokeAtSecond?: number;
  /** Of k6 processes that failed, each with the last lines of its log. */
  failures: string[];
}

/** Lets k6 play the plan, watching; returns when all of its processes are gone. */
export async function play(options: PlayOptions): Promise<Played> {
  const { plan, k6, processes, folder } = options;
  const merged = new Merged();
  const parts = Array.from({ length: processes }, (_, part) =>
    startK6({ path: k6.path, planFile: join(folder, 'plan.json'), part, parts: processes, folder }),
  );
  const tails = parts.map(({ linesFile }) => new Tail(linesFile, (line) => merged.addText(line)));
  const { log, stop } = sample(plan, options.target, parts);
  try {
    const watch = new Watch(options, merged, log, parts);
    const statuses = await watch.untilGone(() => tails.forEach((tail) => tail.read()));
    for (const tail of tails) tail.finish();
    const failures = statuses.flatMap((status, k) => {
      const failure = failureOf(status, watch.stopped !== undefined);
      return failure ? [`${failure}${withLines(parts[k]!.lastLines())}`] : [];
    });
    const stopped = watch.stopped ?? (failures.length > 0 ? 'k6 failed' : undefined);
    return {
      ...{ merged, log, failures },
      ...(stopped && { stopped }),
      ...(watch.brokeAtSecond === undefined ? {} : { brokeAtSecond: watch.brokeAtSecond }),
    };
  } finally {
    stop();
    for (const part of parts) part.kill();
  }
}

const withLines = (lines: string) => (lines ? `; its last lines:\n${lines}` : '');

/** Looks at the service and at k6 once a second. */
function sample(plan: Plan, target: Target, parts: K6Process[]): { log: SaturationLog; stop: () => void } {
  const log = new SaturationLog();
  const k6Pids = Object.fromEntries(parts.map(({ name, pid }) => [name, pid]));
  const pids = () => ({ ...target.local?.pids(), ...k6Pids });
  const proc = new ProcSampler(pids, log);
  const seen = new Set(process.platform === 'linux' ? Object.keys(target.local?.pids() ?? {}) : []);
  const metrics = new MetricsSampler(target.url, log, seen);
  const looking = eachSecond(plan.startsAtMs, target.clockAheadMs ?? 0, (second) => {
    proc.look(second);
    return metrics.look(second);
  });
  return { log, stop: () => looking.stop() };
}

/** Draws, and stops k6 when it is time to. */
class Watch {
  stopped: Played['stopped'];
  brokeAtSecond: number | undefined;
  private gone = 0;

  constructor(
    private readonly options: PlayOptions,
    private readonly merged: Merged,
    private readonly log: SaturationLog,
    private readonly parts: K6Process[],
  ) {}

  async untilGone(read: () => void): Promise<ExitStatus[]> {
    const exits = this.parts.map(({ exited }) =>
      exited.then((status) => {
        this.gone += 1;
        // Half of a load is another load than the planned one.
        if (failureOf(status, this.stopped !== undefined)) this.stop('k6 failed');
        return status;
      }),
    );
    let aborted = false;
    const onAbort = () => {
      aborted = true;
      this.stop('by hand');
    };
    const { signal } = this.options;
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted && !aborted) onAbort();
    const timer = setInterval(() => this.look(read), LOOK_MS);
    try {
      return await Promise.all(exits);
    } finally {
      clearInterval(timer);
      signal.removeEventListener('abort', onAbort);
      read();
      this.draw();
      this.options.terminal.keep();
    }
  }

  private get elapsed(): number {
    const { plan, target } = this.options;
    return (Date.now() + (target.clockAheadMs ?? 0) - plan.startsAtMs) / 1_000;
  }

  private look(read: () => void): void {
    read();
    this.draw();
    const { plan, breakRule } = this.options;
    const { elapsed } = this;
    if (breakRule && this.brokeAtSecond === undefined && elapsed <= plan.seconds) {
      this.brokeAtSecond = brokenSince(this.merged, breakRule, elapsed);
      if (this.brokeAtSecond !== undefined) this.stop('breakpoint');
    }
    const lastSecond = plan.seconds + plan.tailSeconds + plan.answerMsMax / 1_000 + OVERTIME_SECONDS;
    if (elapsed > lastSecond) this.stop('overtime');
  }

  private draw(): void {
    const { plan, scale, terminal } = this.options;
    const view = { plan, scale, merged: this.merged, log: this.log, elapsed: this.elapsed };
    terminal.block(
      () => viewLines(view, terminal.columns),
      () => viewLine(view),
    );
  }

  private stop(why: NonNullable<Played['stopped']>): void {
    if (this.stopped) return;
    this.stopped = why;
    for (const part of this.parts) part.interrupt();
    setTimeout(() => this.parts.forEach((part) => part.kill()), INTERRUPT_MS_MAX).unref();
  }
}
