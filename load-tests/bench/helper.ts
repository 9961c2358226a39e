import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { checkoutRoot, stopProcess } from '@app/local-stack';

const STOP_MS_MAX = 5_000;

/** A process beside the bench: a load, or a bare server. It ends with us, however we end. */
export interface Helper {
  pid: number;
  /** Calls what the process gave to `serveParent` under this name. Rejects with its error, or when it is gone. */
  ask<T>(name: string, payload?: unknown): Promise<T>;
  stop(): Promise<void>;
}

interface Answer {
  id: number;
  result?: unknown;
  error?: string;
}

/** `file`: a module of TypeScript that calls `serveParent`. */
export function startHelper(file: URL, env: Record<string, string> = {}): Helper {
  const child = fork(fileURLToPath(file), {
    cwd: checkoutRoot,
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, ...env },
    // In a session of its own, as the service's processes are: Linux shares a busy machine out by sessions first
    // (sched_autogroup), and a bare server in ours was seen to come out twice as fast for that alone.
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let asked = 0;
  let gone: Error | undefined;
  child.on('message', ({ id, result, error }: Answer) => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) one?.resolve(result);
    else one?.reject(new Error(error));
  });
  child.once('exit', (code, signal) => {
    gone = new Error(`${fileURLToPath(file)} ended (${signal ?? `exit code ${code}`})`);
    for (const { reject } of waiting.values()) reject(gone);
  });
  return {
    pid: child.pid!,
    ask: <T>(name: string, payload?: unknown) =>
      new Promise<T>((resolve, reject) => {
        if (gone) return reject(gone);
        asked += 1;
        waiting.set(asked, { resolve: resolve as (result: unknown) => void, reject });
        child.send({ id: asked, name, payload });
      }),
    async stop() {
      await stopProcess(child, { timeoutMs: STOP_MS_MAX });
    },
  };
}

/** In the helper: answers what the bench asks, until it is told to stop or the bench is gone. */
export function serveParent(handlers: Record<string, (payload: never) => unknown>): void {
  process.on('message', ({ id, name, payload }: { id: number; name: string; payload: never }) => {
    void (async () => {
      try {
        process.send!({ id, result: await handlers[name]!(payload) });
      } catch (error) {
        process.send!({ id, error: (error as Error).stack ?? String(error) });
      }
    })();
  });
  process.on('SIGTERM', () => process.exit(0));
  process.on('disconnect', () => process.exit(0));
}
