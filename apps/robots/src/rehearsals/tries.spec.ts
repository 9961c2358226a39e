import { describe, expect, it } from 'vitest';
import type { GrabResult } from '@app/contracts';
import { Tries, TRIES_MAX, type Try } from './tries.js';

/** The same run each time (Lehmer's generator, from 1). */
function sameRandom(): () => number {
  let state = 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

const plain = { packetId: 'p1' };
const sure = Array.from({ length: 60 }, (_, robot) => robot % 3 < 2);
const refused = (reason: GrabResult['reason']): GrabResult<number> => ({ outcome: 'not_eligible', reason });

/** Time passes in steps of 100 ms; every try is answered at once by `store`. */
function play(
  tries: Tries,
  ms: number,
  store: (due: Try) => GrabResult<number> | undefined,
): (Try & { atMs: number })[] {
  const made: (Try & { atMs: number })[] = [];
  for (let nowMs = 0; nowMs <= ms; nowMs += 100) {
    for (const due of tries.due(nowMs)) {
      made.push({ ...due, atMs: nowMs });
      tries.answered(due.robot, due.packetId, store(due), nowMs);
    }
  }
  return made;
}

function audience(packet: Parameters<Tries['dropped']>[1]): Tries {
  const tries = new Tries(sure, sameRandom());
  for (let twice = 0; twice < 2; twice += 1) {
    for (const robot of sure.keys()) tries.dropped(robot, packet, 0);
  }
  return tries;
}

describe('the robots of a rehearsal', () => {
  it('try once for a packet that they win, like people: not all of them, and none in the first moment', () => {
    const made = play(audience(plain), 10_000, () => ({ outcome: 'won', amount: 1, ordinal: 1 }));
    expect(new Set(made.map(({ robot }) => robot)).size).toBe(made.length);
    expect(made.length).toBeGreaterThan(30);
    for (const { atMs } of made) {
      expect(atMs).toBeGreaterThanOrEqual(300);
      expect(atMs).toBeLessThanOrEqual(2_600);
    }
  });

  it('answer a gate rightly at once if they are sure, else wrongly and then rightly', () => {
    const made = play(audience(plain), 20_000, ({ answers }) =>
      answers === 'right' ? { outcome: 'won' } : refused('quiz'),
    );
    for (const robot of sure.keys()) {
      const own = made.filter((one) => one.robot === robot).map(({ answers }) => answers);
      if (own.length > 0) expect(own).toEqual(sure[robot] ? ['right'] : ['wrong', 'right']);
    }
    expect(made.some(({ answers }) => answers === 'wrong')).toBe(true);
  });

  it.each(['members', 'task', 'cap', 'tries'] as const)('give up what they are refused for: %s', (reason) => {
    const made = play(audience(plain), 20_000, () => refused(reason));
    expect(new Set(made.map(({ robot }) => robot)).size).toBe(made.length);
  });

  it('shake on while they have no luck, and wait while nothing is released', () => {
    for (const result of [refused('luck'), { outcome: 'not_open' as const }]) {
      const tries = audience(plain);
      const made = play(tries, 12_000, () => result);
      expect(made.filter(({ robot }) => robot === made[0]!.robot).length).toBeGreaterThan(5);
    }
  });

  it('come back after a pause, and when no answer came', () => {
    for (const result of [refused('paused'), { outcome: 'busy' as const }, undefined]) {
      let answered = 0;
      const made = play(audience(plain), 20_000, () => ((answered += 1) <= 60 ? result : { outcome: 'won' }));
      expect(made.length).toBeGreaterThan(60);
    }
  });

  it('catch from the packets of a round for as long as it falls', () => {
    const rain = { round: 1, rounds: 2, roundSeconds: 10, lane: 1, catchesPerRound: 3 };
    const made = play(audience({ packetId: 'p1', rain }), 10_000, () => ({ outcome: 'won' }));
    expect(Math.max(...made.map(({ atMs }) => atMs))).toBeGreaterThan(3_000);
    expect(Math.max(...made.map(({ atMs }) => atMs))).toBeLessThanOrEqual(7_100);
  });

  it('end with the packet, and after so many tries', () => {
    const tries = audience(plain);
    tries.closed('p1');
    expect(play(tries, 10_000, () => refused('luck'))).toEqual([]);
    const one = new Tries([true], () => 0);
    one.dropped(0, plain, 0);
    expect(play(one, 200_000, () => refused('luck'))).toHaveLength(TRIES_MAX);
  });
});
