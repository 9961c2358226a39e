import type { RunDetails } from 'fast-check';
import type { TestPerson } from '@app/testing';

export interface FuzzOptions {
  url: string;
  /** Gives the same inputs in the same order; how many of them is a matter of time. */
  seed: number;
  seconds: number;
  signal?: AbortSignal;
}

/** What one fuzzer did. */
export interface Fuzzed {
  /** In words and numbers. */
  tried: string;
  /** Whose money may have moved. */
  people: TestPerson[];
  /** How long somebody who behaves waited for an answer meanwhile, in milliseconds. */
  waits: number[];
  /** The smallest input found that is answered wrongly, and why. */
  broken?: string;
}

/** As many runs as there is time for. */
export function untilOver(seed: number, seconds: number) {
  return {
    seed,
    numRuns: 10_000_000,
    interruptAfterTimeLimit: seconds * 1_000,
    markInterruptAsFailure: false,
  };
}

/** Why, and by what: the smallest input found, and how to get there again. */
export function whatBroke<T>({
  errorInstance,
  counterexample,
  seed,
  counterexamplePath,
  numRuns,
}: RunDetails<T>): string {
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return `${why}\n  by ${JSON.stringify(counterexample)}\n  seed ${seed}, path ${counterexamplePath}, after ${numRuns} runs`;
}
