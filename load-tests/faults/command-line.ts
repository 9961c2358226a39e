import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Chance } from '../lib/chance.ts';

export const THREE = 'three';

export const usage = `npm run faults                           every fault once, each on a stack of its own, then three of them at a time
npm run faults -- --only NAME[,NAME]     some of them; "${THREE}": three at a time, drawn by the seed
npm run faults -- --together A,B,C       these at the same time, in one run
npm run faults -- --seed N               the run as it was: the same faults at the same points of the load
npm run faults -- --seeds K              each with K seeds, from the first on (default 1)
npm run faults -- --minutes M            go on with further seeds for M minutes
npm run faults -- --json FILE            the results as JSON, besides
npm run faults -- --table FILE[,FILE]    the table of kept results; nothing is run
npm run faults -- --quick                small and short, for a look: outages last a tenth, and nothing is restarted at the end
npm run faults -- --plant NAME           damages the stores at the end, to see the verdict name it
npm run faults -- --list                 the faults, and what can be planted
Exit code 0: every invariant held. 1: one is broken, a process of the service ended by itself, or a run failed. 2: not begun. Progress is printed; all that it starts ends with it.`;

export interface FaultsOptions {
  /** Each a run: one fault, several at once, or THREE. */
  runs: string[][];
  seed: number;
  seeds: number;
  minutes: number;
  isQuick: boolean;
  plant?: string;
  json?: string;
}

const SEED_MAX = 2 ** 31;

/** Throws Error with the words for the person who typed it. */
export function parseCommandLine(
  args: string[],
  known: readonly string[],
  plants: readonly string[],
): FaultsOptions | { table: string[] } | 'help' | 'list' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    args,
    options: {
      ...{
        seed: text,
        seeds: text,
        only: text,
        together: text,
        minutes: text,
        json: text,
        plant: text,
        table: text,
      },
      ...{ quick: flag, list: flag, help: flag },
    },
  });
  if (values.help) return 'help';
  if (values.list) return 'list';
  if (values.table !== undefined) return { table: namesOf(values.table)! };
  const [only, together] = [namesOf(values.only), namesOf(values.together)];
  const strange = [...(only ?? []), ...(together ?? [])].filter(
    (name) => name !== THREE && !known.includes(name),
  );
  if (strange.length > 0 || together?.includes(THREE))
    throw new Error(
      `there is no fault ${strange.join(', ') || THREE}; there are ${[...known, THREE].join(', ')}`,
    );
  if (values.plant !== undefined && !plants.includes(values.plant))
    throw new Error(`${values.plant} can't be planted; there are ${plants.join(', ')}`);
  return {
    runs: together ? [together] : (only ?? [...known, THREE]).map((name) => [name]),
    seed: wholeNumber('--seed', values.seed, SEED_MAX) ?? randomInt(SEED_MAX),
    seeds: wholeNumber('--seeds', values.seeds, 10_000) ?? 1,
    minutes: wholeNumber('--minutes', values.minutes, 100_000) ?? 0,
    isQuick: values.quick ?? false,
    ...(values.plant === undefined ? {} : { plant: values.plant }),
    ...(values.json === undefined ? {} : { json: values.json }),
  };
}

const namesOf = (list: string | undefined) =>
  list
    ?.split(',')
    .map((name) => name.trim())
    .filter(Boolean);

function wholeNumber(name: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > max) throw new Error(`${name} must be a whole number up to ${max}`);
  return value;
}

/** Three different ones that one stack can be ready for, by the seed. */
export function threeOf<T extends { name: string; needs?: { smallDisk?: string } }>(
  faults: readonly T[],
  seed: number,
): T[] {
  const drawn = new Chance(seed, 3).some(faults, faults.length);
  const three: T[] = [];
  for (const fault of drawn) {
    if (three.length === 3) break;
    if (fault.needs?.smallDisk && three.some(({ needs }) => needs?.smallDisk)) continue;
    three.push(fault);
  }
  return three;
}
