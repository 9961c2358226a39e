import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot } from '@app/local-stack';
import { SLOTS } from '@app/packet-store';
import { describe, expect, it } from 'vitest';
import { withBench } from './bench-costs.ts';
import { costsOf, type CostsFile } from './costs.ts';
import { DESIGN } from './design.ts';
import { HELP, parseCommandLine } from './options.ts';
import { splitCost } from './probe/cpu.ts';
import { testCostsFile } from './test-costs.ts';

const needed = ['--peak', '13.5M', '--people', '700M', '--shares', '120_000_000'];

describe('the command line of the planner', () => {
  it('reads numbers as people write them', () => {
    expect(parseCommandLine(needed)).toMatchObject({
      kind: 'plan',
      target: { peak: 13_500_000, people: 700_000_000, shares: 120_000_000, sends: 0, audience: 700_000_000 },
    });
  });

  it('has rooms of ten when packets are sent', () => {
    expect(parseCommandLine([...needed, '--sends', '1'])).toMatchObject({ target: { audience: 10 } });
  });

  it.each([
    [['--peak', '5'], '--people is needed'],
    [['--peak', 'much', '--people', '1', '--shares', '1'], '--peak is a number from 1, not much'],
    [['--peak', '-5', '--people', '1', '--shares', '1'], '--peak'],
    [['--peak', '1e9', '--people', '1', '--shares', '1'], 'not 1e9'],
    [['--peak', '5', '--people', '1.5', '--shares', '1'], '--people is a whole number'],
    [[...needed, '--headroom', '1'], '--headroom is below 1'],
    [[...needed, '--audience', '800M'], '--audience is at most --people'],
    [[...needed, '--cheap'], "Unknown option '--cheap'"],
    [[...needed, '--peak'], '--peak'],
  ])('refuses %j in one line', (args, words) => {
    expect(() => parseCommandLine(args)).toThrow(words);
    try {
      parseCommandLine(args);
    } catch (error) {
      expect((error as Error).message).not.toContain('\n');
    }
  });

  it('explains every option', () => {
    for (const name of ['--peak', '--regions', '--svg', '--measure', '--headroom'])
      expect(HELP).toContain(name);
  });
});

describe('the design that a plan assumes', () => {
  it('is that of the code and its settings', () => {
    const settings = readFileSync(join(checkoutRoot, '.env.example'), 'utf8');
    expect(DESIGN.slots).toBe(SLOTS);
    expect(settings).toContain(`GRABS_PER_CALL_MAX=${DESIGN.grabsPerCallMax}\n`);
    expect(settings).toContain(`GRABS_WAITING_MAX=${DESIGN.grabsWaitingMax}\n`);
    expect(settings).toContain(`CLAIMS_PER_JOB_MAX=${DESIGN.claimsPerJobMax}\n`);
  });
});

describe('costs', () => {
  it('come from a benchmark where it has them, and say so', () => {
    const file = withBench(testCostsFile(), [
      { id: 'B2', work: 'a winning grab', value: 33, unit: 'µs of gateway CPU' },
      { id: 'B5', work: 'a drop', value: 100, unit: 'ms' },
      { id: 'B3', work: 'of another unit', value: 5, unit: 'grabs/s' },
    ]);
    expect(costsOf(file)).toMatchObject({ 'gateway.win': 33, 'gateway.push': 20, 'gateway.soldOut': 20 });
    expect(file.costs['gateway.win'].from).toContain('B2');
  });

  it('that are missing are named', () => {
    const { 'redis.win': _, ...costs } = testCostsFile().costs;
    expect(() => costsOf({ ...testCostsFile(), costs } as CostsFile)).toThrow(/redis\.win.*--measure/);
  });

  it('are parted into those of a call and those of each in it', () => {
    expect(splitCost({ total: 110, calls: 1, items: 10 }, { total: 400, calls: 2, items: 200 })).toEqual({
      ...{ fixed: expect.closeTo(100), each: expect.closeTo(1) },
    });
    expect(splitCost({ total: 10, calls: 1, items: 10 }, { total: 30, calls: 3, items: 10 })).toMatchObject({
      each: 0,
    });
  });
});
