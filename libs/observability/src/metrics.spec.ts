import { describe, expect, it } from 'vitest';
import { Metrics } from './metrics.js';

const linesOf = (text: string, name: string) =>
  text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

/** What the gateway gets of another process. */
const overHttp = async (metrics: Metrics): Promise<unknown> =>
  JSON.parse(JSON.stringify(await metrics.asJson()));

describe('the metrics of several processes together', () => {
  it('keep each process apart by its label `app`, and the figures as the process gave them', async () => {
    const processes = ['gateway', 'api', 'worker'].map((app) => new Metrics(app));
    for (const [k, metrics] of processes.entries()) {
      metrics.counter('hongbao_grabs_total', 'Grabs answered', ['outcome']).inc({ outcome: 'won' }, k + 1);
      // What a process says of itself is set to something known, in the place of what it is.
      for (const name of ['nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes']) {
        metrics.registry.removeSingleMetric(name);
        metrics.gauge(name, name, () => (k + 1) / 8);
      }
    }
    const [gateway, api, worker] = processes as [Metrics, Metrics, Metrics];
    const text = await gateway.textWith([await overHttp(api), await overHttp(worker)]);
    expect(linesOf(text, 'hongbao_grabs_total')).toEqual([
      'hongbao_grabs_total{outcome="won",app="gateway"} 1',
      'hongbao_grabs_total{outcome="won",app="api"} 2',
      'hongbao_grabs_total{outcome="won",app="worker"} 3',
    ]);
    for (const name of ['nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes']) {
      expect(linesOf(text, name)).toEqual([
        `${name}{app="gateway"} 0.125`,
        `${name}{app="api"} 0.25`,
        `${name}{app="worker"} 0.375`,
      ]);
    }
  });

  it.each([
    ['process_cpu_seconds_total', 'counter'],
    ['process_resident_memory_bytes', 'gauge'],
    ['nodejs_eventloop_lag_p99_seconds', 'gauge'],
    ['process_start_time_seconds', 'gauge'],
  ])('have %s of each, a %s', async (name, type) => {
    const text = await new Metrics('gateway').textWith([await overHttp(new Metrics('api'))]);
    expect(text).toContain(`# TYPE ${name} ${type}\n`);
    expect(linesOf(text, name)).toHaveLength(2);
    expect(linesOf(text, name)[0]).toMatch(/\{app="gateway"\} \d/);
    expect(linesOf(text, name)[1]).toMatch(/\{app="api"\} \d/);
  });
});

describe('a process on its own event loop', () => {
  const lagOf = async (metrics: Metrics) => {
    const [line] = linesOf(await metrics.textWith([]), 'nodejs_eventloop_lag_p99_seconds');
    return Number(line?.split(' ')[1]);
  };
  /** Until its sampler, which looks every 10 ms, has seen the loop some times. */
  const someRounds = async () => {
    for (const end = performance.now() + 80; performance.now() < end;) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  it('tells of the time since it was asked last: a delay is shown once', async () => {
    const metrics = new Metrics('gateway');
    await someRounds();
    await lagOf(metrics);
    await someRounds();
    for (const end = performance.now() + 400; performance.now() < end;);
    await someRounds();
    const delayed = await lagOf(metrics);
    expect(delayed).toBeGreaterThan(0.3);
    await someRounds();
    expect(await lagOf(metrics)).toBeLessThan(delayed);
  });
});

describe('metrics that are read when asked for', () => {
  it('are left out while they cannot be read, and the others stay', async () => {
    const metrics = new Metrics('worker');
    let away = false;
    const read = () => (away ? Promise.reject(new Error('away')) : Promise.resolve(7));
    metrics.gauge('hongbao_outbox_entries', 'Entries', read);
    metrics.gauge('hongbao_other', 'Another', () => 1);
    expect(linesOf(await metrics.textWith([]), 'hongbao_outbox_entries')).toEqual([
      'hongbao_outbox_entries{app="worker"} 7',
    ]);
    away = true;
    const text = await metrics.textWith([]);
    expect(linesOf(text, 'hongbao_outbox_entries')).toEqual([]);
    expect(linesOf(text, 'hongbao_other')).toHaveLength(1);
  });

  it('count what something else counts, also when that begins anew, as a Prometheus counter', async () => {
    const metrics = new Metrics('worker');
    let counted: number | undefined = 5;
    const read = async () => (counted === undefined ? [] : [{ labels: {}, value: counted }]);
    metrics.counts('hongbao_kept_total', 'Kept elsewhere', [], read);
    const shown = async () => linesOf(await metrics.textWith([]), 'hongbao_kept_total');
    expect(await shown()).toEqual(['hongbao_kept_total{app="worker"} 5']);
    expect(await metrics.textWith([])).toContain('# TYPE hongbao_kept_total counter');
    counted = 9;
    expect(await shown()).toEqual(['hongbao_kept_total{app="worker"} 9']);
    counted = undefined;
    expect(await shown()).toEqual([]);
    counted = 2;
    expect(await shown()).toEqual(['hongbao_kept_total{app="worker"} 2']);
  });
});
