import { describe, expect, it } from 'vitest';
import type { Workload } from '../model/workload.ts';
import { sumsOf } from './funds.ts';
import { arrivalsOf, peakOf, totalOf } from './curve.ts';
import { sizeOf } from './size.ts';

const flat = (perSecond: number) => [
  { at: 0, perSecond },
  { at: 1, perSecond },
];
const base: Workload = {
  ...{
    name: 'w',
    title: '',
    about: '',
    seconds: 100,
    scale: 1,
    sources: [],
    assumptions: [],
    verdict: 'gentle',
  },
};
const rooms: NonNullable<Workload['rooms']> = {
  ...{ rooms: 10, members: 5, watchers: 2, sends: flat(2), latePerSend: 1, repeatsPerSend: 1 },
  packet: { kind: 'lucky', shares: 3, amount: 300, expiresInSeconds: 60 },
  reactionMs: { min: 100, mean: 300, late: 500 },
};
const crowd: NonNullable<Workload['crowd']> = {
  ...{ people: 200, watchers: 50 },
  drops: [
    {
      ...{
        at: 0.1,
        announceSeconds: 5,
        packet: { kind: 'fixed', amount: 2_500, count: 100 },
        taps: flat(10),
      },
      shake: { oddsPercent: 50, releaseSeconds: 20 },
    },
  ],
};
const inRooms: Workload = { ...base, rooms };
const inCrowd: Workload = { ...base, crowd, storms: [{ at: 0.5, percent: 30 }] };

describe('a size in rooms', () => {
  it('has the figures of the workload at scale 1', () => {
    const size = sizeOf(inRooms, {});
    expect(size).toMatchObject({ scale: 1, seconds: 100, sockets: 80, vus: 2, connectSeconds: 2 });
    expect(size.rooms).toHaveLength(1);
    expect(arrivalsOf(size.rooms[0]!.sends)).toBe(200);
  });

  it('has more rooms and a higher rate at a larger scale, and rooms of the same kind', () => {
    const [part] = sizeOf(inRooms, { scale: 3 }).rooms;
    expect(part).toMatchObject({ rooms: 30, members: 5, watchers: 2, latePerSend: 1, packet: rooms.packet });
    expect(peakOf(part!.sends)).toEqual({ atSecond: 0, perSecond: 6 });
  });

  it('keeps its rate and its rooms when it lasts longer', () => {
    const [part] = sizeOf(inRooms, { seconds: 1_000 }).rooms;
    expect(part!.rooms).toBe(10);
    expect(peakOf(part!.sends).perSecond).toBe(2);
    expect(arrivalsOf(part!.sends)).toBe(2_000);
  });

  it('gives every sender what their sends need, and one packet more', () => {
    // 200 sends over 10 rooms: 20 of 3.00 yuan each.
    expect(sizeOf(inRooms, {}).rooms[0]!.fundEach).toBe(21 * 300);
  });

  it('makes packets of 2 and of 3 where a packet has 2.6 shares', () => {
    const packet = { ...rooms.packet, shares: 2.6, amount: 260 };
    const parts = sizeOf({ ...base, rooms: { ...rooms, packet } }, {}).rooms;
    expect(parts.map((part) => [part.rooms, part.packet.shares, part.packet.amount])).toEqual([
      [4, 2, 200],
      [6, 3, 300],
    ]);
    const sends = parts.map((part) => totalOf(part.sends));
    expect(sends[0]! + sends[1]!).toBeCloseTo(200);
    expect(sends[0]! * 2 + sends[1]! * 3).toBeCloseTo(200 * 2.6);
  });

  it('is never rounded to nobody', () => {
    const size = sizeOf({ ...inRooms, crowd }, { scale: 0.000_001 });
    expect(size.rooms[0]!.rooms).toBe(1);
    expect(size.crowd).toMatchObject({ people: 2, watchers: 1 });
    expect(size.crowd!.drops[0]!.packet).toEqual({ kind: 'fixed', count: 1, amount: 25 });
    expect(size.vus).toBe(2);
  });
});

describe('a size of a crowd', () => {
  it('gives shares of the same amount at every scale', () => {
    for (const scale of [0.013, 0.5, 1, 7.3]) {
      const { packet } = sizeOf(inCrowd, { scale }).crowd!.drops[0]!;
      expect(packet.amount).toBe(packet.count * 25);
      expect(packet.count).toBe(Math.round(100 * scale));
    }
  });

  it('opens its drops and cuts its sockets at the same place of a longer load, with shares for its taps', () => {
    const size = sizeOf(inCrowd, { seconds: 300 });
    expect(size.crowd).toMatchObject({ people: 200, watchers: 50 });
    expect(size.crowd!.drops[0]).toMatchObject({
      ...{ atSecond: 30, packet: { count: 300, amount: 7_500 } },
      shake: { oddsPercent: 50, releaseSeconds: 60 },
    });
    expect(size.storms).toEqual([{ atSecond: 150, percent: 30 }]);
  });

  it('keeps its packets open to the end of the load, and never shorter than the service allows', () => {
    expect(sizeOf(inCrowd, {}).crowd!.drops[0]!.expiresInSeconds).toBe(96);
    const late = { ...crowd, drops: [{ ...crowd.drops[0]!, at: 0.99 }] };
    expect(sizeOf({ ...base, crowd: late }, {}).crowd!.drops[0]!.expiresInSeconds).toBe(10);
  });

  it('has a share for each round and catch of a rain', () => {
    const rain = { rounds: 4, roundSeconds: 10, pauseSeconds: 5, perPerson: 3 };
    const drops = [{ ...crowd.drops[0]!, shake: undefined, rain }];
    const raining = { ...base, crowd: { ...crowd, drops } };
    const [drop] = sizeOf(raining, { scale: 0.01 }).crowd!.drops;
    expect(drop!.packet.count).toBe(12);
    expect(drop!.rain).toEqual({ rounds: 4, roundSeconds: 10, gapSeconds: 5, catchesPerRound: 3 });
    expect(() => sizeOf(raining, { seconds: 30 })).toThrow(
      'A round of rain lasts 5 to 300 seconds, and with this --duration it would last 3.',
    );
  });

  it('has somebody for each VU', () => {
    const size = sizeOf({ ...base, rooms: { ...rooms, rooms: 400 }, crowd: { ...crowd, people: 7 } }, {});
    expect(size.vus).toBe(7);
  });
});

describe("a curve of one's own", () => {
  const curve = [
    { atSecond: 0, perSecond: 5 },
    { atSecond: 40, perSecond: 5 },
  ];

  it('stands in for the sends, and the load lasts as long as it', () => {
    const size = sizeOf({ ...inRooms, crowd }, { curve, seconds: 999 });
    expect(size.seconds).toBe(40);
    expect(size.rooms[0]!.sends).toEqual(curve);
    expect(peakOf(size.crowd!.drops[0]!.taps).perSecond).toBe(10);
  });

  it('is multiplied only by a scale that was asked for', () => {
    const small = { ...inRooms, scale: 0.1 };
    expect(sizeOf(small, { curve }).rooms[0]).toMatchObject({ rooms: 1, sends: curve });
    expect(peakOf(sizeOf(small, { curve, scale: 2 }).rooms[0]!.sends).perSecond).toBe(10);
  });

  it('stands in for the taps of a crowd: each drop has those until the next one opens, and shares for them', () => {
    const drops = [0.25, 0.5].map((at) => ({ ...crowd.drops[0]!, at }));
    const size = sizeOf({ ...base, crowd: { ...crowd, drops } }, { curve });
    const taps = size.crowd!.drops.map((drop) => totalOf(drop.taps));
    expect(taps).toEqual([100, 100]);
    // 100 shares were planned for 1,000 taps.
    expect(size.crowd!.drops.map((drop) => drop.packet.count)).toEqual([10, 10]);
  });

  it('must reach every drop', () => {
    const drops = [{ ...crowd.drops[0]! }, { ...crowd.drops[0]!, at: 0.5 }];
    const late = [{ atSecond: 30, perSecond: 5 }, ...curve.slice(1)];
    expect(() => sizeOf({ ...base, crowd: { ...crowd, drops } }, { curve: late })).toThrow(
      'The curve has no arrivals for the drop of w at second 4.',
    );
  });
});

describe('what cannot be', () => {
  it.each([
    [{ scale: 0 }, '--scale must be a number above 0, not 0.'],
    [{ scale: Number.NaN }, '--scale must be a number above 0, not NaN.'],
    [{ seconds: 0 }, 'The load must last 2 to 43200 seconds, not 0.'],
    [{ seconds: 1e9 }, 'The load must last 2 to 43200 seconds, not 1000000000.'],
    [
      { scale: 1e6 },
      'w at scale 1000000 needs 80000000 people, and a run has at most 1000000: choose a smaller --scale.',
    ],
  ])('%j is refused in a sentence', (options, message) => {
    expect(() => sizeOf(inRooms, options)).toThrow(message);
  });

  it('is a share below one fen', () => {
    const poor = { ...rooms, packet: { ...rooms.packet, shares: 10, amount: 9 } };
    expect(() => sizeOf({ ...base, rooms: poor }, {})).toThrow('less than 1 fen a share');
    const drops = [{ ...crowd.drops[0]!, packet: { kind: 'lucky' as const, amount: 9, count: 10 } }];
    expect(() => sizeOf({ ...base, crowd: { ...crowd, drops } }, {})).toThrow('less than 1 fen a share');
  });
});

describe('a large sum', () => {
  it('is put in by several top-ups that make it up exactly', () => {
    expect(sumsOf(250_000_001)).toEqual([100_000_000, 100_000_000, 50_000_001]);
    expect(sumsOf(100_000_000)).toEqual([100_000_000]);
    expect(() => sumsOf(2e12)).toThrow('choose a smaller --scale');
  });
});
