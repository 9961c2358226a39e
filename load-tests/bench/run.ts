import { performance } from 'node:perf_hooks';
import type { Terminal } from '../runner/terminal.ts';
import type { Listed } from './benchmarks.js';
import { leaveScene } from './grabs/scene.js';
import type { BenchContext, Measurement } from './measurement.js';

const REDRAW_MS = 500;
const ROUNDS = 5;
const SHORT = { rounds: 1, scale: 0.02 };

export interface BenchRun {
  measurements: Measurement[];
  /** By id, of those that could not be measured. */
  failures: Record<string, string>;
  notes: string[];
}

/** One after another. One that fails is said, and the others go on; after an abort nothing is begun any more. */
export async function runBenchmarks(
  chosen: readonly Listed[],
  {
    isShort,
    shares,
    terminal,
    signal,
  }: { isShort: boolean; shares?: number; terminal: Terminal; signal: AbortSignal },
): Promise<BenchRun> {
  const run: BenchRun = { measurements: [], failures: {}, notes: [] };
  const startedMs = performance.now();
  for (const [k, benchmark] of chosen.entries()) {
    if (signal.aborted) break;
    if (!benchmark.onScene) await leaveScene();
    const { id, about, usualSeconds } = benchmark;
    const beganMs = performance.now();
    let doing = 'starting';
    const expected = () => {
      const left = chosen.slice(k + 1).reduce((sum, one) => sum + one.usualSeconds, 0);
      const here = (performance.now() - beganMs) / 1_000;
      return secondsSince(startedMs) - here + Math.max(usualSeconds, here) + left;
    };
    const draw = () => {
      const total = isShort ? '' : ` of about ${clock(expected())}`;
      const text = `${id} (${k + 1} of ${chosen.length}) ${about}: ${doing} · ${clock(secondsSince(startedMs))}${total}`;
      terminal.block(
        () => [text],
        () => text,
      );
    };
    const timer = setInterval(draw, REDRAW_MS);
    const context: BenchContext = {
      ...(isShort ? SHORT : { rounds: ROUNDS, scale: 1 }),
      ...(shares === undefined ? {} : { shares }),
      signal,
      progress(text) {
        doing = text;
        draw();
      },
      note(text) {
        run.notes.push(`${id}: ${text}`);
        terminal.line(`${id}  ${text}`);
      },
    };
    try {
      run.measurements.push(...(await benchmark.run(context)));
      terminal.line(`${id}  measured in ${clock(secondsSince(beganMs))}`);
    } catch (error) {
      run.failures[id] = signal.aborted ? 'interrupted' : (error as Error).message;
      terminal.line(`${id}  ${signal.aborted ? 'interrupted' : `FAILED: ${(error as Error).stack}`}`);
      await leaveScene();
    } finally {
      clearInterval(timer);
    }
  }
  await leaveScene();
  return run;
}

function secondsSince(ms: number): number {
  return (performance.now() - ms) / 1_000;
}

/** 75 → `1:15`. */
function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
