import pg from 'pg';
import { READ_MS_MAX, Reading, type Metrics, type Series } from '@app/observability';
import { connectObserver, type Redis } from '@app/redis';
import { readPostgresLoad, type PostgresLoad } from './postgres-load.js';
import { readQueueJobs } from './queue-jobs.js';
import { readRedisLoad, withoutRepeats, type RedisLoad, type RedisRole } from './redis-load.js';

export interface StoreUrls extends Record<RedisRole, string> {
  database: string;
}

const ROLES = ['money', 'queues', 'sockets'] as const;

/**
 * How full Redis and Postgres are, read when the metrics are. By connections of their own: on a session of the worker's
 * pool the question would wait behind the settlements whose backlog it is to explain. Each store has its own deadline,
 * and one that is away leaves out its own series only.
 */
export class StoresMetrics {
  private readonly clients = new Map<string, Redis>();
  private readonly pool: pg.Pool;

  constructor(
    private readonly metrics: Metrics,
    urls: StoreUrls,
  ) {
    for (const role of ROLES) {
      const url = urls[role];
      if (!this.clients.has(url)) this.clients.set(url, connectObserver(url, READ_MS_MAX));
    }
    this.pool = new pg.Pool({
      connectionString: urls.database,
      application_name: 'hongbao-worker-metrics',
      max: 1,
      connectionTimeoutMillis: READ_MS_MAX,
      query_timeout: READ_MS_MAX,
      statement_timeout: READ_MS_MAX,
    });
    this.pool.on('error', () => {}); // an idle session was cut; the next look connects anew
    this.watchRedis(urls);
    this.watchQueues(this.clients.get(urls.queues)!);
    this.watchPostgres();
  }

  async close(): Promise<void> {
    for (const client of this.clients.values()) client.disconnect();
    await this.pool.end();
  }

  private watchRedis(urls: StoreUrls): void {
    const readings = new Map(
      [...this.clients].map(([url, client]) => [url, new Reading(() => readRedisLoad(client))]),
    );
    const loads = async () => {
      const all = await Promise.all(
        ROLES.map(async (role) => ({ role, load: await readings.get(urls[role])!.now() })),
      );
      return withoutRepeats(all.flatMap(({ role, load }) => (load ? [{ role, load }] : [])));
    };
    const each = (figureOf: (load: RedisLoad) => number | undefined) => async () =>
      (await loads()).flatMap(({ role, load }) => seriesOf({ role }, figureOf(load)));

    const { metrics } = this;
    metrics.counts(
      'hongbao_redis_cpu_seconds_total',
      'CPU time of the Redis server',
      ['role'],
      each((load) => load.cpuSeconds),
    );
    metrics.gauges(
      'hongbao_redis_memory_bytes',
      'Memory that Redis uses',
      ['role'],
      each((load) => load.memoryBytes),
    );
    metrics.gauges(
      'hongbao_redis_memory_max_bytes',
      'Memory that Redis may use (maxmemory)',
      ['role'],
      each((load) => load.memoryBytesMax),
    );
    metrics.counts(
      'hongbao_redis_commands_total',
      'Commands that Redis has run',
      ['role'],
      each((load) => load.commands),
    );
    metrics.gauges(
      'hongbao_redis_clients',
      'Connections to Redis',
      ['role'],
      each((load) => load.clients),
    );
  }

  private watchQueues(client: Redis): void {
    const reading = new Reading(() => readQueueJobs(client));
    this.metrics.gauges('hongbao_queue_jobs', 'Jobs in BullMQ', ['queue', 'state'], async () =>
      ((await reading.now()) ?? []).map(({ queue, state, jobs }) => ({
        labels: { queue, state },
        value: jobs,
      })),
    );
  }

  private watchPostgres(): void {
    const reading = new Reading(() => readPostgresLoad(this.pool));
    const { metrics } = this;
    metrics.gauges('hongbao_postgres_sessions', 'Sessions of our database', ['state'], async () => {
      const load = await reading.now();
      return (['active', 'waiting', 'idle'] as const).flatMap((state) => seriesOf({ state }, load?.[state]));
    });
    const one = (figure: keyof PostgresLoad) => async () => seriesOf({}, (await reading.now())?.[figure]);
    metrics.gauges('hongbao_postgres_sessions_max', 'Sessions that the server takes', [], one('sessionsMax'));
    metrics.counts(
      'hongbao_postgres_transactions_total',
      'Transactions of our database that ended',
      [],
      one('transactions'),
    );
  }
}

function seriesOf<L extends string>(labels: Record<L, string>, value: number | undefined): Series<L>[] {
  return value === undefined ? [] : [{ labels, value }];
}
