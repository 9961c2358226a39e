/** One line of the table. `ratio` is `value / bare`, both medians of rounds measured in turns. */
export interface Measurement {
  id: string;
  work: string;
  against: string;
  value: number;
  bare: number;
  unit: string;
  ratio: number;
  goal: string;
  met: boolean;
}

export const ROUNDS = 7;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** Runs the works in turns (A B C, A B C, …), after one round that does not count. Gives the median of each. */
export async function inTurns(works: (() => Promise<number>)[]): Promise<number[]> {
  const seen = works.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [k, work] of works.entries()) {
      const value = await work();
      if (round > 0) seen[k]!.push(value);
    }
  }
  return seen.map(median);
}
