import type { CostName, CostsFile } from './costs.ts';

/** A line of `npm run bench -- --json FILE`, as far as it is read here. */
export interface BenchLine {
  id: string;
  work: string;
  value: number;
  unit: string;
}

const PUSHED_SOCKETS = 5_000;

/**
 * Which benchmark gives which cost: the first line of that id whose unit fits. A figure that has no place here is measured
 * by the planner's own probe; what a benchmark calls its unit or its work may change, and then this table does.
 */
const TABLE: { id: string; unit: RegExp; cost: CostName; of: (value: number) => number }[] = [
  { id: 'B2', unit: /^µs/, cost: 'gateway.win', of: (value) => value },
  { id: 'B3', unit: /^µs/, cost: 'gateway.soldOut', of: (value) => value },
  { id: 'B5', unit: /^ms/, cost: 'gateway.push', of: (value) => (value * 1_000) / PUSHED_SOCKETS },
  { id: 'B6', unit: /^bytes/, cost: 'gateway.connectionBytes', of: (value) => value },
  { id: 'B6', unit: /^KiB/, cost: 'gateway.connectionBytes', of: (value) => value * 1_024 },
  { id: 'B7', unit: /^claims\/s/, cost: 'postgres.serialTime', of: (value) => 1e6 / value },
];

/** The same costs, with those that the benchmarks know better. */
export function withBench(file: CostsFile, lines: readonly BenchLine[]): CostsFile {
  const costs = { ...file.costs };
  for (const { id, unit, cost, of } of TABLE) {
    const line = lines.find((one) => one.id === id && unit.test(one.unit) && one.value > 0);
    if (line)
      costs[cost] = {
        value: of(line.value),
        unit: costs[cost].unit,
        from: `npm run bench, ${id}: ${line.work}`,
      };
  }
  return { ...file, costs };
}
