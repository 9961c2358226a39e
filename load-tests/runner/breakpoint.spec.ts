import { describe, expect, it } from 'vitest';
import { addTime, pack } from '../model/histogram.ts';
import { breakpointOf, brokenSince } from './breakpoint.ts';
import { Merged } from './merge.ts';
import { CPU, MACHINE, SaturationLog } from './saturation.ts';

const rule = { metric: 'grab.open.p99', atMost: 100, forSeconds: 3 };

/** A run whose grabs took so many milliseconds in each second; null: nobody answered. */
function run(latencies: (number | null)[]): Merged {
  const merged = new Merged();
  latencies.forEach((ms, s) => {
    const histogram = new Map<number, number>();
    if (ms !== null) addTime(histogram, ms);
    const counts = { offered: 100 * (s + 1), answered: 90 };
    merged.add({ k: 'window', vu: 1, s, counts, times: ms === null ? {} : { 'grab.open': pack(histogram) } });
  });
  return merged;
}

describe('a breakpoint', () => {
  it('is where the first row of broken seconds begins', () => {
    const merged = run([5, 150, 5, 150, 160, 170, 180]);
    expect(brokenSince(merged, rule, 100)).toBe(3);
  });

  it('is not there while too few seconds in a row are broken', () => {
    expect(brokenSince(run([5, 150, 150, 5, 150, 150, 5]), rule, 100)).toBeUndefined();
  });

  it('waits until a second can be judged', () => {
    const merged = run([5, 150, 150, 150]);
    expect(brokenSince(merged, rule, 5.9)).toBeUndefined();
    expect(brokenSince(merged, rule, 6)).toBe(1);
  });

  it('counts a second whose grabs nobody answered', () => {
    expect(brokenSince(run([5, 5, null, null, null]), rule, 100)).toBe(2);
  });

  it('says the rates of its seconds and who was fullest in them', () => {
    const log = new SaturationLog();
    for (let s = 0; s < 7; s += 1) {
      log.note('gateway', CPU, 'percent of a core', s, s < 3 ? 20 : 97, 100);
      log.note('postgres', CPU, 'percent of a core', s, 120, 200);
      log.note(MACHINE, CPU, 'percent of a core', s, 199, 200);
    }
    const found = breakpointOf(run([5, 5, 5, 150, 160, 170]), rule, 3, log.toSaturation(7));
    expect(found).toMatchObject({
      atSecond: 3,
      offeredPerSecond: 500,
      answeredPerSecond: 90,
      full: 'gateway',
    });
    expect(found.says).toContain('97 % of a core');
    expect(found.says).toContain('machine itself was full');
  });

  it('says that the machine was full when no process was', () => {
    const log = new SaturationLog();
    for (let s = 0; s < 7; s += 1) {
      log.note('gateway', CPU, 'percent of a core', s, 60, 100);
      log.note('k6', CPU, 'percent of a core', s, 80, 200);
      log.note(MACHINE, CPU, 'percent of a core', s, 190, 200);
    }
    const found = breakpointOf(run([5, 5, 5, 150, 160, 170]), rule, 3, log.toSaturation(7));
    expect(found.full).toBe(MACHINE);
    expect(found.says).toContain('190 % of 200 %, with k6 80 %, gateway 60 %');
  });
});
