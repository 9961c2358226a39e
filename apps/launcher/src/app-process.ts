import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { guardServer, stopProcess, waitUntil, whenExited, type ExitStatus } from '@app/local-stack';
import { AppLog } from './app-log.js';
import type { Running } from './supervised.js';

/** A cold start of Nest on two busy cores was seen to take 6 s. */
const READY_MS_MAX = 60_000;
const READY_ASK_MS_MAX = 2_000;
/** Two such stages and 3 s for the stores fit into the 10 s that stopping may take. */
const STOP_MS_MAX = 3_000;
const KILL_MS_MAX = 1_000;
const TAIL_LINES = 12;

export interface AppOptions {
  name: string;
  root: string;
  env: Record<string, string | undefined>;
  logFile: string;
  /** Answers 200 once the process can serve; without it, it counts as up at once. */
  readyUrl?: string;
  /** Told of the pid as soon as there is one, before it is ready. */
  onPid: (pid: number) => void;
  note: (line: string) => void;
}

/** Starts `dist/apps/<name>/src/main.js` and waits until it is ready. Throws with the end of its log when it is not. */
export async function startApp(options: AppOptions, signal: AbortSignal): Promise<Running> {
  signal.throwIfAborted();
  const log = new AppLog(options.logFile, (line) => options.note(`${options.name}: ${line}`));
  const child = spawnApp(options);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => log.write(chunk));
  }
  const exited = whenExited(child);
  const drained = new Promise<void>((resolve) => child.once('close', () => resolve()));
  void drained.then(() => log.close());
  if (child.pid === undefined) throw new Error(`${process.execPath} can't be run`);
  options.onPid(child.pid);
  // It ends by itself when its IPC channel does; but one whose launcher is killed during its start does not listen yet,
  // and one was seen to hang in its own end, with nobody left to kill it.
  const guard = guardServer(child.pid, 'TERM');
  void exited.then(() => guard.release());

  let died: ExitStatus | undefined;
  void exited.then((status) => (died = status));
  try {
    const isReady = async () => {
      if (died) throw new Error(`ended with ${died.signal ?? `exit code ${died.code}`}`);
      return !options.readyUrl || (await answers200(options.readyUrl, signal));
    };
    await waitUntil(isReady, { what: `ready at ${options.readyUrl}`, timeoutMs: READY_MS_MAX, signal });
  } catch (error) {
    await stopProcess(child, { timeoutMs: STOP_MS_MAX });
    await guard.release();
    signal.throwIfAborted();
    await drained;
    throw new Error(
      `${options.name}: ${(error as Error).message}. The end of ${options.logFile}:\n${log.tail(TAIL_LINES)}`,
      { cause: error },
    );
  }
  return {
    pid: child.pid,
    exited,
    async stop() {
      await stopProcess(child, { timeoutMs: STOP_MS_MAX });
      await guard.release();
    },
    async kill() {
      await stopProcess(child, { signal: 'SIGKILL', timeoutMs: KILL_MS_MAX });
      await guard.release();
    },
  };
}

/**
 * In a group of its own, so that Ctrl-C reaches it once, from us, in its turn; and with an IPC channel whose end tells it
 * that the launcher was killed.
 */
function spawnApp({ name, root, env }: AppOptions): ChildProcess {
  const entry = join(root, `dist/apps/${name}/src/main.js`);
  return spawn(process.execPath, ['--enable-source-maps', entry], {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

async function answers200(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(READY_ASK_MS_MAX)]),
    });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
