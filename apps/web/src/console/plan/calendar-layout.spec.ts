import { describe, expect, it } from 'vitest';
import { hoursShown, instantAt, keepWithin, placeEntries, windowOf } from './calendar-layout.js';
import { addDays, durationOf, msOfLocal, startOfWeek, toLocal } from './instants.js';

const DAY = new Date(2026, 1, 16).getTime();
const at = (hour: number, minute = 0) => new Date(2026, 1, 16, hour, minute).getTime();
const entry = (hour: number, minute: number) => ({ id: `${hour}:${minute}`, at: at(hour, minute) });

describe('the calendar', () => {
  it('puts drops side by side when one would cover the other, and only then', () => {
    const placed = placeEntries([entry(20, 0), entry(20, 5), entry(20, 30), entry(21, 30)], 20);
    expect(placed.map(({ lane, lanes }) => `${lane}/${lanes}`)).toEqual(['0/2', '1/2', '0/1', '0/1']);
  });

  it('never lets two blocks overlap, however many there are', () => {
    const many = Array.from({ length: 200 }, (_, n) => entry(18, (n * 7) % 240)).sort((a, b) => a.at - b.at);
    const placed = placeEntries(many, 25);
    for (const one of placed) {
      expect(one.lane).toBeLessThan(one.lanes);
      const covered = placed.filter(
        (other) => other !== one && other.lane === one.lane && Math.abs(other.minute - one.minute) < 25,
      );
      expect(covered).toEqual([]);
    }
  });

  it('shows an evening in a few hours, and several days from midnight to midnight', () => {
    expect(hoursShown([DAY], at(20), at(22, 30))).toEqual({ from: 19, to: 23 });
    expect(hoursShown([DAY], at(23), addDays(DAY, 1))).toEqual({ from: 21, to: 24 });
    expect(hoursShown([DAY], at(0, 30), at(1))).toEqual({ from: 0, to: 4 });
    expect(hoursShown([DAY, addDays(DAY, 1)], at(20), addDays(at(2), 1))).toEqual({ from: 0, to: 24 });
    expect(hoursShown([addDays(DAY, 3)], at(20), at(22))).toEqual({ from: 0, to: 24 });
  });

  it('takes a click to the nearest step of the clock, within the campaign', () => {
    expect(toLocal(instantAt(DAY, 1_203, 5))).toBe('2026-02-16T20:05:00');
    expect(toLocal(instantAt(DAY, 5_000, 5))).toBe('2026-02-16T23:59:00');
    expect(keepWithin(at(19), at(20), at(23))).toBe(at(20));
  });

  it('knows which part of a day the campaign covers', () => {
    expect(windowOf(DAY, at(20), at(23))).toEqual({ from: 1_200, to: 1_380 });
    expect(windowOf(addDays(DAY, 1), at(20), at(23))).toBeNull();
  });
});

describe('instants as they are typed', () => {
  it('come back as they were, to the second', () => {
    expect(msOfLocal(toLocal(at(20, 5) + 7_000))).toBe(at(20, 5) + 7_000);
    expect(msOfLocal('2026-02-16T20:05')).toBe(at(20, 5));
    for (const typed of ['', '2026-02-16', 'tonight', '2026-13-40T20:00'])
      expect(msOfLocal(typed), typed).toBeNull();
  });

  it('weeks begin on Monday', () => {
    expect(toLocal(startOfWeek(at(12)))).toBe('2026-02-16T00:00:00');
    expect(toLocal(startOfWeek(addDays(at(12), -1)))).toBe('2026-02-09T00:00:00');
  });

  it('lengths are said in the largest unit that is whole', () => {
    expect([0, 45, 90, 600, 7_200].map(durationOf)).toEqual([
      { n: '0', unit: 's' },
      { n: '45', unit: 's' },
      { n: '90', unit: 's' },
      { n: '10', unit: 'm' },
      { n: '2', unit: 'h' },
    ]);
  });
});
