import type { RunsOfOne, SeedsOfOne } from './many-runs.js';
import { simulate } from './simulate.js';

/** A process of `manyRuns`. */
const order = JSON.parse(process.argv[2]!) as SeedsOfOne;
const { first, step, end = Infinity, seconds = Infinity, mistakes = {} } = order;
const untilMs = performance.now() + seconds * 1_000;
const sum: RunsOfOne = { runs: 0, steps: 0, faults: 0, acked: 0, lost: 0 };
for (let seed = first; seed < end && sum.failed === undefined && performance.now() < untilMs; seed += step) {
  const run = await simulate({ seed, mistakes });
  sum.runs += 1;
  for (const name of ['steps', 'faults', 'acked', 'lost'] as const) sum[name] += run[name];
  if (run.broken.length > 0) sum.failed = seed;
}
process.send!(sum);
