import { rmSync } from 'node:fs';
import { Queue } from 'bullmq';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  createTestDatabase,
  startFaultProxy,
  startRedis,
  startTestRedis,
  throwawayFolder,
  withClient,
} from '@app/local-stack';
import { Metrics } from '@app/observability';
import { queueOptions, QUEUES } from '@app/queues';
import { connectQueue } from '@app/redis';
import { until } from '@app/testing';
import { StoresMetrics } from '../src/metrics/stores-metrics.js';

/** What a scrape may take with a store away: the deadline of one read, and some for a busy machine. */
const SCRAPE_MS_MAX = 1_500;

const endings: (() => Promise<unknown>)[] = [];
const atEnd = (work: () => Promise<unknown>) => endings.unshift(work);
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

let databaseUrl: string;
beforeEach(async () => {
  const database = await createTestDatabase(inject('databaseUrl'));
  atEnd(() => database.drop());
  databaseUrl = database.url;
});

async function ownRedis(...extraArgs: string[]) {
  const server = await startTestRedis({ appendOnly: 'off', extraArgs });
  atEnd(() => server.stop());
  return server;
}

/** Every series of ours by its name with labels, as Prometheus would read them. */
function watch(urls: { money: string; queues?: string; sockets?: string; database?: string }) {
  const metrics = new Metrics('worker');
  const { money, queues = money, sockets = money, database = databaseUrl } = urls;
  const stores = new StoresMetrics(metrics, { money, queues, sockets, database });
  atEnd(() => stores.close());
  return async (): Promise<Record<string, number>> => {
    const text = await metrics.textWith([]);
    const lines = text.split('\n').filter((line) => line.startsWith('hongbao_'));
    return Object.fromEntries(
      lines.map((line) => {
        const [name, value] = line.replace(/,?app="worker"/, '').split(' ');
        return [name!.replace('{}', ''), Number(value)];
      }),
    );
  };
}

const about = (series: Record<string, number>, what: string) =>
  Object.keys(series).filter((name) => name.startsWith(`hongbao_${what}`));

/** The observer's connections are made by and by. */
const whenSeen = (scrape: () => Promise<Record<string, number>>, name: string) =>
  until(`${name} is shown`, async () => {
    const series = await scrape();
    return name in series ? series : undefined;
  });

const CPU = 'hongbao_redis_cpu_seconds_total{role="money"}';
const TRANSACTIONS = 'hongbao_postgres_transactions_total';

describe('metrics of Redis', () => {
  it('tell what the server itself counts, with its limit of memory', async () => {
    const { url } = await ownRedis('--maxmemory', '50mb');
    const scrape = watch({ money: url });
    const before = await whenSeen(scrape, CPU);
    expect(before['hongbao_redis_memory_max_bytes{role="money"}']).toBe(50 * 1024 * 1024);
    expect(before['hongbao_redis_memory_bytes{role="money"}']).toBeGreaterThan(500_000);
    expect(before['hongbao_redis_clients{role="money"}']).toBe(1);

    const client = connectQueue(url, () => {});
    atEnd(() => client.quit());
    for (let k = 0; k < 500; k++) await client.set(`key-${k}`, 'x'.repeat(1_000));
    const after = await scrape();
    expect(after['hongbao_redis_clients{role="money"}']).toBe(2);
    const commands = 'hongbao_redis_commands_total{role="money"}';
    expect(after[commands]! - before[commands]!).toBeGreaterThanOrEqual(500);
    expect(after[commands]! - before[commands]!).toBeLessThan(600);
    const memory = 'hongbao_redis_memory_bytes{role="money"}';
    expect(after[memory]! - before[memory]!).toBeGreaterThan(500_000);
    expect(after[CPU]).toBeGreaterThan(before[CPU]!);
  });

  it('are given once, for money, where the roles share a server, even by different URLs; apart where not', async () => {
    const [one, other] = [await ownRedis(), await ownRedis()];
    const shared = watch({ money: `${one.url}/0`, queues: `${one.url}/1`, sockets: one.url });
    expect(about(await whenSeen(shared, CPU), 'redis_cpu')).toEqual([CPU]);

    const apart = watch({ money: one.url, queues: other.url, sockets: other.url });
    await whenSeen(apart, CPU);
    const series = await whenSeen(apart, 'hongbao_redis_cpu_seconds_total{role="queues"}');
    expect(about(series, 'redis_cpu')).toEqual([CPU, 'hongbao_redis_cpu_seconds_total{role="queues"}']);
  });

  it('have no limit of memory where the server has none', async () => {
    const { url } = await ownRedis();
    expect(about(await whenSeen(watch({ money: url }), CPU), 'redis_memory')).toEqual([
      'hongbao_redis_memory_bytes{role="money"}',
    ]);
  });

  it('leave out a server that is away, and begin anew with it when it is back', async () => {
    const dir = throwawayFolder('redis');
    atEnd(() => Promise.resolve(rmSync(dir, { recursive: true })));
    const first = await startRedis({ dir, appendOnly: 'off' });
    atEnd(() => first.stop());
    const other = await ownRedis();
    const scrape = watch({ money: first.url, queues: other.url, sockets: other.url });
    const commands = 'hongbao_redis_commands_total{role="money"}';
    await whenSeen(scrape, commands);
    for (let k = 0; k < 20; k++) await scrape();
    const before = (await whenSeen(scrape, TRANSACTIONS))[commands]!;

    await first.kill();
    const away = await scrape();
    expect(about(away, 'redis').every((name) => name.includes('role="queues"'))).toBe(true);
    expect(about(away, 'redis')).toHaveLength(4);
    expect(about(away, 'queue_jobs')).toHaveLength(16);
    expect(away).toHaveProperty(TRANSACTIONS);

    const second = await startRedis({ dir, appendOnly: 'off', port: first.port });
    atEnd(() => second.stop());
    expect((await whenSeen(scrape, commands))[commands]).toBeLessThan(before);
  });

  it('leave out a server that hangs, within the deadline, and tell the present once it goes on', async () => {
    const hangs = await ownRedis();
    const scrape = watch({ money: (await ownRedis()).url, queues: hangs.url });
    const clients = 'hongbao_redis_clients{role="queues"}';
    await whenSeen(scrape, clients);
    process.kill(hangs.pid, 'SIGSTOP');
    try {
      for (let k = 0; k < 3; k++) {
        const began = performance.now();
        const series = await scrape();
        expect(performance.now() - began).toBeLessThan(SCRAPE_MS_MAX);
        expect(series).not.toHaveProperty(clients);
        expect(about(series, 'queue_jobs')).toEqual([]);
        expect(series).toHaveProperty(CPU);
        expect(series).toHaveProperty(TRANSACTIONS);
      }
    } finally {
      process.kill(hangs.pid, 'SIGCONT');
    }
    await whenSeen(scrape, clients);
  });
});

describe('metrics of the queues', () => {
  it('count the jobs of each queue and state as BullMQ does', async () => {
    const { url } = await ownRedis();
    const connection = connectQueue(url, () => {});
    const settlement = new Queue(QUEUES.settlement, queueOptions(connection));
    const packets = new Queue(QUEUES.packets, queueOptions(connection));
    atEnd(async () => {
      await Promise.all([settlement.close(), packets.close()]);
      await connection.quit();
    });
    await settlement.addBulk([1, 2, 3].map((n) => ({ name: 'settle-claims', data: { n } })));
    await packets.add('close-packet', {}, { delay: 60_000 });
    const scrape = watch({ money: url });
    const series = await whenSeen(scrape, 'hongbao_queue_jobs{queue="settlement",state="waiting"}');
    const shown = Object.entries(series).filter(([name, jobs]) => name.includes('queue_jobs') && jobs > 0);
    expect(Object.fromEntries(shown)).toEqual({
      'hongbao_queue_jobs{queue="settlement",state="waiting"}': 3,
      'hongbao_queue_jobs{queue="packets",state="delayed"}': 1,
    });
    expect(about(series, 'queue_jobs')).toHaveLength(Object.keys(QUEUES).length * 4);
    expect(await settlement.getJobCounts('waiting', 'active', 'delayed', 'failed')).toEqual({
      ...{ waiting: 3, active: 0, delayed: 0, failed: 0 },
    });
  });
});

describe('metrics of Postgres', () => {
  it('tell sessions that work, wait and rest, of our database only', async () => {
    const { url } = await ownRedis();
    const scrape = watch({ money: url });
    const other = await createTestDatabase(inject('databaseUrl'));
    atEnd(() => other.drop());
    const sessions = [1, 2, 3].map(() => new pg.Client({ connectionString: databaseUrl }));
    sessions.push(new pg.Client({ connectionString: other.url }));
    for (const session of sessions) {
      session.on('error', () => {});
      await session.connect();
      atEnd(() => session.end());
    }
    const [holds, waits, works] = sessions as [pg.Client, pg.Client, pg.Client];
    // The advisory lock is held by a session that is idle in its transaction; the third sleeps, which is no wait for a lock.
    await holds.query('BEGIN');
    await holds.query('SELECT pg_advisory_xact_lock(7)');
    const waiting = waits.query('SELECT pg_advisory_xact_lock(7)');
    const working = works.query('SELECT pg_sleep(60)').catch(() => {});
    const states = (series: Record<string, number>) =>
      (['active', 'waiting', 'idle'] as const).map(
        (state) => series[`hongbao_postgres_sessions{state="${state}"}`],
      );
    // Idle: who holds the lock, and who asks for these figures.
    await until('each in its state', async () => String(states(await scrape())) === '1,1,2');
    expect((await scrape()).hongbao_postgres_sessions_max).toBe(
      await withClient(databaseUrl, async (client) => {
        const { rows } = await client.query('SHOW max_connections');
        return Number(rows[0].max_connections);
      }),
    );
    await holds.query('COMMIT');
    await waiting;
    await withClient(databaseUrl, (client) =>
      client.query(
        `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND datname = current_database()`,
      ),
    );
    await working;
    await until('all are idle', async () => String(states(await scrape())) === '0,0,4');
  });

  it('count transactions', async () => {
    const scrape = watch({ money: (await ownRedis()).url });
    const before = (await whenSeen(scrape, TRANSACTIONS))[TRANSACTIONS]!;
    await withClient(databaseUrl, async (client) => {
      for (let k = 0; k < 50; k++) await client.query('SELECT 1');
    });
    await until('they are counted', async () => (await scrape())[TRANSACTIONS]! >= before + 50);
  });

  it('are left out while it is away or hangs, within the deadline, and are there again with it', async () => {
    const proxy = await startFaultProxy(databaseUrl);
    atEnd(() => proxy.stop());
    const scrape = watch({ money: (await ownRedis()).url, database: proxy.url });
    for (const trouble of [async () => proxy.hold(), () => proxy.cut()]) {
      await whenSeen(scrape, TRANSACTIONS);
      await trouble();
      for (let k = 0; k < 3; k++) {
        const began = performance.now();
        const series = await scrape();
        expect(performance.now() - began).toBeLessThan(SCRAPE_MS_MAX);
        expect(about(series, 'postgres')).toEqual([]);
        expect(series).toHaveProperty(CPU);
        expect(about(series, 'queue_jobs')).toHaveLength(16);
      }
      await proxy.pass();
    }
    await whenSeen(scrape, TRANSACTIONS);
  });
});
