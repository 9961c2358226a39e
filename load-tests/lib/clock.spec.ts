import { describe, expect, it } from 'vitest';
import { Chance } from './chance.ts';
import { clockOffset, LoadClock } from './clock.ts';

function samples(aheadMs: number, { wayMs = 2, slowMs = 0 } = {}) {
  const chance = new Chance(9);
  return Array.from({ length: 7 }, (_, k) => {
    const at = 1_800_000_000_000 + k * 137.3;
    const there = wayMs * chance.next() + (k === 3 ? slowMs : 0);
    const back = wayMs * chance.next();
    return {
      askedMs: Math.floor(at),
      serverTimeMs: Math.floor(at + there + aheadMs),
      answeredMs: at + there + back,
    };
  });
}

describe('the clock of the server', () => {
  it.each([3_600_000, -250, 12])(
    'that is %i ms ahead is found to a millisecond or two, one slow answer or not',
    (aheadMs) => {
      expect(Math.abs(clockOffset(samples(aheadMs)) - aheadMs)).toBeLessThan(2);
      expect(Math.abs(clockOffset(samples(aheadMs, { slowMs: 900 })) - aheadMs)).toBeLessThan(2);
    },
  );

  it('is taken for our own when it can not be told from it', () => {
    expect(clockOffset(samples(0))).toBe(0);
    expect(clockOffset([])).toBe(0);
  });
});

describe('the clock of the load', () => {
  it('counts its seconds from the start by the server, on the clock here', () => {
    const clock = new LoadClock(10_000);
    clock.offsetMs = 400;
    expect(clock.startMs).toBe(9_600);
    expect([9_599, 9_600, 10_599.9, 10_600].map((ms) => clock.secondOf(ms))).toEqual([-1, 0, 0, 1]);
    expect(clock.fromServer(10_000)).toBe(9_600);
    expect(clock.at(2.5)).toBe(12_100);
  });
});
