import { expect, it } from 'vitest';
import { SeenIds } from './seen-ids.js';

it('tells of 200,000 ids, half of them repeated, what a set tells', () => {
  const seen = new SeenIds();
  const set = new Set<string>();
  const wrong: string[] = [];
  for (let k = 0; k < 200_000; k += 1) {
    const id = `user-${(k * 7_919) % 100_003}`;
    if (seen.has(id) !== set.has(id) || seen.add(id) === set.has(id)) wrong.push(id);
    set.add(id);
  }
  expect(wrong).toEqual([]);
  expect(seen.has('someone else')).toBe(false);
});
