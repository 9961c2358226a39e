import {
  AggregatorRegistry,
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
  type MetricObjectWithValues,
} from 'prom-client';

type MetricsAsJson = MetricObjectWithValues<never>[];
const LATENCY_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 60];

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

  /** `read` is called when the metrics are. */
  gauge(name: string, help: string, read?: () => number | Promise<number>): Gauge {
    return new Gauge({
      name,
      help,
      registers: [this.registry],
      ...(read
        ? {
            async collect(this: Gauge) {
              this.set(await read());
            },
          }
        : {}),
    });
  }

  histogram<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Histogram<L> {
    return new Histogram({
      name,
      help,
      labelNames,
      buckets: LATENCY_BUCKETS_SECONDS,
      registers: [this.registry],
    });
  }

  asJson(): Promise<unknown> {
    return this.registry.getMetricsAsJSON();
  }

  /** This process's metrics and those of others (each as `asJson` gave them), in Prometheus's text format. */
  async textWith(others: unknown[]): Promise<string> {
    const all = [await this.asJson(), ...others] as MetricsAsJson[];
    return AggregatorRegistry.aggregate(all as never).metrics();
  }
}
