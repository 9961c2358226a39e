import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Arrivals, turnsOf } from './pace.ts';

function all(arrivals: Arrivals): number[] {
  return Array.from({ length: arrivals.count }, (_, k) => arrivals.secondOf(k)!);
}

const curves = fc
  .array(
    fc.record({
      gap: fc.double({ min: 0, max: 20, noNaN: true }),
      perSecond: fc.double({ min: 0, max: 40, noNaN: true }),
    }),
    {
      minLength: 0,
      maxLength: 6,
    },
  )
  .map((points) => {
    let atSecond = 0;
    return points.map(({ gap, perSecond }) => ({ atSecond: (atSecond += gap), perSecond }));
  });

describe('arrivals', () => {
  it('of 4 a second come every quarter, the first after half of one', () => {
    const even = new Arrivals([
      { atSecond: 10, perSecond: 4 },
      { atSecond: 12, perSecond: 4 },
    ]);
    expect(all(even)).toEqual([10.125, 10.375, 10.625, 10.875, 11.125, 11.375, 11.625, 11.875]);
    expect(even.secondOf(8)).toBeUndefined();
  });

  it('that rise from none come by the square root', () => {
    const rising = new Arrivals([
      { atSecond: 0, perSecond: 0 },
      { atSecond: 10, perSecond: 2 },
    ]);
    expect(rising.count).toBe(10);
    all(rising).forEach((second, k) => expect(second).toBeCloseTo(Math.sqrt((k + 0.5) * 10), 9));
  });

  it('pause where the curve is at 0, and jump where two points share a second', () => {
    const seconds = all(
      new Arrivals([
        { atSecond: 0, perSecond: 2 },
        { atSecond: 1, perSecond: 2 },
        { atSecond: 1, perSecond: 0 },
        { atSecond: 9, perSecond: 0 },
        { atSecond: 9, perSecond: 1 },
        { atSecond: 10, perSecond: 1 },
      ]),
    );
    expect(seconds).toEqual([0.25, 0.75, 9.5]);
  });

  it.each([
    [[]],
    [[{ atSecond: 3, perSecond: 5 }]],
    [
      [
        { atSecond: 0, perSecond: 0 },
        { atSecond: 9, perSecond: 0 },
      ],
    ],
  ])('of %j are none', (curve) => {
    expect(new Arrivals(curve).count).toBe(0);
    expect(new Arrivals(curve).secondOf(0)).toBeUndefined();
  });

  it('never go back, stay within the curve, and are as many as its area', () => {
    fc.assert(
      fc.property(curves, (curve) => {
        const arrivals = new Arrivals(curve);
        const seconds = all(arrivals);
        let area = 0;
        for (let k = 1; k < curve.length; k += 1)
          area +=
            ((curve[k]!.perSecond + curve[k - 1]!.perSecond) / 2) *
            (curve[k]!.atSecond - curve[k - 1]!.atSecond);
        expect(Math.abs(arrivals.count - area)).toBeLessThanOrEqual(0.501);
        seconds.forEach((second, k) => {
          expect(second).toBeGreaterThanOrEqual(k === 0 ? curve[0]!.atSecond : seconds[k - 1]!);
          expect(second).toBeLessThanOrEqual(curve.at(-1)!.atSecond);
        });
      }),
    );
  });

  it('are the same asked for in any order', () => {
    fc.assert(
      fc.property(curves, fc.array(fc.nat(500), { maxLength: 20 }), (curve, order) => {
        const [forward, anyhow] = [new Arrivals(curve), new Arrivals(curve)];
        const seconds = all(forward);
        for (const k of order) expect(anyhow.secondOf(k)).toBe(seconds[k]);
      }),
    );
  });
});

describe('turns', () => {
  it('of all VUs together are every number once', () => {
    const [ROOMS, VUS] = [7, 3];
    const taken = Array.from({ length: VUS }, (_, vu) => {
      const places = Array.from({ length: ROOMS }, (__, room) => room).filter((room) => room % VUS === vu);
      const turns: number[] = [];
      const next = turnsOf(places, ROOMS);
      for (let turn = next()!; turn < 50; turn = next()!) turns.push(turn);
      expect(turns).toEqual(turns.toSorted((a, b) => a - b));
      return turns;
    });
    expect(taken.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, k) => k));
  });

  it('of a VU with nothing are none', () => {
    expect(turnsOf([], 5)()).toBeUndefined();
  });
});
