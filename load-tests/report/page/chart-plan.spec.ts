import { describe, expect, it } from 'vitest';
import {
  chartOf,
  fillRows,
  highest,
  logRange,
  logSplits,
  lowest,
  type ChartPlan,
  type Size,
} from './chart-plan.ts';

const plan = (looks: Partial<ChartPlan> = {}): ChartPlan => ({
  id: 'a',
  title: 'A',
  as: 'line',
  size: 'third',
  show: String,
  short: String,
  lines: [],
  ...looks,
});
const line = (values: (number | null)[], pale = false) => ({
  name: 'n',
  values,
  tone: 'blue' as const,
  rest: '',
  pale,
});

describe('a chart', () => {
  it('without anything to show is left out, and so is a line', () => {
    expect(chartOf(plan({ as: 'steps', lines: [line([0, 0]), line([])] }))).toEqual([]);
    expect(chartOf(plan({ lines: [line([null, null])] }))).toEqual([]);
    const [drawn] = chartOf(plan({ as: 'steps', lines: [line([0, 0]), line([0, 3])] }));
    expect(drawn!.lines.map(({ values }) => values)).toEqual([[0, 3]]);
  });

  it('of a gauge at nothing is one, for that was measured', () => {
    expect(chartOf(plan({ lines: [line([0, null])] }))).toHaveLength(1);
  });

  it('of nothing but an earlier run is left out', () => {
    expect(chartOf(plan({ lines: [line([1, 2], true)] }))).toEqual([]);
  });

  it('finds its highest and lowest seconds, past those without a value', () => {
    expect(highest([null, 3, 9, null])).toEqual({ value: 9, second: 2 });
    expect(lowest([null, 3, 9, null])).toEqual({ value: 3, second: 1 });
    expect(highest([null])).toBeUndefined();
  });
});

describe('rows of charts', () => {
  const sizes = (...of: Size[]) => fillRows(of.map((size) => plan({ size }))).map(({ size }) => size);

  it('have no hole at their end', () => {
    expect(sizes('third', 'third', 'third')).toEqual(['third', 'third', 'third']);
    expect(sizes('third', 'third', 'third', 'third', 'third')).toEqual([
      'third',
      'third',
      'third',
      'half',
      'half',
    ]);
    expect(sizes('wide', 'half', 'half', 'half')).toEqual(['wide', 'half', 'half', 'wide']);
    expect(sizes('half', 'third', 'third', 'third')).toEqual(['half', 'half', 'half', 'half']);
  });
});

describe('a logarithmic axis', () => {
  it('goes from 1, 2 or 5 below the least to 1, 2 or 5 above the most', () => {
    expect(logRange([[0.7, null, 3], [180]])).toEqual([0.5, 200]);
    expect(logRange([[2, 500]])).toEqual([2, 500]);
    expect(logRange([[20]])).toEqual([20, 40]);
    expect(logRange([[null], []])).toBeUndefined();
  });

  it('names few figures, and the powers of ten where there are many', () => {
    expect(logSplits([5, 200])).toEqual([5, 10, 20, 50, 100, 200]);
    expect(logSplits([0.5, 5_000])).toEqual([1, 10, 100, 1_000]);
  });
});
