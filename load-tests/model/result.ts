import type { Traffic } from './lines.ts';

/** A run, as its JSON file holds it; the HTML report shows this and nothing else. Series have one value for each second of the load, from 0; null: none. */
export interface Result {
  version: 1;
  runId: string;
  workload: string;
  title: string;
  about: string;
  sources: string[];
  assumptions: string[];
  scale: number;
  seconds: number;
  /** ISO 8601 UTC, of second 0. */
  startedAt: string;
  target: string;
  /** False when it was stopped before the load's end, by hand or at the breakpoint. */
  complete: boolean;
  machine: { cpu: string; cores: number; memoryBytes: number; os: string; sameAsTarget: boolean };
  commit: string;
  versions: Record<string, string>;
  k6: { processes: number; vus: number; version: string };
  people: { connected: number; failed: Record<string, number>; watchers: number };
  series: Series;
  totals: Totals;
  saturation: Saturation[];
  verdicts: VerdictResult[];
  money: Money;
  bottleneck: Bottleneck;
  breakpoint?: Breakpoint;
  /** What was done to the service or by the plan, to be drawn over the curves: drops, storms, faults that were planted. */
  marks: {
    atSecond: number;
    untilSecond?: number;
    what: string;
    kind: 'drop' | 'storm' | 'fault' | 'break';
  }[];
}

export type Quantiles = { p50: number; p95: number; p99: number; p999: number };
export type QuantileSeries = Record<keyof Quantiles, (number | null)[]>;
export type TimedThing =
  `grab.${Traffic}` | 'send' | 'push' | 'settlement' | 'late' | 'connect' | 'reconnect';

export interface Series {
  offered: number[];
  answered: number[];
  sends: number[];
  sent: number[];
  /** By outcome word, and `error`, `unknown`. */
  outcomes: Record<string, number[]>;
  errors: Record<string, number[]>;
  pushes: Record<string, number[]>;
  /** Milliseconds. Only what occurred. */
  times: Partial<Record<TimedThing, QuantileSeries>>;
  sockets: (number | null)[];
}

export interface Totals {
  offered: number;
  answered: number;
  sends: number;
  sent: number;
  outcomes: Record<string, number>;
  errors: Record<string, number>;
  pushes: Record<string, number>;
  times: Partial<Record<TimedThing, Quantiles & { count: number }>>;
  /** The best second and the best ten seconds in a row, answers a second. */
  peak: { second: number; tenSeconds: number };
}

/** One process (gateway, api, worker, redis, postgres, k6) and what is known of it. A line is drawn for each series. */
export interface Saturation {
  process: string;
  series: {
    name: string;
    unit: 'percent of a core' | 'bytes' | 'ms' | 'count' | 'per second';
    /** What it is full at, where there is such a figure. */
    full?: number;
    values: (number | null)[];
  }[];
}

export interface VerdictResult {
  metric: string;
  goal: string;
  /** Undefined: nothing was measured, and then it is not met. */
  value?: number;
  unit: string;
  met: boolean;
  because: string;
}

/** `ok` only when everything could be checked that there was, and nothing was wrong. Amounts in minor units. */
export interface Money {
  ok: boolean;
  packets: number;
  funded: number;
  claimed: { count: number; amount: number };
  refunded: number;
  acknowledged: { count: number; amount: number };
  /** Claims that exist and whose answer nobody heard: allowed, for grabs without an answer are unknown. */
  unheard: number;
  /** Grabs without an answer. */
  unknown: number;
  checks: { name: string; ok: boolean; detail: string }[];
  audit: { ran: boolean; ok: boolean; checked?: Record<string, number>; broken: unknown[]; why?: string };
}

/** Whether what was measured is the service alone: `k6` when k6, or the machine that it shares, was at its limit. */
export interface Bottleneck {
  k6: boolean;
  /** One or two sentences with the figures: k6's own lateness and CPU, and the process that was fullest. */
  says: string;
  fullest?: { process: string; cpuPercentOfCore: number };
}

export interface Breakpoint {
  metric: string;
  atMost: number;
  atSecond: number;
  offeredPerSecond: number;
  answeredPerSecond: number;
  /** The process nearest to full in those seconds. */
  full: string;
  says: string;
}
