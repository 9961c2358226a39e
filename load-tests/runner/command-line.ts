import { parseArgs } from 'node:util';
import type { Workload } from '../model/workload.ts';
import { workloads } from '../workloads/index.ts';
import { parseMark, type Mark } from './marks.ts';

/** Wrong use: the message says what was expected. */
export class UsageError extends Error {
  override name = 'UsageError';
}

export interface RunSettings {
  workload: Workload;
  target?: string;
  scale?: number;
  seconds?: number;
  curveFile?: string;
  compareFile?: string;
  processes: number;
  seed: number;
  out?: string;
  marks: Mark[];
  keep: boolean;
}

export type Command =
  | { kind: 'list' }
  | ({ kind: 'run' } & RunSettings)
  /** `out`: a folder. */
  | ({ kind: 'prepare'; startInSeconds: number } & RunSettings)
  | ({ kind: 'merge'; folder: string; files: string[] } & Pick<RunSettings, 'compareFile' | 'out' | 'marks'>);

const PROCESSES_MAX = 64;
const START_IN_SECONDS_DEFAULT = 120;
const SEEDS = 0x7fff_ffff;

const options = {
  target: { type: 'string' },
  scale: { type: 'string' },
  duration: { type: 'string' },
  curve: { type: 'string' },
  compare: { type: 'string' },
  processes: { type: 'string' },
  seed: { type: 'string' },
  out: { type: 'string' },
  mark: { type: 'string', multiple: true },
  keep: { type: 'boolean' },
  'start-in': { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** Throws UsageError. `random`: the seed where none is given. */
export function parseCommandLine(args: string[], random: () => number = Math.random): Command {
  const { values, positionals } = parsed(args);
  const [first, ...rest] = positionals;
  if (first === undefined || values.help) return { kind: 'list' };
  const marks = (values.mark ?? []).map(markOf);
  const common = {
    ...(values.compare === undefined ? {} : { compareFile: values.compare }),
    ...(values.out === undefined ? {} : { out: values.out }),
    marks,
  };
  if (first === 'merge') {
    const [folder, ...files] = rest;
    if (folder === undefined || files.length === 0)
      throw new UsageError(
        'merge needs the folder of `prepare` and the files that k6 wrote: merge DIR FILE…',
      );
    return { kind: 'merge', folder, files, ...common };
  }
  const isPrepare = first === 'prepare';
  const [name, ...more] = isPrepare ? rest : positionals;
  if (more.length > 0) throw new UsageError(`one workload at a time, and not also ${more.join(' ')}`);
  const workload = name === undefined ? undefined : workloads[name];
  if (!workload)
    throw new UsageError(name === undefined ? 'prepare needs a workload' : `there is no workload ${name}`);
  if (values['start-in'] !== undefined && !isPrepare) throw new UsageError('--start-in is for `prepare`');
  const settings: RunSettings = {
    ...{ workload, ...common },
    ...(values.target === undefined ? {} : { target: urlOf(values.target) }),
    ...optional('scale', positive(values.scale, '--scale')),
    ...optional('seconds', positive(values.duration, '--duration', /s$/)),
    ...(values.curve === undefined ? {} : { curveFile: values.curve }),
    processes: whole(values.processes, '--processes', 1, PROCESSES_MAX) ?? 1,
    seed: whole(values.seed, '--seed', 0, SEEDS) ?? Math.floor(random() * SEEDS),
    keep: values.keep ?? false,
  };
  if (!isPrepare) return { kind: 'run', ...settings };
  const startInSeconds = positive(values['start-in'], '--start-in', /s$/) ?? START_IN_SECONDS_DEFAULT;
  return { kind: 'prepare', ...settings, startInSeconds };
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function positive(text: string | undefined, name: string, unit?: RegExp): number | undefined {
  if (text === undefined) return undefined;
  const value = Number((unit ? text.replace(unit, '') : text) || Number.NaN);
  if (!Number.isFinite(value) || value <= 0)
    throw new UsageError(`${name} must be a number above 0, not ${text}`);
  return value;
}

function whole(text: string | undefined, name: string, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text || Number.NaN);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new UsageError(`${name} must be a whole number from ${min} to ${max}, not ${text}`);
  return value;
}

function urlOf(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new UsageError(`--target must be a URL such as http://127.0.0.1:8080, not ${text}`);
}

function markOf(text: string): Mark {
  const mark = parseMark(text);
  if (!mark)
    throw new UsageError(`--mark must be such as "30-40=Redis slower" (seconds of the load), not ${text}`);
  return mark;
}

function optional<K extends string>(key: K, value: number | undefined): { [P in K]?: number } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: number };
}

export function usage(): string {
  const names = Object.values(workloads);
  const width = Math.max(...names.map(({ name }) => name.length));
  return [
    'npm run load -- <workload> [--target URL] [--scale X] [--duration S] [--curve FILE.csv] [--compare RESULT.json]',
    '                           [--processes N] [--seed N] [--out NAME] [--mark "FROM-UNTIL=what"] [--keep]',
    'npm run load -- prepare <workload> --out DIR [--processes N] [--start-in SECONDS] …   for several machines',
    'npm run load -- merge DIR FILE…',
    '',
    'Workloads:',
    ...names.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`),
    '',
    'More in load-tests/README.md.',
  ].join('\n');
}
