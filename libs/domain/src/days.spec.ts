import { describe, expect, it } from 'vitest';
import { daysOf } from './days.js';

const at = (iso: string) => Date.parse(iso);

describe('days of a time zone', () => {
  it('begin at its midnight', () => {
    const days = daysOf(at('2026-02-16T15:30:00Z'), at('2026-02-17T17:00:00Z'), 'Asia/Shanghai');
    expect(days).toEqual([
      { startMs: at('2026-02-15T16:00:00Z'), day: '2026-02-16' },
      { startMs: at('2026-02-16T16:00:00Z'), day: '2026-02-17' },
      { startMs: at('2026-02-17T16:00:00Z'), day: '2026-02-18' },
    ]);
  });

  it('may have 23 or 25 hours where clocks change', () => {
    const days = daysOf(at('2026-10-24T12:00:00Z'), at('2026-10-26T12:00:00Z'), 'Europe/Berlin');
    expect(days.map(({ startMs }) => new Date(startMs).toISOString())).toEqual([
      '2026-10-23T22:00:00.000Z',
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
  });

  it('are one when nothing passes midnight', () => {
    expect(daysOf(at('2026-06-01T00:00:00Z'), at('2026-06-01T00:00:00Z'), 'UTC')).toEqual([
      { startMs: at('2026-06-01T00:00:00Z'), day: '2026-06-01' },
    ]);
  });
});
