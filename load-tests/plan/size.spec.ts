import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demandOf, firstMissesOf, type Target } from './demand.ts';
import type { Hardware, Plan } from './shapes.ts';
import { planOf } from './size.ts';
import { parseCommandLine, type Command } from './options.ts';
import { testCosts } from './test-costs.ts';

/** Simulated in a second or two, and later on a machine that does other things. */
const TEST_MS_MAX = 30_000;

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

function given(...args: string[]): Extract<Command, { kind: 'plan' }> {
  const command = parseCommandLine(args);
  if (command.kind !== 'plan') throw new Error('no plan');
  return command;
}
const usual = given('--peak', '100k', '--people', '2M', '--shares', '1M');

const plan = (over: Partial<Target>, hardware: Partial<Hardware> = {}) =>
  planOf({ ...usual.target, ...over }, { ...usual.hardware, ...hardware }, testCosts);

const counts = (one: Plan) => one.tiers.map(({ count }) => count);

describe('a demand', { timeout: TEST_MS_MAX }, () => {
  it('has winners, and those who miss', () => {
    const demand = demandOf({ ...usual.target, peak: 1_000, shares: 600, dropSeconds: 60 });
    expect(demand).toMatchObject({ grabs: 1_000, wins: 10, misses: 990 });
  });

  it('has no more wins than grabs', () => {
    expect(demandOf({ ...usual.target, peak: 10, shares: 600, dropSeconds: 1 })).toMatchObject({
      wins: 10,
      misses: 0,
    });
  });

  it('has a first miss for each gateway and partition, and for what comes while they ask', () => {
    const demand = demandOf({ ...usual.target, peak: 100_000, wins: 0 });
    const of = { gateways: 20, partitions: 4, audience: 2_000_000, callSeconds: 0.001 };
    expect(firstMissesOf(demand, of)).toBe(20 * 4 + 100_000 * 0.001);
  });

  it('spreads the first taps of an opening over the time of its staggering', () => {
    expect(demandOf({ ...usual.target, peak: 1_000, staggerSeconds: 10 }).grabs).toBe(100);
  });
});

const targets = fc.record({
  peak: fc.integer({ min: 1, max: 20_000_000 }),
  people: fc.integer({ min: 1, max: 700_000_000 }),
  shares: fc.integer({ min: 0, max: 200_000_000 }),
  dropSeconds: fc.integer({ min: 1, max: 600 }),
  sends: fc.constantFrom(0, 0, 100, 20_000),
  audience: fc.constantFrom(1, 60, 1_000),
});
const whole = <T extends { people: number; sends: number; audience: number }>(of: T): T => ({
  ...of,
  audience: of.sends > 0 ? Math.min(of.audience, of.people) : of.people,
});

describe(`a plan (seed ${seed})`, { timeout: TEST_MS_MAX }, () => {
  const more = ['peak', 'people', 'shares', 'sends'] as const;
  it.each(more)('never needs less of anything for more %s', (name) => {
    fc.assert(
      fc.property(targets, fc.double({ min: 1, max: 5, noNaN: true }), (of, times) => {
        const target = whole(of);
        const larger: Partial<Target> = { ...target, [name]: Math.ceil(target[name] * times) };
        // A drop is for all the people there are.
        if (name === 'people' && target.sends === 0) larger.audience = larger.people!;
        const regions = 3;
        const [less, more] = [plan(target, { regions }), plan(larger, { regions })];
        for (const [k, count] of counts(less).entries())
          expect(counts(more)[k]).toBeGreaterThanOrEqual(count);
        expect(plan(larger).regions).toBeGreaterThanOrEqual(plan(target).regions);
      }),
      { seed, numRuns: 150 },
    );
  });

  it('doubles within rounding when everything doubles', () => {
    fc.assert(
      fc.property(targets, (of) => {
        const target = whole(of);
        const { peak, people, shares, sends } = target;
        const twice: Partial<Target> = {
          ...{ ...target, peak: 2 * peak, people: 2 * people, shares: 2 * shares, sends: 2 * sends },
          audience: sends > 0 ? target.audience : 2 * people,
        };
        const [one, two] = [plan(target, { regions: 1 }), plan(twice, { regions: 1 })];
        // First misses are gateways times partitions: the one thing in it that grows with the square.
        const steady = ['gateways', 'workers', 'api'];
        for (const tier of one.tiers.filter(({ name }) => steady.includes(name))) {
          const doubled = two.tiers.find(({ name }) => name === tier.name)!.count;
          expect(doubled).toBeGreaterThanOrEqual(2 * tier.count - 2);
          if (one.firstMisses < 0.01 * one.demand.grabs && two.firstMisses < 0.01 * two.demand.grabs)
            expect(doubled).toBeLessThanOrEqual(2 * tier.count * 1.05 + 1);
        }
      }),
      { seed, numRuns: 150 },
    );
  });

  it('has gateways for the connections where they are what counts', () => {
    const { tiers } = plan({ people: 50_000_000, audience: 10, peak: 100, wins: 1 }, { headroom: 0.9 });
    const memory = 4 * 1_024 ** 3 * 0.7 - 2e8;
    expect(tiers[0]!.count).toBe(Math.ceil((50_000_000 * 30_000) / memory));
  });

  it('takes more regions when one can not settle what is won', () => {
    const walls = plan({ peak: 1_000_000, wins: 500_000 });
    expect(walls.regions).toBeGreaterThan(10);
    expect(plan({ peak: 1_000, wins: 100 }).regions).toBe(1);
  });

  it('with less headroom is larger', () => {
    const [tight, wide] = [plan({}, { headroom: 0.8 }), plan({}, { headroom: 0.4 })];
    for (const [k, count] of counts(tight).entries()) expect(counts(wide)[k]).toBeGreaterThanOrEqual(count);
  });
});
