import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot, guardServer, whenExited, type ExitStatus } from '@app/local-stack';

export const PLAYER = join(checkoutRoot, 'load-tests/k6/play.ts');
const LAST_LINES = 12;
/** What k6 ends with when it was told to: by SIGINT. */
const EXIT_CODE_STOPPED = 105;

export interface K6Options {
  path: string;
  planFile: string;
  /** Which of how many, from 0. */
  part: number;
  parts: number;
  folder: string;
}

export interface K6Process {
  pid: number;
  name: string;
  /** Where its lines come. */
  linesFile: string;
  exited: Promise<ExitStatus>;
  /** SIGINT: it ends at once, and what it has not printed is lost. */
  interrupt(): void;
  kill(): void;
  lastLines(): string;
}

export function linesFileOf(part: number): string {
  return `lines-${part + 1}.jsonl`;
}

/**
 * k6's own metrics, summary and usage report are left out: the lines say all, and the metrics of each message would cost as much
 * again as the message.
 */
export function k6Arguments(
  { planFile, part, parts }: Pick<K6Options, 'planFile' | 'part' | 'parts'>,
  linesFile: string,
  player = PLAYER,
): string[] {
  const at = (k: number) => (k === 0 ? '0' : k === parts ? '1' : `${k}/${parts}`);
  const sequence = Array.from({ length: parts + 1 }, (_, k) => at(k)).join(',');
  return [
    'run',
    ...['--quiet', '--no-usage-report', '--no-color', '--no-thresholds', '--summary-mode', 'disabled'],
    ...['-e', `PLAN=${planFile}`, '--console-output', linesFile, '--log-format', 'raw'],
    ...(parts > 1
      ? ['--execution-segment', `${at(part)}:${at(part + 1)}`, '--execution-segment-sequence', sequence]
      : []),
    player,
  ];
}

/**
 * Out of the terminal's process group, for one Ctrl-C is for us to pass on; a guard ends it when we are gone, however that
 * came about.
 */
export function startK6(options: K6Options): K6Process {
  const { path, part, parts, folder } = options;
  const linesFile = join(folder, linesFileOf(part));
  const logFile = join(folder, `k6-${part + 1}.log`);
  const log = openSync(logFile, 'a');
  const child = spawn(path, k6Arguments(options, linesFile), {
    cwd: folder,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const exited = whenExited(child);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${path} can't be run`);
  const guard = guardServer(pid, 'INT');
  return {
    pid,
    name: parts > 1 ? `k6 ${part + 1}` : 'k6',
    linesFile,
    exited: exited.then(async (status) => {
      await guard.release();
      return status;
    }),
    interrupt: () => void child.kill('SIGINT'),
    kill: () => void child.kill('SIGKILL'),
    lastLines: () => readFileSync(logFile, 'utf8').trim().split('\n').slice(-LAST_LINES).join('\n'),
  };
}

/** Undefined when it played its part, or was told to stop. */
export function failureOf({ code, signal }: ExitStatus, wasStopped: boolean): string | undefined {
  if (code === 0 || (wasStopped && (code === EXIT_CODE_STOPPED || signal !== null))) return undefined;
  return signal ? `k6 was ended by ${signal}` : `k6 ended with exit code ${code}`;
}
