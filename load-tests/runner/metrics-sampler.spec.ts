import { describe, expect, it } from 'vitest';
import { noteScrape } from './metrics-sampler.ts';
import { parsePrometheusText } from './prometheus-text.ts';
import { CPU, MEMORY, SaturationLog, seriesNamed } from './saturation.ts';

const text = (cpu: number, extra = '') => `# HELP x
process_cpu_seconds_total{app="gateway"} ${cpu}
process_resident_memory_bytes{app="gateway"} 1.5e+08
nodejs_eventloop_lag_p99_seconds{app="gateway"} 0.0125
hongbao_outbox_entries{app="worker"} -1
${extra}`;

function noted(before: string, now: string, seen: string[] = []) {
  const log = new SaturationLog();
  const scrape = (atMs: number, body: string) => ({ atMs, samples: parsePrometheusText(body) });
  noteScrape(log, 0, scrape(2_000, now), scrape(1_000, before), new Set(seen));
  return log.toSaturation(1);
}

describe('Prometheus text', () => {
  it('is read with labels, escapes and exponents; comments are not', () => {
    expect(
      parsePrometheusText('# TYPE a gauge\na{b="x\\"y\\\\",c="d e"} 1e3 1700000000\nb +Inf\nnonsense\n'),
    ).toEqual([
      { name: 'a', labels: { b: 'x"y\\', c: 'd e' }, value: 1000 },
      { name: 'b', labels: {}, value: Number.POSITIVE_INFINITY },
    ]);
  });
});

describe('a scrape', () => {
  it('gives CPU by the difference to the one before, memory, and the loop delay without its timer', () => {
    const saturation = noted(text(10), text(10.4));
    expect(seriesNamed(saturation, 'gateway', CPU)!.values[0]).toBeCloseTo(40);
    expect(seriesNamed(saturation, 'gateway', MEMORY)!.values).toEqual([150_000_000]);
    expect(seriesNamed(saturation, 'gateway', 'event loop delay p99')!.values[0]).toBeCloseTo(2.5);
  });

  it('says nothing of a store that could not be asked', () => {
    expect(seriesNamed(noted(text(1), text(2)), 'worker', 'outbox entries')).toBeUndefined();
  });

  it('says nothing of a counter that began anew', () => {
    expect(seriesNamed(noted(text(10), text(1)), 'gateway', CPU)).toBeUndefined();
  });

  it('reads Redis, Postgres and queues', () => {
    const stores = (n: number) => `hongbao_redis_cpu_seconds_total{role="money",app="worker"} ${n}
hongbao_redis_memory_bytes{role="money",app="worker"} 700
hongbao_redis_memory_max_bytes{role="money",app="worker"} 1000
hongbao_redis_commands_total{role="money",app="worker"} ${n * 100}
hongbao_postgres_sessions{state="active",app="worker"} 3
hongbao_postgres_sessions_max{app="worker"} 200
hongbao_queue_jobs{queue="settlement",state="waiting",app="worker"} 12`;
    const saturation = noted(text(1, stores(5)), text(1, stores(6)));
    expect(seriesNamed(saturation, 'redis', CPU)!.values[0]).toBeCloseTo(100);
    expect(seriesNamed(saturation, 'redis', MEMORY)).toMatchObject({ full: 1000, values: [700] });
    expect(seriesNamed(saturation, 'redis', 'commands')!.values).toEqual([100]);
    expect(seriesNamed(saturation, 'postgres', 'sessions active')).toMatchObject({ full: 200, values: [3] });
    expect(seriesNamed(saturation, 'worker', 'queue settlement waiting')!.values).toEqual([12]);
  });

  it('leaves CPU and memory to whoever reads them from the operating system', () => {
    const saturation = noted(text(1), text(2), ['gateway']);
    expect(saturation.flatMap(({ series }) => series.map(({ name }) => name))).toEqual([
      'event loop delay p99',
    ]);
  });
});
