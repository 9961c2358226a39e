import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkoutRoot,
  freePort,
  removePostgres,
  startFaultProxy,
  startRedis,
  stopProcess,
  throwawayFolder,
  whenExited,
} from '@app/local-stack';
import type { Result } from '../../model/result.ts';
import type { Workload } from '../../model/workload.ts';
import { runWorkload } from '../run.ts';
import { findTarget } from '../target.ts';
import type { Terminal } from '../terminal.ts';

const START_MS_MAX = 180_000;
const STOP_MS_MAX = 15_000;
/** The first seconds of a service that has only just begun are slow of themselves. */
const WARM_UP_SECONDS = 5;

export interface FaultOptions {
  workload: Workload;
  scale?: number;
  /** Of the load, and of the fault within it. */
  seconds: number;
  fromSecond: number;
  untilSecond: number;
  delayMs: number;
  seed: number;
  name?: string;
  terminal: Terminal;
  signal: AbortSignal;
}

export interface FaultFound {
  result: Result;
  /** p99 in milliseconds of shares that were won, in the middle one of the seconds before the fault, in it, and after it. */
  before: number;
  during: number;
  after: number;
}

/** A service of its own whose Redis is behind a slow proxy for some seconds of a load. */
export async function runWithSlowRedis(options: FaultOptions): Promise<FaultFound> {
  const { terminal, fromSecond, untilSecond, delayMs, signal } = options;
  const folder = throwawayFolder('slow-redis');
  const dataDir = join(folder, 'data');
  const undo: (() => Promise<unknown> | void)[] = [
    () => rmSync(folder, { recursive: true, force: true }),
    () => removePostgres(join(dataDir, 'postgres')),
  ];
  try {
    const redis = await startRedis({
      dir: join(folder, 'redis'),
      onProgress: (line) => terminal.line(`  ${line}`),
    });
    undo.push(() => redis.stop());
    const proxy = await startFaultProxy(redis.url);
    undo.push(() => proxy.stop());
    terminal.line('starting a service whose Redis is behind a proxy');
    const url = await startService(proxy.url, dataDir, terminal, undo);
    const target = findTarget(url, { HONGBAO_DATA_DIR: dataDir });
    const { result } = await runWorkload({
      ...{ workload: options.workload, target, seconds: options.seconds, seed: options.seed, processes: 1 },
      ...(options.scale === undefined ? {} : { scale: options.scale }),
      ...(options.name === undefined ? {} : { name: options.name }),
      marks: [{ atSecond: fromSecond, untilSecond, what: `Redis ${delayMs} ms slower`, kind: 'fault' }],
      onPlan: ({ startsAtMs }) => {
        const at = (second: number, ms: number) =>
          setTimeout(() => proxy.delay(ms), startsAtMs + second * 1_000 - Date.now()).unref();
        at(fromSecond, delayMs);
        at(untilSecond, 0);
      },
      ...{ terminal, signal },
    });
    return { result, ...p99sOf(result, options) };
  } finally {
    for (const step of undo.toReversed()) await step();
  }
}

/** As a person would: `npm start` with a REDIS_URL, on a free port and with a data folder of its own. */
async function startService(
  redisUrl: string,
  dataDir: string,
  terminal: Terminal,
  undo: (() => Promise<unknown> | void)[],
): Promise<string> {
  const port = await freePort();
  const child = spawn(process.execPath, ['--import', 'tsx', 'apps/launcher/src/main.ts'], {
    cwd: checkoutRoot,
    env: {
      ...process.env,
      ...{ PORT: String(port), REDIS_URL: redisUrl, HONGBAO_DATA_DIR: dataDir, DEMO_ROBOTS: '0' },
      NODE_ENV: 'development',
    },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  undo.push(() => stopProcess(child, { timeoutMs: STOP_MS_MAX }));
  await whenReady(child, (line) => terminal.line(`  ${line}`));
  return `http://127.0.0.1:${port}`;
}

function whenReady(child: ChildProcess, say: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const tooLong = setTimeout(() => reject(new Error('the service was not ready in time')), START_MS_MAX);
    const settle = (settled: () => void) => {
      clearTimeout(tooLong);
      settled();
    };
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\n').filter((one) => one.trim())) {
          if (line.startsWith('ready ')) settle(resolve);
          else if (!/^ {2}(sign in|API|logs|stop|curl| )/.test(line)) say(line.trim());
        }
      });
    void whenExited(child).then(() => settle(() => reject(new Error('the service ended at its start'))));
  });
}

/** The second in which the fault begins and the one in which it ends are half of each, and count for neither. */
export function p99sOf(
  result: Result,
  { fromSecond, untilSecond, seconds }: Pick<FaultOptions, 'fromSecond' | 'untilSecond' | 'seconds'>,
): Pick<FaultFound, 'before' | 'during' | 'after'> {
  const p99 = result.series.times['grab.open']?.p99 ?? [];
  // The middle, for a moment in which something else took the machine is no fault of ours.
  const middle = (from: number, until: number) => {
    const seen = p99.slice(Math.ceil(from), Math.floor(until)).filter((value) => value !== null);
    return seen.toSorted((a, b) => a - b)[Math.floor(seen.length / 2)] ?? 0;
  };
  return {
    before: middle(WARM_UP_SECONDS, fromSecond - 1),
    during: middle(fromSecond + 1, untilSecond - 1),
    after: middle(untilSecond + 2, seconds),
  };
}
