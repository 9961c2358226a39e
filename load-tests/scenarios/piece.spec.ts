import { describe, expect, it } from 'vitest';
import type { Plan } from '../model/plan.ts';
import { headOf, piecesOf } from './piece.ts';

const VUS = 3;
const range = (from: number, count: number) => Array.from({ length: count }, (_, k) => from + k);

const plan: Plan = {
  ...{ version: 1, runId: 'r', workload: 'w', target: 'http://a', startsAtMs: 0, seconds: 1, tailSeconds: 1 },
  ...{ connectSeconds: 1, settleSeconds: 0, answerMsMax: 1, vus: VUS, seed: 1, storms: [] },
  people: range(0, 40).map((k) => ({ userId: `u${k}`, token: `t${k}` })),
  parts: [
    {
      kind: 'rooms',
      rooms: range(0, 5).map((k) => ({
        roomId: `room${k}`,
        sender: 4 * k,
        members: [4 * k + 1, 4 * k + 2],
        watchers: [4 * k + 3],
      })),
      sends: [],
      packet: { kind: 'lucky', shares: 2, amount: 10, expiresInSeconds: 60 },
      ...{ latePerSend: 0, repeatsPerSend: 0, reactionMs: { min: 0, mean: 1, late: 0 } },
    },
    { kind: 'crowd', people: range(20, 14), watchers: [34, 35, 0], drops: [] },
  ],
};

describe('the pieces of a plan', () => {
  const pieces = piecesOf(plan);

  it('give room r to VU r mod vus, and the p-th person of a crowd to VU p mod vus', () => {
    const rooms = pieces.map(({ parts }) => (parts[0]!.kind === 'rooms' ? parts[0]!.places : []));
    expect(rooms).toEqual([[0, 3], [1, 4], [2]]);
    pieces.forEach(({ parts: [, crowd] }, vu) => {
      expect(crowd!.kind === 'crowd' && crowd!.people).toEqual(
        range(20, 14).filter((p) => (p - 20) % VUS === vu),
      );
    });
  });

  it('carry the people of their rooms and crowds, each once, with their tokens', () => {
    for (const { people, parts } of pieces) {
      expect(new Set(people.map(([index]) => index)).size).toBe(people.length);
      for (const [index, person] of people) expect(person).toEqual(plan.people[index]);
      const [rooms] = parts;
      if (rooms!.kind === 'rooms')
        for (const room of rooms!.rooms)
          expect(people.map(([index]) => index)).toEqual(
            expect.arrayContaining([room.sender, ...room.members, ...room.watchers]),
          );
    }
    // Person 0 sends in a room of VU 0 and watches in the crowd of VU 2: one connection in each.
    expect(pieces.map(({ people }) => people.some(([index]) => index === 0))).toEqual([true, false, true]);
  });

  it('leave nobody in what every VU reads', () => {
    expect(JSON.stringify(headOf(plan))).not.toContain('t1');
    expect(headOf(plan)).toMatchObject({ runId: 'r', vus: VUS });
  });
});
