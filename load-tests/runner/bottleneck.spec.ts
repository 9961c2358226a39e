import { describe, expect, it } from 'vitest';
import { addTime, pack, type Histogram } from '../model/histogram.ts';
import { bottleneckOf } from './bottleneck.ts';
import { Merged } from './merge.ts';
import { CPU, MACHINE, SaturationLog } from './saturation.ts';

function run(lateMs: number, grabMs: number): Merged {
  const one = (ms: number) => {
    const histogram: Histogram = new Map();
    addTime(histogram, ms);
    return pack(histogram);
  };
  const merged = new Merged();
  const times = { late: one(lateMs), 'grab.open': one(grabMs) };
  merged.add({ k: 'window', vu: 1, s: 0, counts: { offered: 1, answered: 1 }, times });
  return merged;
}

function machine(k6: number, all: number) {
  const log = new SaturationLog();
  for (let s = 0; s < 10; s += 1) {
    log.note('k6', CPU, 'percent of a core', s, k6, 200);
    log.note(MACHINE, CPU, 'percent of a core', s, all, 200);
    log.note('gateway', CPU, 'percent of a core', s, 40, 100);
  }
  return log.toSaturation(10);
}

describe('k6', () => {
  it('is not the bottleneck when it is on time and cores are free', () => {
    const found = bottleneckOf(run(1, 20), machine(30, 100), 10);
    expect(found.k6).toBe(false);
    expect(found.fullest).toEqual({ process: 'gateway', cpuPercentOfCore: 40 });
    expect(found.says).toContain('gateway');
  });

  it('is when it was late by a good part of what a grab took', () => {
    expect(bottleneckOf(run(30, 80), [], 10)).toMatchObject({
      k6: true,
      says: expect.stringContaining('late itself'),
    });
    expect(bottleneckOf(run(30, 800), [], 10).k6).toBe(false);
    expect(bottleneckOf(run(2, 4), [], 10).k6).toBe(false);
  });

  it('is when it used all the CPU there is', () => {
    expect(bottleneckOf(run(1, 20), machine(195, 199), 10).k6).toBe(true);
  });

  it('is when the machine it shares had no core left', () => {
    expect(bottleneckOf(run(1, 20), machine(60, 198), 10)).toMatchObject({
      k6: true,
      says: expect.stringContaining('no core left'),
    });
  });
});
