import { spawn } from 'node:child_process';
import { join } from 'node:path';
import {
  checkoutRoot,
  freePort,
  guardServer,
  runCommand,
  startTestRedis,
  stopProcess,
  waitUntil,
} from '@app/local-stack';
import { RedisOutbox } from '@app/packet-store';
import { connectMoney, whenReady, type Redis } from '@app/redis';
import { cpuMicrosOf } from './process-cpu.js';
import type { SettlementBench } from './settlement-bench.js';

/** A cold start of Nest on two busy cores was seen to take 6 s. */
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 10_000;

/** CPU microseconds used so far. */
export type SettlementCpu = Record<'worker' | 'postgres' | 'queue' | 'outbox', number>;

/** A worker process on Redis servers of its own: one for the outbox, one for queue and pushes. */
export interface SettlementWorker {
  money: Redis;
  outbox: RedisOutbox;
  cpu(): SettlementCpu;
  /** Prometheus text. */
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

/** `WORKER_NODE_OPTIONS` of the environment go to the worker, for a profile. */
export async function startSettlementWorker({ url, pid }: SettlementBench): Promise<SettlementWorker> {
  const nest = join(checkoutRoot, 'node_modules/@nestjs/cli/bin/nest.js');
  await runCommand(process.execPath, [nest, 'build', 'worker'], { cwd: checkoutRoot });
  const start = () => startTestRedis({ appendOnly: 'always' });
  const [outboxRedis, queueRedis, port] = await Promise.all([start(), start(), freePort()]);
  const money = connectMoney(outboxRedis.url, (role, error) => console.error(role, error.message));
  const stopStores = async () => {
    money.disconnect();
    await Promise.all([outboxRedis.stop(), queueRedis.stop()]);
  };
  try {
    await whenReady(money, 5_000);
    const worker = await startWorker(port, {
      ...{ NODE_ENV: 'test', WORKER_PORT: String(port), DATABASE_URL: url, LOG_LEVEL: 'warn' },
      ...{
        REDIS_MONEY_URL: outboxRedis.url,
        REDIS_QUEUE_URL: queueRedis.url,
        REDIS_SOCKET_URL: queueRedis.url,
      },
      ...{
        JWT_SECRET: 'b'.repeat(32),
        SEED_KEY: '0'.repeat(64),
        NODE_OPTIONS: process.env.WORKER_NODE_OPTIONS,
      },
    });
    return {
      money,
      outbox: new RedisOutbox(money, money, 'bench'),
      cpu: () => ({
        worker: cpuMicrosOf(worker.pid),
        postgres: cpuMicrosOf(pid),
        queue: cpuMicrosOf(queueRedis.pid),
        outbox: cpuMicrosOf(outboxRedis.pid),
      }),
      metrics: async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text(),
      async stop() {
        await worker.stop();
        await stopStores();
      },
    };
  } catch (error) {
    await stopStores();
    throw error;
  }
}

/** The compiled worker, as in production. Ready when every gate is open. */
async function startWorker(
  port: number,
  env: Record<string, string | undefined>,
): Promise<{ pid: number; stop(): Promise<void> }> {
  const entry = join(checkoutRoot, 'dist/apps/worker/src/main.js');
  const child = spawn(process.execPath, [entry], {
    ...{ cwd: checkoutRoot, env: { PATH: process.env.PATH, ...env } },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const pid = child.pid!;
  const guard = guardServer(pid, 'TERM');
  const stop = async () => {
    await stopProcess(child, { timeoutMs: STOP_MS_MAX });
    await guard.release();
  };
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  try {
    await waitUntil(isReady, { what: 'the worker ready', timeoutMs: START_MS_MAX });
    return { pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
