import type { Result, TimedThing } from '../model/result.ts';
import { draw, DROPS, outcomesOf, saturationOf, sum, timesOf, type Drawn } from './test-sample-curves.ts';

/**
 * Invented results for the specs of the report and nothing else: no service was measured. The same options give the
 * same figures.
 */
export interface SampleOptions {
  seconds?: number;
  seed?: number;
  /** 1 is as it comes; 0.5 answers in half the time. */
  slowness?: number;
  /** For the design of trouble: goals missed, a fen lost, k6 the bottleneck, stopped at a breakpoint. */
  trouble?: boolean;
}

const CONSTANT = {
  version: 1,
  runId: 'sample-0001',
  workload: 'sample-evening',
  title: 'SAMPLE, nothing was measured: an evening with two drops',
  about:
    'Invented figures for the specs of the report. Two drops, a fault between them, and a storm towards the end.',
  sources: ['Sample source: 2.4 M sent and 6.2 M opened in the busiest minute, 1 send to 2.6 opens'],
  assumptions: [
    'Sample assumption: a tenth of all people only watch',
    'Sample assumption: reaction is at least 250 ms',
  ],
  scale: 0.0001,
  startedAt: '2016-02-07T12:00:00.000Z',
  target: 'http://127.0.0.1:8080',
  complete: true,
  machine: {
    cpu: 'Sample CPU at 2.0 GHz',
    cores: 2,
    memoryBytes: 8 * 1_024 ** 3,
    os: 'linux 6.0',
    sameAsTarget: true,
  },
  commit: '0123456789abcdef0123456789abcdef01234567',
  versions: { node: '20.20.2', redis: '7.2.4', postgres: '18.1' },
  k6: { processes: 2, vus: 8, version: '2.2.0' },
  people: { connected: 4_996, failed: { timeout: 3, unauthorized: 1 }, watchers: 512 },
  bottleneck: {
    k6: false,
    says: 'k6 was not the bottleneck: k6 was late by 4 ms at p99, k6 used 61 % of a core. Of the service the fullest was gateway, with 34 % of a core in the mean.',
    fullest: { process: 'gateway', cpuPercentOfCore: 34.2 },
  },
} satisfies Partial<Result>;

/** What each time is of, how many there were in each second, its middle in ms, and how steeply it grows under pressure. */
function timesIn(drawn: Drawn, outcomes: Record<string, number[]>, sends: number[]) {
  const { offered, seconds } = drawn;
  const heard = (...words: string[]) =>
    offered.map((_, s) => words.reduce((n, word) => n + (outcomes[word]?.[s] ?? 0), 0));
  const fan = (_: number, s: number) =>
    DROPS.some((at) => s === Math.floor(at * seconds)) ? 5_000 : sends[s]! * 12;
  const timed: [TimedThing, number[], number, number][] = [
    ['grab.open', heard('won'), 3.1, 5],
    ['grab.soldOut', heard('empty', 'closed'), 1.6, 4],
    ['grab.duplicate', heard('already'), 1.9, 4],
    ['grab.refused', heard('not_eligible'), 1.7, 4],
    ['grab.failed', heard('busy', 'error'), 40, 12],
    ['send', sends, 14, 6],
    ['push', offered.map(fan), 7, 6],
    ['settlement', heard('won'), 62, 7],
    ['late', offered, 0.7, 1.4],
    ['connect', offered.map((_, s) => (s < 3 ? 40 : 0)), 18, 1],
    ['reconnect', offered.map((_, s) => (s >= seconds * 0.8 && s < seconds * 0.83 ? 130 : 0)), 210, 1],
  ];
  return timed
    .map(([thing, counts, middle, steep]) => ({ thing, ...timesOf(drawn, counts, middle, steep) }))
    .filter(({ totals }) => totals.count > 0);
}

function totalsOf(series: Result['series'], times: ReturnType<typeof timesIn>): Result['totals'] {
  const each = (all: Record<string, number[]>) =>
    Object.fromEntries(Object.entries(all).map(([word, counts]) => [word, sum(counts)]));
  const { offered, answered, sends, sent, outcomes, errors, pushes } = series;
  return {
    offered: sum(offered),
    answered: sum(answered),
    sends: sum(sends),
    sent: sum(sent),
    outcomes: each(outcomes),
    errors: each(errors),
    pushes: each(pushes),
    times: Object.fromEntries(times.map(({ thing, totals }) => [thing, totals])),
    peak: {
      second: Math.max(...answered),
      tenSeconds: Math.max(...answered.map((_, s) => sum(answered.slice(s, s + 10)) / 10)),
    },
  };
}

function seriesOf(drawn: Drawn) {
  const { offered, seconds, chance } = drawn;
  const outcomes = outcomesOf(drawn);
  const sends = offered.map((n) => Math.round(n / 2.6 / 20));
  const times = timesIn(drawn, outcomes, sends);
  const cut = (s: number) => s >= seconds * 0.8 && s < seconds * 0.82;
  const series: Result['series'] = {
    offered,
    answered: offered.map((_, s) => sum(Object.values(outcomes).map((counts) => counts[s] ?? 0))),
    sends,
    sent: sends,
    outcomes,
    errors: {
      rate_limited: offered.map((n) => (n > 2_400 ? 4 + Math.round(6 * chance()) : 0)),
      store_unavailable: outcomes['error']!,
    },
    pushes: {
      'packet:dropped': sends.map((n) => n * 12),
      'wallet:changed': outcomes['won']!,
      'packet:closed': sends.map((n, s) => (s > 20 ? n * 11 : 0)),
    },
    times: Object.fromEntries(times.map(({ thing, series: own }) => [thing, own])),
    sockets: offered.map((_, s) => (cut(s) ? 3_490 : 4_996)),
  };
  return { series, totals: totalsOf(series, times) };
}

export function sampleResult(options: SampleOptions = {}): Result {
  const drawn = draw(options);
  const { seconds, faultAt, faultUntil } = drawn;
  const { series, totals } = seriesOf(drawn);
  const at = (part: number) => Math.floor(seconds * part);
  return {
    ...CONSTANT,
    seconds,
    series,
    totals,
    saturation: saturationOf(drawn),
    verdicts: sampleVerdicts(totals),
    money: sampleMoney(totals.outcomes['won'] ?? 0),
    marks: [
      { atSecond: at(DROPS[0]!), what: 'first drop opens', kind: 'drop' },
      { atSecond: faultAt, untilSecond: faultUntil, what: '200 ms before Redis', kind: 'fault' },
      { atSecond: at(DROPS[1]!), what: 'second drop opens', kind: 'drop' },
      { atSecond: at(0.8), what: '30 % of the sockets cut', kind: 'storm' },
    ],
    ...(options.trouble ? troubleOf(seconds) : {}),
  };
}

function sampleVerdicts(totals: Result['totals']): Result['verdicts'] {
  const atMost = (metric: string, value: number, most: number, unit: string, because: string) => ({
    metric,
    goal: `at most ${most} ${unit}`,
    value,
    unit,
    met: value <= most,
    because,
  });
  const answered = (100 * totals.answered) / totals.offered;
  return [
    atMost('grab.open.p99', totals.times['grab.open']!.p99, 100, 'ms', 'a blink'),
    atMost('grab.soldOut.p99', totals.times['grab.soldOut']!.p99, 50, 'ms', 'it asks no store'),
    atMost('share.unknown', 0, 0.1, '%', 'nobody should have to wonder'),
    {
      metric: 'answered.ofOffered',
      goal: 'at least 99.9 %',
      value: answered,
      unit: '%',
      met: answered >= 99.9,
      because: 'an open model does not wait',
    },
    atMost('memory.growth.gateway', 4.2, 20, '%', 'more would be a leak'),
  ];
}

function sampleMoney(wins: number): Result['money'] {
  const amount = wins * 87;
  return {
    ok: true,
    packets: 640,
    funded: amount + 184_213,
    claimed: { count: wins, amount },
    refunded: 184_213,
    acknowledged: { count: wins, amount },
    unheard: 0,
    unknown: 0,
    checks: [
      { name: 'every win that was told is a claim', ok: true, detail: `${wins} of ${wins}, amounts alike` },
      { name: 'nobody won a packet twice', ok: true, detail: 'no person has two claims of a packet' },
      { name: 'what was not claimed went back', ok: true, detail: '640 packets closed, ¥1,842.13 refunded' },
    ],
    audit: { ran: true, ok: true, checked: { packets: 640, entries: 41_233 }, broken: [] },
  };
}

function troubleOf(seconds: number): Partial<Result> {
  const at = Math.floor(seconds * 0.63);
  return {
    title: 'SAMPLE, nothing was measured: raised until it breaks',
    complete: false,
    verdicts: [
      {
        metric: 'grab.open.p99',
        goal: 'at most 100 ms',
        value: 131.4,
        unit: 'ms',
        met: false,
        because: 'a blink',
      },
      {
        metric: 'settlement.p99',
        goal: 'at most 2000 ms',
        unit: 'ms',
        met: false,
        because: 'money is there when one looks',
      },
      {
        metric: 'share.unknown',
        goal: 'at most 0.1 %',
        value: 0.02,
        unit: '%',
        met: true,
        because: 'nobody should have to wonder',
      },
    ],
    money: {
      ...sampleMoney(50_000),
      ok: false,
      funded: 4_534_214,
      unheard: 2,
      unknown: 11,
      acknowledged: { count: 49_998, amount: 4_349_820 },
      checks: [
        { name: 'every win that was told is a claim', ok: true, detail: '49,998 of 49,998' },
        {
          name: 'what was not claimed went back',
          ok: false,
          detail: 'packet 0190-sample: 1 fen neither claimed nor refunded',
        },
      ],
      audit: {
        ran: true,
        ok: false,
        checked: { packets: 640 },
        broken: [{ packetId: '0190-sample', missing: 1 }],
        why: 'One packet was found short.',
      },
    },
    bottleneck: {
      k6: true,
      says: 'k6 was 48 ms late at p99 and used 99 % of a core.',
      fullest: { process: 'k6', cpuPercentOfCore: 99.1 },
    },
    breakpoint: {
      metric: 'grab.open.p99',
      atMost: 100,
      atSecond: at,
      offeredPerSecond: 3_120,
      answeredPerSecond: 2_874,
      full: 'gateway at 98 % of a core',
      says: 'p99 of open grabs went over 100 ms at 3,120 offered grabs a second and stayed there for 5 seconds.',
    },
    marks: [{ atSecond: at, what: 'p99 over 100 ms', kind: 'break' }],
  };
}
