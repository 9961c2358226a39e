import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addTime, pack, type Histogram } from '../model/histogram.ts';
import type { Line } from '../model/lines.ts';
import { Merged } from './merge.ts';
import { seriesOf, totalsOf } from './series.ts';

function merge(lines: Line[]): Merged {
  const merged = new Merged();
  for (const line of lines) merged.addText(JSON.stringify(line));
  return merged;
}

function times(...ms: number[]): number[] {
  const histogram: Histogram = new Map();
  for (const one of ms) addTime(histogram, one);
  return pack(histogram);
}

const windowLine = fc
  .record({
    vu: fc.nat(5),
    s: fc.integer({ min: -2, max: 8 }),
    offered: fc.nat(9),
    won: fc.nat(9),
    ms: fc.array(fc.double({ min: 0, max: 9_000, noNaN: true }), { maxLength: 4 }),
  })
  .map(({ vu, s, offered, won, ms }): Line => ({
    k: 'window',
    vu,
    s,
    counts: { offered, answered: won, 'outcome.won': won },
    times: { 'grab.open': times(...ms) },
  }));
const winsLine = fc
  .array(fc.tuple(fc.constantFrom('p', 'q'), fc.nat(9), fc.nat(9), fc.nat(99)), { maxLength: 3 })
  .map((wins): Line => ({ k: 'wins', wins }));

describe('lines of a run', () => {
  it('give the same in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(windowLine, winsLine)), fc.infiniteStream(fc.nat()), (lines, order) => {
        const shuffled = lines
          .map((line) => ({ line, at: order.next().value as number }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ line }) => line);
        const [a, b] = [merge(lines), merge(shuffled)];
        expect(seriesOf(b, 7)).toEqual(seriesOf(a, 7));
        expect(totalsOf(b, 7)).toEqual(totalsOf(a, 7));
        expect(b.wins.map(String).toSorted()).toEqual(a.wins.map(String).toSorted());
      }),
    );
  });

  it('of one second in two windows add up', () => {
    const line = (answered: number, ...ms: number[]): Line => ({
      k: 'window',
      vu: 1,
      s: 2,
      counts: { offered: 1, answered },
      times: { 'grab.open': times(...ms) },
    });
    const merged = merge([line(1, 5), line(2, 5, 90)]);
    const { offered, answered, times: series } = seriesOf(merged, 4);
    expect(offered).toEqual([0, 0, 2, 0]);
    expect(answered).toEqual([0, 0, 3, 0]);
    expect(series['grab.open']!.p50[2]).toBeCloseTo(5, 0);
    expect(series['grab.open']!.p99[2]).toBeGreaterThan(88);
    expect(series['grab.open']!.p99[0]).toBeNull();
  });

  it('after the load are in the totals and in no second', () => {
    const late: Line = { k: 'window', vu: 1, s: 9, counts: { 'push.packet:closed': 3 }, times: {} };
    expect(seriesOf(merge([late]), 4).pushes).toEqual({ 'packet:closed': [0, 0, 0, 0] });
    expect(totalsOf(merge([late]), 4).pushes).toEqual({ 'packet:closed': 3 });
  });

  it('that are no lines of ours are kept apart', () => {
    const merged = new Merged();
    for (const text of ['', '{"k":"win', 'null', '{"k":"other"}', '{"k":"end","vu":3}']) merged.addText(text);
    expect(merged.strange).toEqual(['{"k":"win', 'null', '{"k":"other"}']);
    expect([...merged.ended]).toEqual([3]);
  });
});

describe('sockets', () => {
  it('are those connected before, with cuts and returns', () => {
    const merged = merge([
      { k: 'ready', vu: 1, connected: 10, failed: { timeout: 1 } },
      { k: 'ready', vu: 2, connected: 5, failed: { timeout: 2, unauthorized: 1 } },
      { k: 'window', vu: 1, s: -3, counts: { connects: 10 }, times: {} },
      { k: 'window', vu: 2, s: -1, counts: { connects: 5 }, times: {} },
      { k: 'window', vu: 1, s: 1, counts: { disconnects: 4 }, times: {} },
      { k: 'window', vu: 1, s: 2, counts: { connects: 3 }, times: {} },
    ]);
    expect(seriesOf(merged, 3).sockets).toEqual([15, 11, 14]);
    expect(merged.failed).toEqual({ timeout: 3, unauthorized: 1 });
  });
});

describe('the peak', () => {
  it('is the best second, and the best ten in a row', () => {
    const at = (s: number, answered: number): Line => ({
      k: 'window',
      vu: 1,
      s,
      counts: { answered },
      times: {},
    });
    expect(totalsOf(merge([at(0, 10), at(3, 90), at(15, 50)]), 20).peak).toEqual({
      second: 90,
      tenSeconds: 10,
    });
  });
});
