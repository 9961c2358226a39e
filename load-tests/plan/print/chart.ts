import type { LatencyPoint } from '../simulation/latency.ts';
import { ms } from './numbers.ts';

const ROWS_PER_DECADE = 3;
const COLUMN = 6;
const MARKS = { p50: 'o', p99: 'x', p999: '+' } as const;
export type Quantile = keyof typeof MARKS;

/** Milliseconds of all points between powers of ten. */
export function decadesOf(points: readonly LatencyPoint[]): { low: number; high: number } {
  const values = points.flatMap(({ won, soldOut }) =>
    [won, soldOut].flatMap((at) => (at ? [at.p50, at.p999] : [])),
  );
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  return values.length === 0 ? { low: 0, high: 1 } : { low, high: Math.max(high, low + 1) };
}

/** Latency of wins by load: a logarithmic scale, `|` where the store can't follow. */
export function drawnInText(points: readonly LatencyPoint[]): string {
  const { low, high } = decadesOf(points);
  const rows = ROWS_PER_DECADE * (high - low);
  const grid = Array.from({ length: rows + 1 }, () => points.map(() => ' '.repeat(COLUMN)));
  const rowOf = (value: number) => Math.round((rows * (high - Math.log10(value))) / (high - low));
  for (const [k, { won }] of points.entries()) {
    if (!won) {
      for (const row of grid) row[k] = centred('|');
      continue;
    }
    for (const name of ['p50', 'p99', 'p999'] as const) grid[rowOf(won[name])]![k] = centred(MARKS[name]);
  }
  const label = (row: number) => {
    const decade = high - (row * (high - low)) / rows;
    return Number.isInteger(decade) ? ms(10 ** decade) : '';
  };
  const lines = grid.map((row, k) => `${label(k).padStart(8)} ┤${row.join('')}`.trimEnd());
  const axis = `${' '.repeat(8)} └${'─'.repeat(COLUMN * points.length)}`;
  const loads = `${' '.repeat(10)}${points.map(({ load }) => centred(`${load}×`)).join('')}`.trimEnd();
  return [
    ...lines,
    axis,
    loads,
    `${' '.repeat(10)}o p50   x p99   + p99.9   | saturated: grabs wait ever longer, then \`busy\``,
  ].join('\n');
}

function centred(text: string): string {
  return text.padStart(Math.ceil((COLUMN + text.length) / 2)).padEnd(COLUMN);
}
