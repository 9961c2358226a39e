import {
  AggregatorRegistry,
  collectDefaultMetrics,
  Counter,
  Gauge,
  Registry,
  type MetricObjectWithValues,
} from 'prom-client';
import { Latencies } from './latencies.js';
import { Reading } from './reading.js';

type MetricsAsJson = MetricObjectWithValues<never>[];

/** One line under a metric's name. */
export interface Series<L extends string = never> {
  labels: Record<L, string>;
  value: number;
}

/** The metrics of one process, each with the label `app`. Names: `hongbao_<thing>_total{…}`, `…_seconds`. */
export class Metrics {
  readonly registry = new Registry();

  constructor(app: string) {
    this.registry.setDefaultLabels({ app });
    collectDefaultMetrics({ register: this.registry });
  }

  counter<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  /** `read` is called when the metrics are; while it fails, or takes too long, the gauge is left out. */
  gauge(name: string, help: string, read?: () => number | Promise<number>): Gauge {
    if (!read) return new Gauge({ name, help, registers: [this.registry] });
    const reading = new Reading(read);
    return this.gauges(name, help, [], async () => {
      const value = await reading.now();
      return value === undefined ? [] : [{ labels: {}, value }];
    });
  }

  /** `read` is called when the metrics are, and must neither hang nor reject. What it does not give is left out: no last value. */
  gauges<L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    read: () => Promise<Series<L>[]>,
  ): Gauge<L> {
    async function collect(this: Gauge<L>) {
      const series = await read();
      this.reset();
      if (labelNames.length === 0) this.remove(); // or it would be 0
      for (const { labels, value } of series) this.set(labels, value);
    }
    return new Gauge({ name, help, labelNames, registers: [this.registry], collect });
  }

  /**
   * The same for what something else counts. Each time the absolute count is given; when its keeper starts anew so does the
   * count, which Prometheus takes for the reset that it is.
   */
  counts<L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    read: () => Promise<Series<L>[]>,
  ): Counter<L> {
    async function collect(this: Counter<L>) {
      const series = await read();
      this.reset();
      if (labelNames.length === 0) this.remove(); // or it would be 0
      for (const { labels, value } of series) this.inc(labels, value);
    }
    return new Counter({ name, help, labelNames, registers: [this.registry], collect });
  }

  latencies(name: string, help: string): Latencies {
    const latencies = new Latencies(name, help);
    this.registry.registerMetric(latencies as never);
    return latencies;
  }

  asJson(): Promise<unknown> {
    return this.registry.getMetricsAsJSON();
  }

  /**
   * This process's metrics and those of others (each as `asJson` gave them), in Prometheus's text format. Each process has
   * an `app` of its own, so no two give the same series: nothing is summed or averaged, and `first` is the only one. What
   * prom-client itself would do depends on the metric, and leaves `process_start_time_seconds` out.
   */
  async textWith(others: unknown[]): Promise<string> {
    const all = [await this.asJson(), ...others] as MetricsAsJson[];
    const asTheyAre = all.map((metrics) => metrics.map((metric) => ({ ...metric, aggregator: 'first' })));
    return AggregatorRegistry.aggregate(asTheyAre as never).metrics();
  }
}
