import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** How a process ended: one of the two is set. */
export interface ExitStatus {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A server on this machine that the caller owns. */
export interface LocalServer {
  url: string;
  port: number;
  pid: number;
  exited: Promise<ExitStatus>;
  /** Orderly, and by force once its time is up. Safe to call twice. */
  stop(): Promise<void>;
  /** As a crash would: SIGKILL for it and its children. */
  kill(): Promise<void>;
}

const POLL_MS = 25;
/** Enough of an output to see what went wrong, little enough to keep in memory. */
const OUTPUT_CHARS_MAX = 20_000;

/** Settles when the process is gone; also when it never came to life. */
export function whenExited(child: ChildProcess): Promise<ExitStatus> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return Promise.resolve({ code: child.exitCode, signal: child.signalCode });
  }
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => {
      if (child.pid === undefined) resolve({ code: 127, signal: null });
    });
  });
}

/** Asks with `signal`, waits `timeoutMs`, then kills. Returns once the process is gone. */
export async function stopProcess(
  child: ChildProcess,
  { signal = 'SIGTERM', timeoutMs }: { signal?: NodeJS.Signals; timeoutMs: number },
): Promise<ExitStatus> {
  const exited = whenExited(child);
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  try {
    return await exited;
  } finally {
    clearTimeout(timer);
  }
}

/** A zombie counts as gone: it does nothing, and in a container without an init nobody may ever collect it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return process.platform !== 'linux';
  }
}

/** Polls until `check` is true. Throws what `signal` says when aborted, and names `what` when the time is up. */
export async function waitUntil(
  check: () => boolean | Promise<boolean>,
  { what, timeoutMs, signal }: { what: string; timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<void> {
  const endsAtMs = performance.now() + timeoutMs;
  while (!(await check())) {
    signal?.throwIfAborted();
    if (performance.now() > endsAtMs) throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
    await delay(POLL_MS, undefined, { signal });
  }
}

/** Waits for processes that need not be children of this one. */
export async function waitUntilGone(pids: number[], timeoutMs: number): Promise<void> {
  await waitUntil(() => !pids.some(isAlive), { what: `the end of process ${pids.join(', ')}`, timeoutMs });
}

/** Runs a command to its end. Rejects with its output when it fails, and kills it when `signal` aborts. */
export async function runCommand(
  command: string,
  args: string[],
  options: SpawnOptions & {
    signal?: AbortSignal | undefined;
    onLine?: ((line: string) => void) | undefined;
  } = {},
): Promise<string> {
  const { onLine, ...spawnOptions } = options;
  options.signal?.throwIfAborted();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...spawnOptions });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-OUTPUT_CHARS_MAX);
      for (const line of chunk.split('\n')) if (line.trim()) onLine?.(line.trim());
    });
  }
  const status = await new Promise<ExitStatus>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  if (status.code === 0) return output;
  throw new Error(`${command} failed (${status.signal ?? `exit code ${status.code}`}): ${output.trim()}`);
}
