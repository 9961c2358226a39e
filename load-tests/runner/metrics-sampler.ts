import { parsePrometheusText, type Sample } from './prometheus-text.ts';
import { CPU, MEMORY, type SaturationLog, type Unit } from './saturation.ts';

const SCRAPE_MS_MAX = 900;
const NODE_APPS = ['gateway', 'api', 'worker'] as const;
/** prom-client measures by a timer of 10 ms and counts from its start: an idle loop shows 10 ms. */
const LOOP_TIMER_SECONDS = 0.01;

interface Scrape {
  atMs: number;
  samples: Sample[];
}

/**
 * GET /metrics of the target once a second. A scrape that fails leaves that second empty. `seenFromOutside`: processes
 * whose CPU and memory somebody else reads from the operating system, which is exact; those two are left to them.
 */
export class MetricsSampler {
  private last: Scrape | undefined;

  constructor(
    private readonly target: string,
    private readonly log: SaturationLog,
    private readonly seenFromOutside: ReadonlySet<string> = new Set(),
  ) {}

  async look(second: number): Promise<void> {
    const scrape = await scrapeOf(this.target);
    if (scrape) noteScrape(this.log, second, scrape, this.last, this.seenFromOutside);
    this.last = scrape;
  }
}

async function scrapeOf(target: string): Promise<Scrape | undefined> {
  const atMs = performance.now();
  try {
    const response = await fetch(`${target}/metrics`, { signal: AbortSignal.timeout(SCRAPE_MS_MAX) });
    if (!response.ok) return undefined;
    return { atMs, samples: parsePrometheusText(await response.text()) };
  } catch {
    return undefined;
  }
}

/** What one scrape, and its difference to the one before, says about the second. */
export function noteScrape(
  log: SaturationLog,
  second: number,
  now: Scrape,
  before: Scrape | undefined,
  seenFromOutside: ReadonlySet<string>,
): void {
  const note = (process: string, name: string, unit: Unit, value: number | undefined, full?: number) => {
    if (value !== undefined) log.note(process, name, unit, second, value, full);
  };
  const read = (name: string, labels?: Record<string, string>) => sumOf(now.samples, name, labels);
  const perSecond = (name: string, labels?: Record<string, string>) => rateOf(now, before, name, labels);

  for (const app of NODE_APPS) {
    if (!seenFromOutside.has(app)) {
      note(app, CPU, 'percent of a core', percent(perSecond('process_cpu_seconds_total', { app })), 100);
      note(app, MEMORY, 'bytes', read('process_resident_memory_bytes', { app }));
    }
    const lag = read('nodejs_eventloop_lag_p99_seconds', { app });
    note(app, 'event loop delay p99', 'ms', lag && Math.max(lag - LOOP_TIMER_SECONDS, 0) * 1000);
  }
  note('gateway', 'sockets', 'count', read('hongbao_sockets_connected'));
  note('gateway', 'grabs waiting', 'count', read('hongbao_grabs_waiting'));
  note('worker', 'outbox entries', 'count', unlessUnknown(read('hongbao_outbox_entries')));

  for (const role of rolesOf(now.samples)) {
    const redis = role === 'money' ? 'redis' : `redis ${role}`;
    if (!seenFromOutside.has(redis))
      note(
        redis,
        CPU,
        'percent of a core',
        percent(perSecond('hongbao_redis_cpu_seconds_total', { role })),
        100,
      );
    const max = read('hongbao_redis_memory_max_bytes', { role });
    note(
      redis,
      seenFromOutside.has(redis) ? 'data' : MEMORY,
      'bytes',
      read('hongbao_redis_memory_bytes', { role }),
      max,
    );
    note(redis, 'commands', 'per second', perSecond('hongbao_redis_commands_total', { role }));
    note(redis, 'clients', 'count', read('hongbao_redis_clients', { role }));
  }
  const sessionsMax = read('hongbao_postgres_sessions_max');
  for (const state of ['active', 'waiting', 'idle'])
    note('postgres', `sessions ${state}`, 'count', read('hongbao_postgres_sessions', { state }), sessionsMax);
  note('postgres', 'transactions', 'per second', perSecond('hongbao_postgres_transactions_total'));
  for (const { labels, value } of now.samples.filter(({ name }) => name === 'hongbao_queue_jobs'))
    note('worker', `queue ${labels.queue} ${labels.state}`, 'count', value);
}

/** Over all lines of the name that have these labels; undefined when there are none. */
function sumOf(samples: Sample[], name: string, labels: Record<string, string> = {}): number | undefined {
  const own = samples.filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  return own.length === 0 ? undefined : own.reduce((sum, { value }) => sum + value, 0);
}

/** A counter that went back was begun anew: nothing can be said of that second. */
function rateOf(
  now: Scrape,
  before: Scrape | undefined,
  name: string,
  labels?: Record<string, string>,
): number | undefined {
  const [a, b] = [before && sumOf(before.samples, name, labels), sumOf(now.samples, name, labels)];
  if (!before || a === undefined || b === undefined || b < a) return undefined;
  return ((b - a) * 1000) / (now.atMs - before.atMs);
}

function rolesOf(samples: Sample[]): string[] {
  const redis = samples.filter(({ name }) => name.startsWith('hongbao_redis_'));
  return [...new Set(redis.map(({ labels }) => labels.role ?? 'money'))];
}

const percent = (share: number | undefined) => (share === undefined ? undefined : share * 100);
/** -1 says that the store could not be asked. */
const unlessUnknown = (value: number | undefined) => (value === undefined || value < 0 ? undefined : value);
