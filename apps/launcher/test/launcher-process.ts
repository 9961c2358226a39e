import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot, isAlive, waitUntil, whenExited, type ExitStatus } from '@app/local-stack';
import type { LockHolder } from '../src/pid-lock.js';
import type { RunRecord } from '../src/run-file.js';
import { withoutSettings } from '../src/settings.js';

const READY_MS_MAX = 90_000;

/** One `npm start`, as a process, with all that it printed. */
export class LauncherProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<ExitStatus>;
  output = '';
  #ended = false;

  constructor(
    readonly dataDir: string,
    env: Record<string, string>,
    args: string[] = [],
    [program, ...before]: [string, ...string[]] = [
      process.execPath,
      '--import',
      'tsx',
      'apps/launcher/src/main.ts',
    ],
  ) {
    this.child = spawn(program, [...before, ...args], {
      cwd: checkoutRoot,
      env: {
        ...withoutSettings(process.env),
        npm_lifecycle_event: undefined,
        NODE_ENV: 'development',
        HONGBAO_DATA_DIR: dataDir,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => (this.output += chunk));
    }
    this.exited = whenExited(this.child);
    void this.exited.then(() => (this.#ended = true));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The URL of the ready line. */
  async ready(): Promise<string> {
    await this.says(/^ready http:\S+$/m);
    return /^ready (http:\S+)$/m.exec(this.output)?.[1] ?? '';
  }

  async says(pattern: RegExp): Promise<void> {
    const said = () => {
      if (!pattern.test(this.output) && this.#ended)
        throw new Error(`ended before ${pattern}:\n${this.output}`);
      return pattern.test(this.output);
    };
    await waitUntil(said, { what: `${pattern} in:\n${this.output}`, timeoutMs: READY_MS_MAX });
  }

  record(): RunRecord & LockHolder {
    return JSON.parse(readFileSync(join(this.dataDir, 'run.json'), 'utf8')) as RunRecord & LockHolder;
  }

  /** Ends with SIGTERM and says how long that took. */
  async stop(): Promise<ExitStatus & { tookMs: number }> {
    const beganMs = performance.now();
    this.child.kill('SIGTERM');
    const status = await this.exited;
    return { ...status, tookMs: performance.now() - beganMs };
  }
}

/**
 * Every process that works for this data folder: named in its command line, or inherited in its environment. The guards
 * and anything else that no record lists are found too. Linux only; elsewhere nothing is found.
 */
export function processesOf(dataDir: string): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isAlive(Number(name)))
    .filter((name) =>
      ['cmdline', 'environ'].some((file) => readQuietly(`/proc/${name}/${file}`).includes(dataDir)),
    )
    .map(Number);
}

function readQuietly(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
