import { describe, expect, it } from 'vitest';
import type { Totals } from '../model/result.ts';
import { judge } from './judge.ts';
import { MEMORY, SaturationLog } from './saturation.ts';

const totals: Totals = {
  offered: 200,
  answered: 190,
  sends: 0,
  sent: 0,
  outcomes: { won: 90, empty: 100, unknown: 10 },
  errors: {},
  pushes: {},
  times: { 'grab.open': { p50: 4, p95: 20, p99: 80, p999: 200, count: 90 } },
  peak: { second: 50, tenSeconds: 30 },
};

function judged(metric: string, bounds: { atMost?: number; atLeast?: number }, log = new SaturationLog()) {
  const [result] = judge([{ metric, ...bounds, because: 'a reason' }], {
    totals,
    saturation: log.toSaturation(10),
  });
  return result!;
}

describe('a threshold', () => {
  it('on a quantile is met up to its bound', () => {
    expect(judged('grab.open.p99', { atMost: 80 })).toMatchObject({
      met: true,
      value: 80,
      goal: 'at most 80 ms',
    });
    expect(judged('grab.open.p999', { atMost: 199 }).met).toBe(false);
  });

  it('on something that was not measured is not met', () => {
    const result = judged('grab.soldOut.p99', { atMost: 1_000 });
    expect(result.met).toBe(false);
    expect(result).not.toHaveProperty('value');
  });

  it('on a share is judged against all outcomes, also those that never came', () => {
    expect(judged('share.unknown', { atMost: 5 })).toMatchObject({ met: true, value: 5 });
    expect(judged('share.won', { atLeast: 50 }).met).toBe(false);
    expect(judged('share.busy', { atMost: 0 })).toMatchObject({ met: true, value: 0 });
  });

  it('on answers is judged against what was offered', () => {
    expect(judged('answered.ofOffered', { atLeast: 95 })).toMatchObject({ met: true, value: 95, unit: '%' });
  });

  it('on memory compares the last fifth with the first', () => {
    const log = new SaturationLog();
    for (let s = 0; s < 10; s += 1) log.note('gateway', MEMORY, 'bytes', s, s < 2 ? 100 : s < 8 ? 500 : 110);
    expect(judged('memory.growth.gateway', { atMost: 15 }, log).value).toBeCloseTo(10);
    expect(judged('memory.growth.worker', { atMost: 15 }, log).met).toBe(false);
  });

  it('on a metric that there is not is an error', () => {
    expect(() => judged('grab.opne.p99', { atMost: 1 })).toThrow('grab.opne.p99');
  });
});
