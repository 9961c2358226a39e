import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Result } from '../model/result.ts';
import { curveOfCsv } from '../setup/curve-csv.ts';
import { PlanError } from '../setup/make-plan.ts';
import { parseCommandLine, usage, UsageError, type Command } from './command-line.ts';
import { EXIT, RunError, runWorkload } from './run.ts';
import { onInterrupt } from './interrupt.ts';
import { findTarget } from './target.ts';
import { Terminal } from './terminal.ts';
import { mergeRun, prepareRun } from './distributed.ts';

/** `npm run load -- …`. Gives the exit code: 0 all verdicts met and the money right, 1 not so, 2 could not be run. */
export async function runCommandLine(args: string[], terminal = new Terminal()): Promise<number> {
  try {
    const command = parseCommandLine(args);
    if (command.kind === 'list') {
      terminal.line(usage());
      return EXIT.good;
    }
    const signal = onInterrupt((text) => terminal.line(text));
    return await execute(command, terminal, signal);
  } catch (error) {
    terminal.line(describe(error));
    return EXIT.couldNotRun;
  }
}

async function execute(
  command: Exclude<Command, { kind: 'list' }>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const compare = command.compareFile === undefined ? undefined : readResult(command.compareFile);
  if (command.kind === 'merge') {
    const { exitCode } = await mergeRun({ ...command, ...(compare ? { compare } : {}), terminal });
    return exitCode;
  }
  const { workload, scale, seconds, seed, processes, marks, keep, curveFile, out } = command;
  const target = findTarget(command.target);
  const shape = {
    ...{ workload, target, seed, processes },
    ...(scale === undefined ? {} : { scale }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(curveFile === undefined ? {} : { curve: curveOfCsv(readText(curveFile), curveFile) }),
  };
  if (command.kind === 'prepare') {
    await prepareRun({ ...shape, out, startInSeconds: command.startInSeconds, terminal });
    return EXIT.good;
  }
  const { exitCode } = await runWorkload({
    ...{ ...shape, marks, keep, terminal, signal },
    ...(compare ? { compare } : {}),
    ...(out === undefined ? {} : { name: resultName(out) }),
  });
  return exitCode;
}

function readResult(file: string): Result {
  try {
    const result = JSON.parse(readText(file)) as Result;
    if (result.version === 1 && result.series !== undefined) return result;
  } catch (error) {
    if (error instanceof UsageError) throw error;
  }
  throw new UsageError(`${file} is no result of a run: --compare takes the JSON file that one wrote`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} can't be read: ${(error as Error).message}`);
  }
}

/** The results all lie in one folder. */
function resultName(out: string): string {
  if (basename(out) === out && /^[\w.-]+$/.test(out)) return out.replace(/\.(json|html)$/, '');
  throw new UsageError(`--out is a name without folders, of letters, digits, dots and hyphens, not ${out}`);
}

function describe(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n\n${usage()}`;
  if (error instanceof PlanError || error instanceof RunError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
