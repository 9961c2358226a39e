import { describe, expect, it } from 'vitest';
import { gatherMsAfter } from './relay.js';

const read = (...claims: number[]) =>
  claims.map((count) => ({ claims: Array.from({ length: count }, () => 0) }));

describe('how long the relay gathers', () => {
  it('is shorter the more came, so that one read finds 500 claims', () => {
    expect(gatherMsAfter(200, read(1_000, 1_000))).toBe(50);
    expect(gatherMsAfter(50, read(500))).toBe(50);
    expect(gatherMsAfter(50, read(125, 125))).toBe(100);
  });

  it('stays between 25 and 200 ms, and is the longest again after nothing came', () => {
    expect(gatherMsAfter(25, read(5_000))).toBe(25);
    expect(gatherMsAfter(200, read(3))).toBe(200);
    expect(gatherMsAfter(25, [])).toBe(200);
  });
});
