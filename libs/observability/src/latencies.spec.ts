import { Histogram, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { Metrics } from './metrics.js';

it('latencies are shown to the letter as the histogram of prom-client shows them', async () => {
  const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 60];
  const registers = [new Registry()];
  const theirs = new Histogram({ name: 'x_seconds', help: 'From here to there', buckets: bounds, registers });
  const metrics = new Metrics('gateway');
  metrics.registry.clear();
  const ours = metrics.latencies('x_seconds', 'From here to there');
  for (const seconds of [0, 0.0009, 0.001, 0.0011, 0.07, 0.1, 59.5, 60, 61, 3_600]) {
    theirs.observe(seconds);
    ours.observe(seconds);
  }
  expect(await metrics.registry.metrics()).toBe(await registers[0]!.metrics());
  registers[0]!.setDefaultLabels({ app: 'gateway' });
  const first = {
    values: [{ labels: { le: 0.001, app: 'gateway' }, value: 3, metricName: 'x_seconds_bucket' }],
  };
  metrics.registry.setDefaultLabels({ app: 'gateway' });
  expect(JSON.parse(JSON.stringify(await metrics.asJson()))[0]).toMatchObject({
    values: expect.arrayContaining(first.values),
  });
});
