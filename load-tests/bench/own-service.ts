import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { settingsSchema } from '@app/config';
import {
  checkoutRoot,
  freePort,
  guardServer,
  removePostgres,
  startPostgres,
  startRedis,
  stopProcess,
  throwawayFolder,
  waitUntil,
  whenExited,
} from '@app/local-stack';
import type { BenchContext } from './measurement.js';

/** The first start of a checkout builds it. */
const START_MS_MAX = 240_000;
const STOP_MS_MAX = 12_000;
const OUTPUT_CHARS_MAX = 4_000;

/** The whole service, started as `npm start` does, with stores of its own: durability is on in both. */
export interface OwnService {
  url: string;
  redisUrl: string;
  databaseUrl: string;
  /** The settings that its processes got, JWT_SECRET among them. */
  env: Record<string, string>;
  /** Of `postgres` the postmaster, whose children work for it. */
  pids: Record<'gateway' | 'api' | 'worker' | 'redis' | 'postgres', number>;
  /** Ends all of it and deletes its data. */
  stop(): Promise<void>;
}

/** `env`: settings over the usual ones, and what else its processes need, such as NODE_OPTIONS. Leaves nothing when it throws. */
export async function startOwnService(
  { signal, progress }: BenchContext,
  { name, env = {} }: { name: string; env?: Record<string, string> },
): Promise<OwnService> {
  const folder = throwawayFolder(`bench-${name}`);
  const dataDir = join(folder, 'data');
  const postgresDir = join(folder, 'postgres');
  const undo: (() => Promise<unknown> | void)[] = [
    () => rmSync(folder, { recursive: true, force: true }),
    () => removePostgres(postgresDir),
  ];
  const stop = async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    progress('starting Redis and Postgres');
    const redis = await startRedis({ dir: join(folder, 'redis'), signal });
    undo.push(() => redis.stop());
    const postgres = await startPostgres({ dir: postgresDir, signal });
    undo.push(() => postgres.stop());
    progress('starting the service');
    const stores = { DATABASE_URL: postgres.url, ...redisUrls(redis.url) };
    const url = await startLauncher({ ...stores, ...env }, dataDir, signal, undo);
    const record = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as {
      env: Record<string, string>;
      pids: Record<'gateway' | 'api' | 'worker', number>;
    };
    return {
      ...{ url, redisUrl: redis.url, databaseUrl: postgres.url, env: record.env },
      pids: { ...record.pids, redis: redis.pid, postgres: postgres.pid },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** All four, for a `.env` in the checkout must not lead to another Redis. */
const redisUrls = (url: string) => ({
  ...{ REDIS_URL: url, REDIS_MONEY_URL: url, REDIS_QUEUE_URL: url, REDIS_SOCKET_URL: url },
});

/** Settings of the person who runs the bench are left out. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !(name in settingsSchema.shape) && !name.startsWith('npm_')),
  );
}

async function startLauncher(
  env: Record<string, string>,
  dataDir: string,
  signal: AbortSignal,
  undo: (() => Promise<unknown> | void)[],
): Promise<string> {
  const port = await freePort();
  const child = spawn(process.execPath, ['--import', 'tsx', 'apps/launcher/src/main.ts'], {
    cwd: checkoutRoot,
    env: {
      ...withoutSettings(process.env),
      ...{ NODE_ENV: 'development', DEMO_ROBOTS: '0', LOG_LEVEL: 'warn', PORT: String(port) },
      ...{ HONGBAO_DATA_DIR: dataDir, ...env },
    },
    detached: true, // Ctrl-C in the terminal is for the bench, which stops this in its turn
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.pid === undefined) throw new Error(`${process.execPath} can't be run`);
  const guard = guardServer(child.pid, 'TERM');
  undo.push(async () => {
    await stopProcess(child, { timeoutMs: STOP_MS_MAX });
    await guard.release();
  });
  await whenReady(child, signal);
  return `http://127.0.0.1:${port}`;
}

async function whenReady(child: ChildProcess, signal: AbortSignal): Promise<void> {
  let [output, isReady, isGone] = ['', false, false];
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_CHARS_MAX);
      isReady ||= /^ready http/m.test(output);
    });
  void whenExited(child).then(() => (isGone = true));
  const look = () => {
    if (isGone) throw new Error(`the service did not start:\n${output}`);
    return isReady;
  };
  await waitUntil(look, { what: `the service ready (it said: ${output})`, timeoutMs: START_MS_MAX, signal });
}
