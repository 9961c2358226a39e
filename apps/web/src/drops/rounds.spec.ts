import { describe, expect, it } from 'vitest';
import { packetOf } from './packet-of.js';
import { catchesOf, laneForCatch, roundAt, roundsOf, type Lanes } from './rounds.js';

const lane = (round: number, n: number, opensAt: number, more = {}) =>
  packetOf({
    packetId: `${round}:${n}`,
    dropId: 'rain',
    opensAt,
    expiresAt: opensAt + 10_000,
    rain: { round, rounds: 3, roundSeconds: 10, lane: n, catchesPerRound: 2 },
    ...more,
  });

const rain = [lane(2, 1, 30_000), lane(1, 2, 10_000), lane(1, 1, 10_000), lane(2, 2, 30_000)];
const won = (amount: number) => ({ kind: 'won', amount }) as const;

describe('the rounds of a rain', () => {
  it('hold their lanes, however the packets came', () => {
    const rounds = roundsOf(rain);
    expect(rounds.map(({ round, opensAt, endsAt }) => [round, opensAt, endsAt])).toEqual([
      [1, 10_000, 20_000],
      [2, 30_000, 40_000],
    ]);
    expect(rounds[0]!.lanes.map(({ packetId }) => packetId).sort()).toEqual(['1:1', '1:2']);
  });

  it('begin and end by the clock to the millisecond', () => {
    const rounds = roundsOf(rain);
    expect(roundAt(rounds, 9_999)).toMatchObject({ stage: 'before', next: { round: 1 } });
    expect(roundAt(rounds, 10_000)).toMatchObject({ stage: 'running', round: { round: 1 } });
    expect(roundAt(rounds, 19_999)).toMatchObject({ stage: 'running', round: { round: 1 } });
    expect(roundAt(rounds, 20_000)).toMatchObject({ stage: 'between', next: { round: 2 } });
  });

  it('are waited for while they are promised but not yet announced', () => {
    const rounds = roundsOf(rain);
    expect(roundAt(rounds, 40_000)).toMatchObject({ stage: 'between', last: { round: 2 }, next: null });
    expect(roundAt(rounds, 40_000 + 3_600_000).stage).toBe('over');
  });

  it('are over after the last one', () => {
    const rounds = roundsOf([...rain, lane(3, 1, 50_000)]);
    expect(roundAt(rounds, 59_999).stage).toBe('running');
    expect(roundAt(rounds, 60_000).stage).toBe('over');
  });

  it('do not come any more when the rain is called off', () => {
    const stopped = [1, 2, 3].map((round) => lane(round, 1, round * 20_000, { state: 'expired' }));
    expect(roundAt(roundsOf(stopped), 15_000).stage).toBe('over');
    expect(roundAt(roundsOf(stopped), 45_000).stage).toBe('over');
  });
});

describe('a catch', () => {
  const round = roundsOf(rain)[0]!;
  const ids = (standings: Lanes, now = 10_000) =>
    [0, 1, 2, 3].map((turn) => laneForCatch(round, standings, turn, now)?.packetId ?? null);

  it('goes to the lanes in turn', () => {
    expect(new Set(ids({}))).toEqual(new Set(['1:1', '1:2']));
    expect(ids({})[0]).toBe(ids({})[2]);
  });

  it('never goes to a lane that was caught, or is asked at the moment', () => {
    expect(ids({ '1:1': won(5) })).toEqual(['1:2', '1:2', '1:2', '1:2']);
    expect(ids({ '1:1': won(5), '1:2': { kind: 'asking' } })).toEqual([null, null, null, null]);
  });

  it('goes to a lane again once its next share is released', () => {
    const resting = { '1:1': won(5), '1:2': { kind: 'resting', at: 12_000 } } as const;
    expect(ids(resting, 11_999)[0]).toBeNull();
    expect(ids(resting, 12_000)[0]).toBe('1:2');
  });
});

describe('the catches of a round', () => {
  const [round] = roundsOf([1, 2, 3].map((n) => lane(1, n, 0)));

  it('are added up, and end at as many as one may catch', () => {
    expect(catchesOf(round!, { '1:1': won(30) })).toEqual({ caught: 1, amount: 30, done: false });
    expect(catchesOf(round!, { '1:1': won(30), '1:3': won(12) })).toEqual({
      ...{ caught: 2, amount: 42, done: true },
    });
  });

  it('end when no lane has anything left', () => {
    const gone = { kind: 'gone' } as const;
    expect(catchesOf(round!, { '1:1': gone, '1:2': gone }).done).toBe(false);
    expect(catchesOf(round!, { '1:1': gone, '1:2': gone, '1:3': won(7) })).toEqual({
      ...{ caught: 1, amount: 7, done: true },
    });
  });
});
