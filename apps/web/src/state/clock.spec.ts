import { describe, expect, it } from 'vitest';
import { bestOffset } from './clock.js';

describe('the server clock', () => {
  it('is taken from the quickest exchange', () => {
    const slow = { askedAt: 1_000, answeredAt: 1_900, serverTimeMs: 6_900 };
    const quick = { askedAt: 2_000, answeredAt: 2_020, serverTimeMs: 7_010 };
    expect(bestOffset([slow, quick])).toBe(5_000);
    expect(bestOffset([quick, slow])).toBe(5_000);
  });

  it('is at most half an exchange off, whichever way took longer', () => {
    const ahead = -3_600_000;
    for (const there of [0, 5, 20, 40]) {
      const sample = { askedAt: 0, answeredAt: 40, serverTimeMs: there + ahead };
      expect(Math.abs(bestOffset([sample]) - ahead)).toBeLessThanOrEqual(20);
    }
  });

  it('ignores an exchange in which the own clock was set back', () => {
    const odd = { askedAt: 5_000, answeredAt: 1_000, serverTimeMs: 9_000 };
    expect(bestOffset([odd, { askedAt: 1_000, answeredAt: 1_100, serverTimeMs: 1_350 }])).toBe(300);
  });

  it("is this machine's when nobody answered", () => {
    expect(bestOffset([])).toBe(0);
  });
});
