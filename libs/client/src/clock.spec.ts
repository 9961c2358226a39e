import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bestOffset, ServerClock } from './clock.js';

describe('the server clock', () => {
  it('is taken from the quickest exchange', () => {
    const slow = { askedAt: 1_000, answeredAt: 1_900, serverTimeMs: 6_900 };
    const quick = { askedAt: 2_000, answeredAt: 2_020, serverTimeMs: 7_010 };
    expect(bestOffset([slow, quick])).toEqual({ aheadMs: 5_000, errorMs: 10 });
    expect(bestOffset([quick, slow])).toEqual({ aheadMs: 5_000, errorMs: 10 });
  });

  it('is at most half an exchange off, whichever way took longer', () => {
    const ahead = -3_600_000;
    for (const there of [0, 5, 20, 40]) {
      const sample = { askedAt: 0, answeredAt: 40, serverTimeMs: there + ahead };
      expect(Math.abs(bestOffset([sample])!.aheadMs - ahead)).toBeLessThanOrEqual(20);
    }
  });

  it('ignores an exchange in which the own clock was set back', () => {
    const odd = { askedAt: 5_000, answeredAt: 1_000, serverTimeMs: 9_000 };
    expect(bestOffset([odd, { askedAt: 1_000, answeredAt: 1_100, serverTimeMs: 1_350 }])?.aheadMs).toBe(300);
  });

  it("is this machine's when nobody answered", async () => {
    expect(bestOffset([])).toBeUndefined();
    const clock = new ServerClock(
      () => Promise.reject(new Error('away')),
      () => 5_000,
    );
    await clock.sync();
    expect([clock.now(), clock.errorMs]).toEqual([5_000, Infinity]);
  });
});

describe('something planned for an instant of the server', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A server that is `aheadMs` ahead and answers after `tookMs`. */
  const clockOf = (aheadMs: number, tookMs = 10) => {
    const asked: number[] = [];
    const ask = async () => {
      asked.push(Date.now());
      await new Promise((resolve) => setTimeout(resolve, tookMs / 2));
      const serverTimeMs = Date.now() + aheadMs;
      await new Promise((resolve) => setTimeout(resolve, tookMs / 2));
      return { serverTimeMs };
    };
    return { clock: new ServerClock(ask), asked };
  };

  it('runs once, at that instant, though the own clock is off by hours', async () => {
    const { clock } = clockOf(7_200_000);
    const ran: number[] = [];
    const instant = Date.now() + 7_200_000 + 60_000;
    clock.at(instant, () => ran.push(Date.now() + 7_200_000));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(ran).toEqual([instant]);
  });

  it('runs at once when the instant has passed, and not at all when it was called off', async () => {
    const { clock } = clockOf(-5_000);
    const ran: string[] = [];
    await Promise.all([clock.sync(), vi.advanceTimersByTimeAsync(100)]);
    clock.at(clock.now() - 1, () => ran.push('late'));
    expect(ran).toEqual(['late']);
    clock.at(clock.now() + 50, () => ran.push('called off'))();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ran).toEqual(['late']);
  });

  it('asks for the time again on a long wait, and not in the last moment', async () => {
    const { clock, asked } = clockOf(0);
    const instant = Date.now() + 3_600_000;
    let ranAt = 0;
    clock.at(instant, () => (ranAt = Date.now()));
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(ranAt).toBe(instant);
    expect(asked.length).toBeGreaterThan(4 * 6);
    expect(instant - asked.at(-1)!).toBeGreaterThan(5_000);
  });

  it('runs by the own clock when nobody tells the time', async () => {
    const clock = new ServerClock(() => Promise.reject(new Error('away')));
    const instant = Date.now() + 1_000;
    let ranAt = 0;
    clock.at(instant, () => (ranAt = Date.now()));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(ranAt).toBe(instant);
  });
});
