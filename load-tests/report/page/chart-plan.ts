/** What a chart shows, before anything is drawn. */

export type Tone =
  'ink' | 'blue' | 'sky' | 'teal' | 'purple' | 'amber' | 'orange' | 'red' | 'grey' | 'green' | 'pink';

export type Values = readonly (number | null)[];

export interface Line {
  name: string;
  values: Values;
  tone: Tone;
  /** Lengths of stroke and gap in pixels: a second way, beside colour, to tell lines apart. */
  dash?: number[];
  width?: number;
  /** Of an earlier run: drawn pale. */
  pale?: boolean;
  /** Not shown until it is asked for. */
  hidden?: boolean;
  /** Filled down to nothing; `hatched` where the colour must not be all. */
  fill?: 'soft' | 'full' | 'hatched';
  /** What stands in the legend while no second is pointed at. */
  rest: string;
}

export interface Guide {
  at: number;
  label: string;
}

export interface ChartPlan {
  id: string;
  title: string;
  /** A sentence under the title. */
  note?: string;
  /**
   * `steps`: each value is of a whole second. `stack`: the same, one upon another. `line`: what was so at an instant.
   */
  as: 'steps' | 'stack' | 'line';
  size: Size;
  tall?: boolean;
  show: (value: number) => string;
  /** On the axis. */
  short: (value: number) => string;
  log?: boolean;
  /** Bytes: the axis goes by powers of two. */
  binary?: boolean;
  /** When several charts are to be read against each other. */
  range?: [from: number, to: number];
  lines: Line[];
  guides?: Guide[];
  /** Where the first line is above the second, the difference is tinted. */
  gapTinted?: boolean;
}

export type Size = 'wide' | 'half' | 'third';
/** Of the six columns of the page. */
const COLUMNS: Record<Size, number> = { wide: 6, half: 3, third: 2 };

export interface ChartGroup {
  id: string;
  title: string;
  about?: string;
  /** Under the charts. */
  after?: string;
  charts: ChartPlan[];
}

export function highest(values: Values): { value: number; second: number } | undefined {
  let best: { value: number; second: number } | undefined;
  for (const [second, value] of values.entries())
    if (value !== null && Number.isFinite(value) && (!best || value > best.value)) best = { value, second };
  return best;
}

export function lowest(values: Values): { value: number; second: number } | undefined {
  const found = highest(values.map((value) => (value === null ? null : -value)));
  return found && { value: -found.value, second: found.second };
}

/** Something was counted, or measured at all. */
export const occurs = (values: Values | undefined, counted: boolean): values is Values =>
  values !== undefined &&
  values.some((value) => value !== null && Number.isFinite(value) && (!counted || value !== 0));

/** Lines with something to show; a chart that has none is none. */
export function chartOf(plan: ChartPlan): ChartPlan[] {
  const counted = plan.as !== 'line';
  const lines = plan.lines.filter(({ values }) => occurs(values, counted));
  return lines.some(({ pale }) => !pale) ? [{ ...plan, lines }] : [];
}

/** Charts widened where their row would end in a hole. */
export function fillRows(charts: ChartPlan[]): ChartPlan[] {
  const rows: ChartPlan[][] = [];
  let left = 0;
  for (const chart of charts) {
    if (COLUMNS[chart.size] > left) {
      rows.push([]);
      left = COLUMNS.wide;
    }
    rows.at(-1)!.push(chart);
    left -= COLUMNS[chart.size];
  }
  return rows.flatMap((row) => {
    const size = ([undefined, 'wide', 'half'] as const)[row.length];
    return size ? row.map((chart) => ({ ...chart, size })) : row;
  });
}

/** Ends of a logarithmic axis, at 1, 2 or 5 times a power of ten, around all that is drawn. */
export function logRange(all: Values[]): [from: number, to: number] | undefined {
  const values = all.flatMap((each) => each.filter((value): value is number => value !== null && value > 0));
  if (values.length === 0) return undefined;
  let [least, most] = [Infinity, 0];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const from = roundNumber(least, 'down');
  const to = roundNumber(most, 'up');
  return from < to ? [from, to] : [from, to * 2];
}

function roundNumber(value: number, way: 'up' | 'down'): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const near = (a: number, b: number) => Math.abs(a - b) < b * 1e-9;
  const steps = [1, 2, 5, 10].map((step) => step * power);
  return way === 'up'
    ? steps.find((step) => step >= value || near(step, value))!
    : steps.findLast((step) => step <= value || near(step, value))!;
}

/** Where a logarithmic axis is named: 1, 2 and 5 of each power of ten, or the powers alone when those are many. */
export function logSplits([from, to]: [number, number]): number[] {
  const splits: number[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power += 1)
    for (const step of [1, 2, 5]) splits.push(Number((step * 10 ** power).toPrecision(6)));
  const inside = splits.filter((value) => value >= from * 0.999 && value <= to * 1.001);
  const powers = inside.filter((value) => Number.isInteger(Math.round(Math.log10(value) * 1e6) / 1e6));
  return inside.length > 7 && powers.length > 1 ? powers : inside;
}
