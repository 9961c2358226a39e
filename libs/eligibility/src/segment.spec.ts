import { describe, expect, it } from 'vitest';
import type { Attributes, Segment } from '@app/contracts';
import { matchesSegment } from './segment.js';

const nowMs = Date.parse('2026-02-16T12:00:00Z');
const matches = (segment: Segment, attributes?: Attributes) => matchesSegment(segment, attributes, nowMs);
const joined = (joinedAt: string | number, newcomerDays = 7) => matches({ newcomerDays }, { joinedAt });

describe('a segment', () => {
  it('matches a plain value of the same type only', () => {
    expect(matches({ attributes: { level: 3 } }, { level: 3 })).toBe(true);
    expect(matches({ attributes: { level: 3 } }, { level: '3' })).toBe(false);
    expect(matches({ attributes: { vip: true } }, { vip: 'true' })).toBe(false);
    expect(matches({ attributes: { city: '成都' } }, { city: '成都' })).toBe(true);
  });

  it('matches any of the values it lists', () => {
    const segment = { attributes: { city: { is: ['成都', '杭州', 7] } } };
    expect(matches(segment, { city: '杭州' })).toBe(true);
    expect(matches(segment, { city: 7 })).toBe(true);
    expect(matches(segment, { city: '北京' })).toBe(false);
  });

  it('includes both bounds of a range', () => {
    const between = { attributes: { age: { min: 18, max: 30 } } };
    expect([17, 18, 30, 31].map((age) => matches(between, { age }))).toEqual([false, true, true, false]);
    expect(matches({ attributes: { age: { min: 18 } } }, { age: 1e9 })).toBe(true);
    expect(matches({ attributes: { age: { max: 18 } } }, { age: -1e9 })).toBe(true);
  });

  it('asks for a number where it states a range', () => {
    expect(matches({ attributes: { age: { min: 1 } } }, { age: '20' })).toBe(false);
    expect(matches({ attributes: { age: { min: 0 } } }, { age: true })).toBe(false);
    expect(matches({ attributes: { age: { min: 0 } } }, { age: Number.NaN })).toBe(false);
    expect(matches({ attributes: { age: {} } }, { age: 'x' })).toBe(false);
  });

  it('asks for all its conditions', () => {
    const segment = { attributes: { city: '成都', age: { min: 18 } }, newcomerDays: 7 };
    const person = { city: '成都', age: 20, joinedAt: '2026-02-15T00:00:00Z' };
    expect(matches(segment, person)).toBe(true);
    expect(matches(segment, { ...person, city: '北京' })).toBe(false);
    expect(matches(segment, { ...person, age: 17 })).toBe(false);
    expect(matches(segment, { ...person, joinedAt: '2025-02-15T00:00:00Z' })).toBe(false);
  });

  it('matches nobody of whom nothing is known, and nobody when it has no condition', () => {
    expect(matches({ attributes: { city: '成都' } })).toBe(false);
    expect(matches({ attributes: { city: '成都' } }, {})).toBe(false);
    expect(matches({}, { city: '成都' })).toBe(false);
    expect(matches({ attributes: {} }, { city: '成都' })).toBe(false);
  });

  it('does not take what every object inherits for an attribute', () => {
    expect(matches({ attributes: { constructor: { is: ['x'] } } }, {})).toBe(false);
    expect(matches({ attributes: { toString: 'x' } }, { toString: 'x' } as unknown as Attributes)).toBe(true);
  });

  it('takes for newcomers those who joined at most so many days ago, to the millisecond', () => {
    expect(joined('2026-02-09T12:00:00Z')).toBe(true);
    expect(joined('2026-02-09T11:59:59.999Z')).toBe(false);
    expect(joined('2026-02-09T20:00:00+08:00')).toBe(true);
    expect(joined('2026-02-09T20:00:00+0800')).toBe(true);
    expect(joined('2026-02-09T19:59:59+08:00')).toBe(false);
    expect(joined('2026-02-10')).toBe(true);
  });

  it('takes a joining a little ahead of the clock for now, and one far ahead for a mistake', () => {
    expect(joined('2026-02-17')).toBe(true);
    expect(joined('2026-02-17T12:00:00Z')).toBe(true);
    expect(joined('2026-02-17T12:00:01Z')).toBe(false);
    expect(joined('2062-02-16T12:00:00Z')).toBe(false);
  });

  it.each([
    ['', 'soon', '1', '2026', '2026-2-10', 'Feb 10 2026', '2026-02-30', '2026-13-01', '2026-00-10'],
    ['2026-02-10T12:00:00', '2026-02-10 12:00:00Z', '2026-02-10T25:00:00Z', '2026-02-10T12:61:00Z'],
    [' 2026-02-10', '2026-02-10\n', '２０２６-02-10', '2026-02-10T12:00:00+99:00', Date.parse('2026-02-10')],
  ])('takes nobody for a newcomer whose joinedAt is malformed: %j and so on', (...texts) => {
    expect(texts.filter((text) => joined(text))).toEqual([]);
    expect(matches({ newcomerDays: 7 }, {})).toBe(false);
  });
});
