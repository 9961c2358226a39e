import { describe, expect, it } from 'vitest';
import { SharedMachine, type SharedLoad } from './simulation/this-machine.ts';
import { latencyOf } from './simulation/latency.ts';
import { parseCommandLine } from './options.ts';
import { planOf } from './size.ts';
import { testCosts } from './test-costs.ts';

/** Simulated in a second or two, and later on a machine that does other things. */
const TEST_MS_MAX = 30_000;

const load: SharedLoad = {
  ...{ cores: 2, members: 20, reactionMs: { min: 100, mean: 300 }, frameUs: 30, seed: 1 },
};

describe('a service and its load on one machine', { timeout: TEST_MS_MAX }, () => {
  it('uses more of it for more grabs, and answers later', () => {
    const runs = [50, 200, 800].map((rate) => new SharedMachine(testCosts, load).run(rate, 5));
    for (const [k, run] of runs.slice(1).entries()) {
      expect(run.cpuShare).toBeGreaterThan(runs[k]!.cpuShare);
      expect(run.p99).toBeGreaterThan(runs[k]!.p99);
    }
  });

  it('is as slow on fewer cores or slower', () => {
    const [two, one] = [2, 1].map((cores) => new SharedMachine(testCosts, { ...load, cores }).run(200, 5));
    expect(one!.p99).toBeGreaterThanOrEqual(two!.p99);
  });
});

describe('latency against load', { timeout: TEST_MS_MAX }, () => {
  it('rises up to saturation, which lies past the planned peak', () => {
    const command = parseCommandLine([
      '--peak',
      '20k',
      '--people',
      '50k',
      '--shares',
      '1M',
      '--progress-per-second',
      '0',
    ]);
    if (command.kind !== 'plan') throw new Error('no plan');
    const points = latencyOf(planOf(command.target, command.hardware, testCosts), testCosts);
    const p99 = points.map(({ won }) => won?.p99 ?? Infinity);
    expect(p99[4]).toBeLessThan(50);
    expect(p99.at(-1)).toBeGreaterThan(p99[0]!);
  });
});
