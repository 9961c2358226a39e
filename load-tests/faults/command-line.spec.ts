import { describe, expect, it } from 'vitest';
import { parseCommandLine, threeOf } from './command-line.js';

const known = ['kill-redis', 'resets'];
const parse = (...args: string[]) => parseCommandLine(args, known, ['claim-removed']);

describe('npm run faults', () => {
  it('runs every fault once and then three at a time, with a seed of its own', () => {
    expect(parse()).toMatchObject({
      runs: [['kill-redis'], ['resets'], ['three']],
      seeds: 1,
      minutes: 0,
      isQuick: false,
    });
    expect((parse() as { seed: number }).seed).not.toBe((parse() as { seed: number }).seed);
  });

  it('takes some faults, each by itself or together', () => {
    expect(parse('--only', 'resets, three', '--seed', '7')).toMatchObject({
      runs: [['resets'], ['three']],
      seed: 7,
    });
    expect(parse('--together', 'resets,kill-redis')).toMatchObject({ runs: [['resets', 'kill-redis']] });
  });

  it('reads kept results, as many files as there are', () => {
    expect(parse('--table', 'a.json,b.json')).toEqual({ table: ['a.json', 'b.json'] });
  });

  it('names what is wrong, and what there is', () => {
    expect(() => parse('--only', 'flood')).toThrow(
      'there is no fault flood; there are kill-redis, resets, three',
    );
    expect(() => parse('--seed', '-1')).toThrow();
    expect(() => parse('--minutes', '1.5')).toThrow('--minutes must be a whole number');
    expect(() => parse('--plant', 'doubt')).toThrow("doubt can't be planted; there are claim-removed");
  });
});

describe('three at a time', () => {
  const faults = ['a', 'b', 'c', 'd'].map((name) => ({ name }));
  const disks = ['redis', 'postgres'].map((smallDisk) => ({ name: smallDisk, needs: { smallDisk } }));

  it('are the same for the same seed, and three different ones', () => {
    expect(threeOf(faults, 5)).toEqual(threeOf(faults, 5));
    for (let seed = 0; seed < 50; seed += 1) expect(new Set(threeOf(faults, seed)).size).toBe(3);
  });

  it('never want two small disks', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const three = threeOf([...faults, ...disks], seed) as { needs?: object }[];
      expect(three.filter(({ needs }) => needs).length).toBeLessThan(2);
    }
  });
});
