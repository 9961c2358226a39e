import { describe, expect, it } from 'vitest';
import { cardsToShow, DONE_SHOWN_MS, groupDrops, noteDone, standingOf } from './drops.js';
import { packetOf } from './packet-of.js';

const rain = { round: 1, rounds: 2, roundSeconds: 10, lane: 1, catchesPerRound: 1 };
const rainPackets = [1, 2].flatMap((round) =>
  [1, 2].map((lane) =>
    packetOf({
      packetId: `r${round}l${lane}`,
      dropId: 'rain',
      opensAt: round * 20_000,
      expiresAt: round * 20_000 + 10_000,
      rain: { ...rain, round, lane },
    }),
  ),
);
const only = (packets: ReturnType<typeof packetOf>[]) => groupDrops(packets)[0]!;

describe('the cards', () => {
  it('are one for a rain, and one for each packet of any other drop', () => {
    const drops = groupDrops([packetOf({ packetId: 'a' }), packetOf({ packetId: 'b' }), ...rainPackets]);
    expect(drops.map(({ key, packets }) => [key, packets.length])).toEqual([
      ['a', 1],
      ['b', 1],
      ['rain', 4],
    ]);
  });

  it('stand with the soonest opening first, then what is open, then what is over', () => {
    const packets = [
      packetOf({ packetId: 'won', opensAt: 1, state: 'open' }),
      packetOf({ packetId: 'open', opensAt: 2, state: 'open' }),
      packetOf({ packetId: 'later', opensAt: 90_000 }),
      packetOf({ packetId: 'sooner', opensAt: 70_000 }),
      packetOf({ packetId: 'just opened', opensAt: 40_000, state: 'open' }),
    ];
    const standings = groupDrops(packets).map((drop) => standingOf(drop, { won: 3 }, 50_000));
    const shown = cardsToShow(standings, new Map(), {}, 50_000);
    expect(shown.map(({ drop }) => drop.key)).toEqual(['sooner', 'later', 'just opened', 'open', 'won']);
  });

  it('go away by hand at once, and by themselves a minute after they were over', () => {
    const standings = groupDrops([packetOf({ state: 'finished' })]).map((drop) => standingOf(drop, {}, 0));
    const doneSince = new Map<string, number>();
    noteDone(standings, doneSince, 5_000);
    noteDone(standings, doneSince, 6_000);
    expect(cardsToShow(standings, doneSince, {}, 5_000 + DONE_SHOWN_MS - 1)).toHaveLength(1);
    expect(cardsToShow(standings, doneSince, {}, 5_000 + DONE_SHOWN_MS)).toHaveLength(0);
    expect(cardsToShow(standings, doneSince, { p: true }, 5_000)).toHaveLength(0);
  });
});

describe('where a drop stands', () => {
  const phase = (part: Parameters<typeof packetOf>[0], now: number, won = {}) =>
    standingOf(only([packetOf(part)]), won, now).phase;

  it('opens at its instant by the clock, though the news of it are late', () => {
    expect(phase({ state: 'armed' }, 9_999)).toBe('announced');
    expect(phase({ state: 'armed' }, 10_000)).toBe('open');
    expect(phase({ state: 'open' }, 100_000)).toBe('over');
  });

  it('is empty, over or won', () => {
    expect(phase({ state: 'finished' }, 20_000)).toBe('empty');
    expect(phase({ remaining: { count: 0, amount: 0 } }, 20_000)).toBe('empty');
    expect(phase({ state: 'expired' }, 20_000)).toBe('over');
    expect(phase({ state: 'finished' }, 20_000, { p: 8 })).toBe('won');
  });

  it('of a rain goes by its rounds and sums up all catches', () => {
    const at = (now: number, won = {}) => standingOf(only(rainPackets), won, now);
    expect(at(19_999)).toMatchObject({ phase: 'announced', opensAt: 20_000, won: 0 });
    expect(at(20_000)).toMatchObject({ phase: 'open', opensAt: null });
    expect(at(30_000, { r1l1: 5 })).toMatchObject({ phase: 'paused', opensAt: 40_000, won: 5 });
    expect(at(50_000, { r1l1: 5, r2l2: 9 })).toMatchObject({ phase: 'won', won: 14 });
    expect(at(50_000)).toMatchObject({ phase: 'over' });
  });
});
