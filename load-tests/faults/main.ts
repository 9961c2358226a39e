import { setMaxListeners } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { checkoutRoot } from '@app/local-stack';
import { buildWhatChanged } from '../../apps/launcher/src/build.js';
import { ConsoleReporter } from '../../apps/launcher/src/progress.js';
import { onInterrupt } from '../bench/interrupt.js';
import { parseCommandLine, THREE, threeOf, usage, type FaultsOptions } from './command-line.js';
import type { Fault } from './fault.js';
import { FAULTS } from './kinds/index.js';
import { PLANTS } from './plant.js';
import { run, type RunResult } from './run.js';
import { tableOf } from './table.js';

const MINUTE_MS = 60_000;
const say = (line: string) => void process.stdout.write(`${line}\n`);

/** `npm run faults`. */
async function main(options: FaultsOptions): Promise<number> {
  const signal = onInterrupt(say);
  setMaxListeners(0, signal); // each process and each wait of a run listens
  await buildWhatChanged(checkoutRoot, new ConsoleReporter(), signal);
  const results: RunResult[] = [];
  const failures: string[] = [];
  const untilMs = performance.now() + options.minutes * MINUTE_MS;
  for (let k = 0; k < options.seeds || performance.now() < untilMs; k += 1) {
    for (const names of options.runs) {
      if (signal.aborted || (k >= options.seeds && performance.now() >= untilMs)) break;
      await runOnce(options, names, options.seed + k, signal).then(
        // One that was interrupted says nothing: what it was told to stop looks broken to it.
        (result) => signal.aborted || results.push(result),
        (error: Error) =>
          signal.aborted ||
          failures.push(`${names.join('+')} with seed ${options.seed + k}: ${error.message}`),
      );
      // After each: what was seen is not lost with a run that hangs.
      if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
    }
    if (signal.aborted) break;
  }
  const bad = tell(results);
  for (const line of failures) say(`failed ${line}`);
  return bad || failures.length > 0 || signal.aborted ? 1 : 0;
}

/** What `--json` wrote. */
function kept(file: string): RunResult[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunResult[];
  } catch (error) {
    console.error(`${file} can't be read as results of --json: ${(error as Error).message}`);
    return process.exit(2);
  }
}

/** The table, then what did not hold; true when something did not. */
function tell(results: readonly RunResult[]): boolean {
  if (results.length > 0) say(`\n${tableOf(results)}\n`);
  const broken = results.filter((result) => result.broken.length > 0);
  for (const { fault, seed, broken: lines } of broken)
    for (const { invariant, detail } of lines) say(`broken ${invariant} (${fault}, seed ${seed}): ${detail}`);
  const ended = results.filter((result) => result.ended.length > 0);
  for (const { fault, seed, ended: names } of ended)
    say(`ended by themselves (${fault}, seed ${seed}): ${names.join(', ')}`);
  const wins = results.reduce((sum, { winsChecked }) => sum + winsChecked, 0);
  say(
    `${results.length} runs, ${wins} acked wins looked for in the ledger, ${broken.length} runs with something broken`,
  );
  return broken.length + ended.length > 0;
}

async function runOnce(
  options: FaultsOptions,
  names: string[],
  seed: number,
  signal: AbortSignal,
): Promise<RunResult> {
  const faults: Fault[] =
    names[0] === THREE
      ? threeOf(FAULTS, seed)
      : names.map((name) => FAULTS.find((one) => one.name === name)!);
  const title = faults.map(({ name }) => name).join('+');
  say(`${title}, seed ${seed}: ${faults.map(({ what }) => what).join(' · ')}`);
  const plant = PLANTS.find(({ name }) => name === options.plant);
  const result = await run({
    faults,
    seed,
    isQuick: options.isQuick,
    ...(plant ? { plant } : {}),
    say,
    signal,
  });
  if (signal.aborted) {
    say('  interrupted');
    return result;
  }
  const { grabs, acked, unknown, broken, seconds } = result;
  const verdict =
    broken.length === 0
      ? 'all invariants held'
      : `broken: ${broken.map(({ invariant }) => invariant).join(', ')}`;
  say(`  ${verdict}; ${grabs} grabs, ${acked} acked, ${unknown} unknown, ${seconds} s`);
  return result;
}

let options: ReturnType<typeof parseCommandLine>;
try {
  options = parseCommandLine(
    process.argv.slice(2),
    FAULTS.map(({ name }) => name),
    PLANTS.map(({ name }) => name),
  );
} catch (error) {
  console.error(`${(error as Error).message}\n\n${usage}`);
  process.exit(2);
}
if (options === 'help') say(usage);
else if (options === 'list') {
  for (const { name, what } of FAULTS) say(`${name.padEnd(28)} ${what}`);
  say(`${THREE.padEnd(28)} three of these at the same time, drawn by the seed`);
  for (const { name } of PLANTS) say(`--plant ${name}`);
} else if ('table' in options) process.exit(tell(options.table.flatMap(kept)) ? 1 : 0);
else process.exit(await main(options));
