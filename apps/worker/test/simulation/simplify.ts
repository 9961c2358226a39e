import type { Mistakes } from './mistakes.js';
import type { Broken } from './record.js';
import { simulate, type RunResult } from './simulate.js';

/** Runs again at most so often: some seconds. */
const TRIES_MAX = 600;

/**
 * The same damage by a simpler run: decisions are set to 0, which is what happens in order and without faults, for as long
 * as the same invariant breaks. Half of them at once, then a quarter, down to one.
 */
export async function simplify(failed: RunResult, mistakes: Mistakes = {}): Promise<RunResult> {
  const { seed } = failed;
  const { invariant } = failed.broken[0]!;
  let best = failed;
  let tries = 0;
  for (let size = Math.ceil(best.choices.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < best.choices.length && tries < TRIES_MAX; from += size) {
      const choices = best.choices.map((choice, k) => (k >= from && k < from + size ? 0 : choice));
      if (choices.every((choice, k) => choice === best.choices[k])) continue;
      tries += 1;
      const simpler = await simulate({ seed, choices, mistakes });
      if (breaks(simpler.broken, invariant) && isSimpler(simpler, best)) best = simpler;
    }
  }
  return simulate({ seed, choices: best.choices, mistakes, tracing: true });
}

const breaks = (broken: Broken[], invariant: Broken['invariant']) => broken[0]?.invariant === invariant;
const decided = ({ choices }: RunResult) => choices.filter((choice) => choice !== 0).length;
const isSimpler = (one: RunResult, other: RunResult) =>
  one.steps <= other.steps && decided(one) <= decided(other);
