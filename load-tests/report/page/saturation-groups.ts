import type { Saturation } from '../../model/result.ts';
import { highest, occurs } from './chart-plan.ts';

export interface Owned {
  process: string;
  name: string;
  unit: Saturation['series'][number]['unit'];
  full?: number;
  values: (number | null)[];
}

/** What goes into one chart: a line for each process, or for each name of one process. */
export interface SaturationChart {
  title: string;
  lines: { label: string; of: Owned }[];
  byProcess: boolean;
}

/** Lines of such different size would lie flat upon each other's axis. */
const ALIKE_WITHIN = 20;
const GAP_SECONDS_MAX = 3;

export const most = ({ values }: Pick<Owned, 'values'>) => highest(values)?.value ?? 0;

const isCount = ({ unit }: Owned) => unit === 'count' || unit === 'per second';
const everyOne = (saturation: Saturation[]): Owned[] =>
  saturation.flatMap(({ process, series }) => series.map((each) => ({ process, ...each })));

/** Of what was looked at, what was at nothing in every second: it is told in words, not drawn. */
export function atNothing(saturation: Saturation[]): string[] {
  const nothing = everyOne(saturation)
    .filter((series) => isCount(series) && occurs(series.values, false) && !occurs(series.values, true))
    .reduce(
      (all, { process, name }) => all.set(process, [...(all.get(process) ?? []), name]),
      new Map<string, string[]>(),
    );
  return [...nothing].map(([process, names]) => `${process}: ${names.join(', ')}`);
}

/** The same thing of several processes goes into one chart; what only one has, with what is like it. */
export function grouped(saturation: Saturation[]): SaturationChart[] {
  const drawn = everyOne(saturation).filter((series) => occurs(series.values, isCount(series)));
  const byName = new Map<string, Owned[]>();
  for (const series of drawn) {
    const key = `${series.name}\n${series.unit}`;
    byName.set(key, [...(byName.get(key) ?? []), series]);
  }
  const all = [...byName.values()];
  const shared = all
    .filter((of) => of.length > 1)
    .map((of) => ({
      title: of[0]!.name,
      lines: of.map((each) => ({ label: each.process, of: each })),
      byProcess: true,
    }));
  // What is short of CPU is short of everything else next.
  shared.sort((a, b) => Number(ofCpu(b)) - Number(ofCpu(a)));
  const single = all.filter((of) => of.length === 1).map(([only]) => only!);
  return [...shared, ...saturation.flatMap(({ process }) => own(process, single))];
}

const ofCpu = ({ lines }: SaturationChart) => lines[0]!.of.unit === 'percent of a core';

function own(process: string, single: Owned[]): SaturationChart[] {
  const charts: Owned[][] = [];
  for (const series of single.filter((each) => each.process === process)) {
    const home = charts.find((others) => others.every((other) => alike(other, series)));
    if (home) home.push(series);
    else charts.push([series]);
  }
  return charts.map((of) => {
    const family = of.length > 1 ? familyOf(of) : undefined;
    return {
      title: `${process}: ${family ?? of.map(({ name }) => name).join(', ')}`,
      lines: of.map((each) => ({ label: family ? each.name.slice(family.length + 1) : each.name, of: each })),
      byProcess: false,
    };
  });
}

/** `sessions active` and `sessions idle` are parts of one thing, however many there are of each. */
const firstWord = (name: string) => (name.includes(' ') ? name.slice(0, name.indexOf(' ')) : undefined);

function familyOf(of: Owned[]): string | undefined {
  const [word] = of.map(({ name }) => firstWord(name));
  return word !== undefined && of.every(({ name }) => firstWord(name) === word) ? word : undefined;
}

function alike(a: Owned, b: Owned): boolean {
  if (a.unit !== b.unit || a.full !== b.full) return false;
  if (familyOf([a, b]) !== undefined) return true;
  const [x, y] = [most(a), most(b)];
  return Math.max(x, y) <= ALIKE_WITHIN * Math.min(x, y);
}

/** A second in which nothing could be asked is bridged; more of them are a gap, for then the process was away. */
export function bridged(values: Owned['values']): Owned['values'] {
  const out = [...values];
  let from = -1;
  for (const [at, value] of values.entries()) {
    if (value === null) continue;
    if (from >= 0 && at - from > 1 && at - from <= GAP_SECONDS_MAX + 1)
      for (let k = from + 1; k < at; k += 1)
        out[k] = values[from]! + ((value - values[from]!) * (k - from)) / (at - from);
    from = at;
  }
  return out;
}
