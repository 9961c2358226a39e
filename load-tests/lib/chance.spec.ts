import { describe, expect, it } from 'vitest';
import { Chance } from './chance.ts';

const numbers = (chance: Chance, count: number) => Array.from({ length: count }, () => chance.next());

describe('chance', () => {
  it('is the same for the same seeds, and another for any other', () => {
    const [a, b] = [numbers(new Chance(1, 2), 5), numbers(new Chance(1, 2), 5)];
    expect(a).toEqual(b);
    for (const seeds of [[2, 1], [1, 3], [1], [0], [1, 2, 0]])
      expect(numbers(new Chance(...seeds), 5)).not.toEqual(a);
  });

  it('spreads evenly, also over seeds that follow each other', () => {
    const COUNT = 100_000;
    const inOne = new Chance(7);
    for (const draw of [() => inOne.next(), (k: number) => new Chance(7, k).next()]) {
      const tenths = Array.from({ length: 10 }, () => 0);
      for (let k = 0; k < COUNT; k += 1) tenths[Math.floor(draw(k) * 10)]! += 1;
      // Five standard deviations: sqrt(100,000 × 0.1 × 0.9) = 95.
      for (const count of tenths) expect(Math.abs(count - COUNT / 10)).toBeLessThan(475);
    }
  });

  it('has exponential times of the mean that was asked for', () => {
    const chance = new Chance(3);
    const COUNT = 50_000;
    let sum = 0;
    for (let k = 0; k < COUNT; k += 1) sum += chance.exponential(400);
    // A standard deviation of the mean is 400 / sqrt(50,000) = 1.8.
    expect(Math.abs(sum / COUNT - 400)).toBeLessThan(9);
  });

  it('draws some, each at most once, and leaves the list as it was', () => {
    const items = Array.from({ length: 20 }, (_, k) => k);
    const drawn = new Chance(5).some(items, 8);
    expect(new Set(drawn).size).toBe(8);
    expect(items).toEqual(items.toSorted((a, b) => a - b));
    expect(new Chance(5).some(items, 99).toSorted((a, b) => a - b)).toEqual(items);
    expect(new Chance(5).some([], 3)).toEqual([]);
  });
});
