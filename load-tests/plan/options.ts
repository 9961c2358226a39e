import { parseArgs } from 'node:util';
import { PROGRESS_PER_SECOND, type Target } from './demand.ts';
import type { Hardware } from './shapes.ts';

/** Wrong use: the message says what was expected. */
export class UsageError extends Error {
  override name = 'UsageError';
}

export interface PlanSettings {
  target: Target;
  hardware: Hardware;
  costsFile: string;
  benchFile?: string;
  breakpointFile: string;
  json: boolean;
  svgFile?: string;
}

export type Command =
  | { kind: 'help' }
  | { kind: 'measure'; costsFile: string; only?: string }
  | ({ kind: 'plan' } & PlanSettings);

const GIB = 1_024 ** 3;
const BITS = 8;

interface NumberOption {
  fallback?: number;
  min: number;
  whole?: boolean;
  says: string;
}

/** Of the target, then of what there is to build from. No fallback and not required: worked out. */
const NUMBERS = {
  peak: { min: 1, says: 'grabs a second in the busiest second, all tries (required)' },
  people: { min: 1, whole: true, says: 'people connected then (required)' },
  shares: { min: 0, whole: true, says: 'shares held at once (required)' },
  'drop-seconds': { fallback: 60, min: 0.1, says: 'over which the shares are given out' },
  wins: { min: 0, says: 'wins a second; without it, shares over drop-seconds' },
  sends: { fallback: 0, min: 0, says: 'packets sent a second in rooms; 0: one drop for everybody' },
  audience: {
    min: 1,
    whole: true,
    says: 'people who hear of a packet; without it 10 in rooms, of a drop everybody',
  },
  packets: {
    fallback: 1,
    min: 1,
    whole: true,
    says: 'that a drop is divided into; each person has one of them',
  },
  'shares-per-packet': { fallback: 3, min: 1, says: 'in rooms' },
  'open-seconds': { fallback: 3, min: 0.1, says: 'a packet in a room stays open' },
  'progress-per-second': {
    fallback: PROGRESS_PER_SECOND,
    min: 0,
    says: 'progress pushed for an open packet; the code: one in 550 ms',
  },
  'push-seconds': { fallback: 1, min: 0.05, says: 'in which a drop is to reach everybody' },
  'arrive-seconds': { fallback: 900, min: 1, says: 'in which all people connect' },
  'stagger-seconds': { fallback: 0, min: 0, says: 'over which openings are spread by user' },
  'settle-seconds': { fallback: 2, min: 0, says: 'from a grab to its COMMIT' },
  cores: { fallback: 16, min: 1, whole: true, says: 'of a machine' },
  'memory-gib': { fallback: 64, min: 1, says: 'of a machine' },
  'nic-gbit': { fallback: 10, min: 0.1, says: 'network of a machine, each way' },
  'gateway-gib': { fallback: 4, min: 0.5, says: 'memory of a gateway process' },
  'redis-gib': { fallback: 16, min: 0.5, says: 'memory of a Redis master' },
  'postgres-cores': { fallback: 32, min: 1, whole: true, says: 'of a Postgres primary' },
  'log-mb': { fallback: 1_000, min: 1, says: 'MB a second that its disk writes' },
  replicas: { fallback: 1, min: 0, whole: true, says: 'of each Redis master and Postgres primary' },
  headroom: { fallback: 0.6, min: 0.15, says: 'used of each core, network and disk at the peak, below 1' },
  regions: { min: 1, whole: true, says: 'deployments that share nothing; without it, as few as will do' },
} satisfies Record<string, NumberOption>;

type NumberName = keyof typeof NUMBERS;
const VALUE_MAX = 1e15;
const ROOM_AUDIENCE = 10;

export const DEFAULT_FILES = {
  costs: 'load-tests/results/costs.json',
  breakpoint: 'load-tests/results/breakpoint.json',
};

export const HELP = `npm run plan -- --peak N --people N --shares N [options]   what a target needs
npm run plan -- --measure                                  measures the costs here, into ${DEFAULT_FILES.costs}

${Object.entries<NumberOption>(NUMBERS)
  .map(([name, { fallback, says }]) => {
    const shown = fallback === undefined ? '' : ` [${Number(fallback.toFixed(2))}]`;
    return `  --${name.padEnd(20)} ${says}${shown}`;
  })
  .join('\n')}
  --costs FILE           measured costs [${DEFAULT_FILES.costs}]
  --bench FILE           results of npm run bench -- --json FILE, which take the place of costs where they have them
  --breakpoint FILE      a kept breakpoint run, to be predicted [${DEFAULT_FILES.breakpoint}]
  --svg FILE             latency against load as a picture
  --only PROBE           with --measure: redis, queues, sockets, postgres or service, and the other costs as they are
  --json                 all of it as JSON

Numbers may be written 13.5M, 700M, 760k.`;

const TEXT = { type: 'string' } as const;
const FLAG = { type: 'boolean' } as const;
const options = {
  ...(Object.fromEntries(Object.keys(NUMBERS).map((name) => [name, TEXT])) as Record<
    NumberName,
    typeof TEXT
  >),
  ...{ costs: TEXT, bench: TEXT, breakpoint: TEXT, svg: TEXT, only: TEXT },
  ...{ json: FLAG, help: FLAG, measure: FLAG },
};

/** Throws UsageError. */
export function parseCommandLine(args: string[]): Command {
  const values = parsed(args);
  if (values.help || args.length === 0) return { kind: 'help' };
  const costsFile = values.costs ?? DEFAULT_FILES.costs;
  if (values.measure)
    return { kind: 'measure', costsFile, ...(values.only === undefined ? {} : { only: values.only }) };
  if (values.only !== undefined) throw new UsageError('--only is for --measure');
  const number = (name: NumberName) => numberOf(name, values[name]);
  const required = (name: NumberName) => {
    const value = number(name);
    if (value === undefined) throw new UsageError(`--${name} is needed: ${NUMBERS[name].says}`);
    return value;
  };
  const has = (name: NumberName) => number(name)!;
  const peak = required('peak');
  const people = required('people');
  const sends = has('sends');
  const audience = number('audience') ?? (sends > 0 ? ROOM_AUDIENCE : people);
  if (audience > people) throw new UsageError(`--audience is at most --people, ${people}, not ${audience}`);
  const target: Target = {
    ...{
      peak,
      people,
      shares: required('shares'),
      sends,
      audience,
      packets: has('packets'),
      sharesPerPacket: has('shares-per-packet'),
    },
    ...{ dropSeconds: has('drop-seconds'), wins: number('wins'), openSeconds: has('open-seconds') },
    ...{ progressPerSecond: has('progress-per-second'), pushSeconds: has('push-seconds') },
    ...{ arriveSeconds: has('arrive-seconds'), staggerSeconds: has('stagger-seconds') },
    settleSeconds: has('settle-seconds'),
  };
  if (has('headroom') >= 1) throw new UsageError(`--headroom is below 1, not ${has('headroom')}`);
  const hardware: Hardware = {
    ...{ coresPerMachine: has('cores'), memoryPerMachineBytes: has('memory-gib') * GIB },
    nicBytesPerSecond: (has('nic-gbit') * 1e9) / BITS,
    ...{ gatewayMemoryBytes: has('gateway-gib') * GIB, redisMemoryBytes: has('redis-gib') * GIB },
    ...{ postgresCores: has('postgres-cores'), postgresLogBytesPerSecond: has('log-mb') * 1e6 },
    ...{ replicas: has('replicas'), headroom: has('headroom'), regions: number('regions') },
  };
  return {
    ...{ kind: 'plan', target, hardware, costsFile, json: values.json ?? false },
    breakpointFile: values.breakpoint ?? DEFAULT_FILES.breakpoint,
    ...(values.bench === undefined ? {} : { benchFile: values.bench }),
    ...(values.svg === undefined ? {} : { svgFile: values.svg }),
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message.split(/\.?[ ]?\n|\. /)[0]!);
  }
}

const UNITS: Record<string, number> = { k: 1e3, M: 1e6, G: 1e9, bn: 1e9 };

function numberOf(name: NumberName, text: string | undefined): number | undefined {
  const { fallback, min, whole }: NumberOption = NUMBERS[name];
  if (text === undefined) return fallback;
  const [, digits = '', unit = ''] = /^(\d[\d_]*(?:\.\d+)?)(k|M|G|bn)?$/.exec(text) ?? [];
  const value = digits === '' ? Number.NaN : Number(digits.replaceAll('_', '')) * (UNITS[unit] ?? 1);
  if (!(value >= min && value <= VALUE_MAX) || (whole && !Number.isInteger(value)))
    throw new UsageError(`--${name} is a ${whole ? 'whole ' : ''}number from ${min}, not ${text}`);
  return value;
}
