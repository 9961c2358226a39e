import { writeFileSync } from 'node:fs';
import { Terminal } from '../runner/terminal.ts';
import { benchmarks } from './benchmarks.js';
import { parseCommandLine, usage, type BenchOptions } from './command-line.js';
import { onInterrupt } from './interrupt.js';
import { commit, thisMachine } from './machine.js';
import { keepResult } from './results.js';
import { runBenchmarks } from './run.js';
import { tableOf } from './table.js';

/** `npm run bench`. Each benchmark starts what it needs, and leaves nothing behind. */
async function main({ ids, isShort, json, keep, shares }: BenchOptions): Promise<number> {
  const terminal = new Terminal();
  const signal = onInterrupt((text) => terminal.line(text));
  const [machine, startedAt, startedMs] = [thisMachine(), new Date().toISOString(), performance.now()];
  const chosen = benchmarks.filter(({ id }) => ids.includes(id));
  const run = await runBenchmarks(chosen, {
    isShort,
    ...(shares === undefined ? {} : { shares }),
    terminal,
    signal,
  });
  const { measurements, failures } = run;

  if (measurements.length > 0) terminal.line(`\n${tableOf(measurements, !isShort)}\n`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(measurements, null, 2)}\n`);
  if (keep && !signal.aborted) {
    const seconds = (performance.now() - startedMs) / 1_000;
    const files = keepResult({ startedAt, seconds, commit: commit(), machine, ...run });
    terminal.line(`kept in ${files.json} and ${files.page}`);
  }
  const failed = Object.entries(failures).map(([id, reason]) => `${id} could not be measured: ${reason}`);
  const missed = isShort
    ? []
    : measurements.filter(({ met }) => !met).map(({ id, work }) => `${id} not met: ${work}`);
  for (const line of [...failed, ...missed]) terminal.line(line);
  return failed.length + missed.length > 0 || signal.aborted ? 1 : 0;
}

let options: BenchOptions | 'help';
try {
  options = parseCommandLine(
    process.argv.slice(2),
    benchmarks.map(({ id }) => id),
  );
} catch (error) {
  console.error(`${(error as Error).message}\n\n${usage}`);
  process.exit(2);
}
if (options === 'help') console.log(usage);
// Everything is stopped by now; a socket that lingers must not keep us.
else process.exit(await main(options));
