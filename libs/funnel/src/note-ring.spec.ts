import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NoteRing, type Note } from './note-ring.js';

const note = (n: number): Note => ({ dropId: 'd', step: 'tapped', reason: '', userId: String(n) });
const numbers = (notes: Note[]) => notes.map(({ userId }) => Number(userId));

describe('waiting notes', () => {
  it('come out oldest first, at most so many', () => {
    const ring = new NoteRing(10);
    for (let n = 0; n < 5; n += 1) ring.push(note(n));
    expect(numbers(ring.takeOldest(3))).toEqual([0, 1, 2]);
    expect(numbers(ring.takeOldest(3))).toEqual([3, 4]);
    expect(ring.size).toBe(0);
  });

  it('lose the oldest when there are too many, and count them', () => {
    const ring = new NoteRing(3);
    for (let n = 0; n < 5; n += 1) ring.push(note(n));
    expect(ring.dropped).toBe(2);
    expect(numbers(ring.takeOldest(9))).toEqual([2, 3, 4]);
  });

  it('that are put back come first, and only as far as there is room', () => {
    const ring = new NoteRing(4);
    for (let n = 0; n < 4; n += 1) ring.push(note(n));
    const taken = ring.takeOldest(3);
    ring.push(note(4));
    ring.putBack(taken);
    expect(ring.dropped).toBe(1);
    expect(numbers(ring.takeOldest(9))).toEqual([1, 2, 3, 4]);
  });

  it('do as a plain list does, whatever is done in whatever order', () => {
    const step = fc.oneof(
      fc.record({ push: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ take: fc.integer({ min: 0, max: 9 }), putBack: fc.boolean(), between: fc.nat(6) }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(step, { maxLength: 40 }), (max, steps) => {
        const ring = new NoteRing(max);
        let list: number[] = [];
        let next = 0;
        let dropped = 0;
        const fit = () => {
          dropped += Math.max(0, list.length - max);
          list = list.slice(-max);
        };
        const push = (count: number) => {
          for (let k = 0; k < count; k += 1, next += 1) {
            ring.push(note(next));
            list.push(next);
            fit();
          }
        };
        for (const done of steps) {
          if ('push' in done) {
            push(done.push);
            continue;
          }
          const taken = ring.takeOldest(done.take);
          expect(numbers(taken)).toEqual(list.splice(0, done.take));
          push(done.between);
          if (done.putBack) {
            ring.putBack(taken);
            list = [...numbers(taken), ...list];
            fit();
          }
          expect([ring.size, ring.dropped]).toEqual([list.length, dropped]);
        }
        expect(numbers(ring.takeOldest(max))).toEqual(list);
      }),
      { numRuns: 500 },
    );
  });
});
