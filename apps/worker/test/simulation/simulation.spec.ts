import { describe, expect, it } from 'vitest';
import type { Mistake } from './mistakes.js';
import { simplify } from './simplify.js';
import { simulate, type RunResult } from './simulate.js';

/** In CI; HONGBAO_SIM_SECONDS goes on for longer. */
const RUNS = 1_500;
const SEEDS_FOR_A_MISTAKE = 20_000;
const one = process.env['HONGBAO_SIM_SEED'];
const seconds = Number(process.env['HONGBAO_SIM_SECONDS'] ?? 0);

async function explain(failed: RunResult): Promise<string> {
  const { trace, broken } = await simplify(failed);
  const lines = [...broken, ...failed.broken]
    .slice(0, 4)
    .map(({ invariant, detail }) => `${invariant}: ${detail}`);
  return [`HONGBAO_SIM_SEED=${failed.seed}`, ...trace, ...lines].join('\n');
}

describe('the money path, simulated', () => {
  it.runIf(one === undefined)(
    'keeps I1 to I10 whatever fails between two effects',
    async () => {
      const base = Date.now() % 1_000_000_000;
      const begin = performance.now();
      const cpu = process.cpuUsage();
      const sum = { runs: 0, steps: 0, faults: 0, acked: 0, lost: 0 };
      const isOver = () => (seconds > 0 ? performance.now() - begin > seconds * 1_000 : sum.runs >= RUNS);
      while (!isOver()) {
        const run = await simulate({ seed: base + sum.runs });
        if (run.broken.length > 0) expect.fail(await explain(run));
        sum.runs += 1;
        for (const name of ['steps', 'faults', 'acked', 'lost'] as const) sum[name] += run[name];
      }
      const { user, system } = process.cpuUsage(cpu);
      const perSecond = Math.round(sum.runs / ((user + system) / 1e6));
      console.log(
        `simulation: seeds ${base} to ${base + sum.runs - 1}`,
        sum,
        `${perSecond} runs for a second of CPU`,
      );
    },
    seconds * 1_000 + 120_000,
  );

  it.runIf(one !== undefined)('replays one seed', async () => {
    const run = await simulate({ seed: Number(one), tracing: true });
    console.log(run.trace.join('\n'));
    if (run.broken.length > 0) expect.fail(await explain(run));
  });

  it('does the same again for the same seed, and for the same decisions', async () => {
    const run = await simulate({ seed: 7, tracing: true });
    expect(await simulate({ seed: 7, tracing: true })).toEqual(run);
    const again = await simulate({ seed: 8, choices: run.choices, tracing: true });
    expect(again.trace).toEqual(run.trace);
  });

  it.each<[Mistake, RegExp]>([
    ['ackBeforeCommit', /I5|I9|frozen/],
    ['ackOnRead', /I5|I9/],
    ['relaySkips', /I5|I9/],
    ['noUniqueKeys', /I2|I1/],
    ['closeWithoutWaiting', /frozen/],
    ['armAfresh', /frozen|I2|I5/],
    ['gatesIgnored', /frozen|I2|I7|I8/],
    ['handNotAwaited', /frozen|I2|I5/],
    ['twoWorkersLoseADisk', /frozen|I2|I5/],
    ['refundTwice', /I1|I3/],
  ])(
    'finds %s',
    async (mistake, invariant) => {
      for (let seed = 1; seed <= SEEDS_FOR_A_MISTAKE; seed += 1) {
        const { broken } = await simulate({ seed, mistakes: { [mistake]: true } });
        if (broken.length === 0) continue;
        console.log(`${mistake}: found by seed ${seed}: ${broken[0]!.invariant} ${broken[0]!.detail}`);
        expect(broken[0]!.invariant).toMatch(invariant);
        return;
      }
      expect.fail(`not in ${SEEDS_FOR_A_MISTAKE} seeds`);
    },
    60_000,
  );
});
