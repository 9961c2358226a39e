import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Agenda, type Awaited, type Timers } from './agenda.ts';

/** Time that goes on only by `pass`, and timers that come as late as `lateMs`. */
class ToldTime implements Timers {
  private ms = 0;
  private due: { atMs: number; run: () => void } | undefined;
  timersSet = 0;

  constructor(private readonly lateMs = 0) {}

  readonly nowMs = () => this.ms;
  readonly set = (run: () => void, ms: number) => {
    expect(this.due).toBeUndefined();
    this.timersSet += 1;
    this.due = { atMs: this.ms + ms, run };
    return this.due;
  };
  readonly clear = () => {
    this.due = undefined;
  };

  get isWaiting(): boolean {
    return this.due !== undefined;
  }

  pass(ms: number): void {
    const until = this.ms + ms;
    while (this.due && this.due.atMs + this.lateMs <= until) {
      const { atMs, run } = this.due;
      this.due = undefined;
      this.ms = Math.max(this.ms, atMs + this.lateMs);
      run();
    }
    this.ms = until;
  }
}

function agendaOf(time: ToldTime): { agenda: Agenda; thrown: unknown[] } {
  const thrown: unknown[] = [];
  return { agenda: new Agenda((error) => thrown.push(error), time), thrown };
}

class Wish implements Awaited {
  isSettled = false;
  constructor(
    readonly dueMs: number,
    private readonly onExpire: () => void,
  ) {}
  expire(): void {
    this.isSettled = true;
    this.onExpire();
  }
}

describe('an agenda', () => {
  it('does everything in order of its instants, with one timer at a time, never early', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ atMs: fc.double({ min: 0, max: 900, noNaN: true }), isCancelled: fc.boolean() }),
        ),
        fc.constantFrom(0, 0.6, 40),
        (wanted, lateMs) => {
          const time = new ToldTime(lateMs);
          const { agenda } = agendaOf(time);
          const done: number[] = [];
          const entries = wanted.map(({ atMs }) =>
            agenda.at(atMs, () => {
              expect(time.nowMs()).toBeGreaterThanOrEqual(atMs);
              done.push(atMs);
            }),
          );
          entries.forEach((entry, k) => wanted[k]!.isCancelled && agenda.cancel(entry));
          time.pass(1_000);
          const kept = wanted.filter(({ isCancelled }) => !isCancelled).map(({ atMs }) => atMs);
          expect(done).toEqual(kept.toSorted((a, b) => a - b));
          expect(time.isWaiting).toBe(false);
        },
      ),
    );
  });

  it('does what is put in while it works, also at once', () => {
    const time = new ToldTime();
    const { agenda } = agendaOf(time);
    const done: string[] = [];
    agenda.at(5, () => {
      done.push('first');
      agenda.at(0, () => done.push('past'));
      agenda.after(3, () => done.push('later'));
    });
    time.pass(20);
    expect(done).toEqual(['first', 'past', 'later']);
  });

  it('leaves no timer behind once all is cancelled, so that a VU can end', () => {
    const time = new ToldTime();
    const { agenda } = agendaOf(time);
    const entry = agenda.after(45_000, () => {});
    agenda.cancel(entry);
    agenda.cancel(entry);
    expect(time.isWaiting).toBe(false);
    agenda.after(1, () => {});
    agenda.clear();
    expect(time.isWaiting).toBe(false);
  });

  it('goes on when something throws', () => {
    const time = new ToldTime();
    const { agenda, thrown } = agendaOf(time);
    const done: number[] = [];
    agenda.at(1, () => {
      throw new Error('broken');
    });
    agenda.at(1, () => done.push(1));
    time.pass(2);
    expect(done).toEqual([1]);
    expect(thrown).toEqual([new Error('broken')]);
  });
});

describe('a deadline', () => {
  it('tells only those who were not answered, each at its own instant, and takes no timer for the others', () => {
    const time = new ToldTime();
    const { agenda } = agendaOf(time);
    const expired: number[] = [];
    const wishes = Array.from({ length: 100 }, (_, k) => {
      const wish = new Wish(time.nowMs() + 50, () => expired.push(time.nowMs()));
      agenda.await(wish, 50);
      if (k % 25 !== 0) wish.isSettled = true;
      time.pass(1);
      return wish;
    });
    time.pass(100);
    expect(expired).toEqual([50, 75, 100, 125]);
    expect(wishes.every(({ isSettled }) => isSettled)).toBe(true);
    expect(time.timersSet).toBeLessThan(12);
    expect(time.isWaiting).toBe(false);
  });

  it('of something settled keeps no VU from ending, once it is forgotten', () => {
    const time = new ToldTime();
    const { agenda } = agendaOf(time);
    const expired: string[] = [];
    const [done, open] = [new Wish(50, () => expired.push('done')), new Wish(60, () => expired.push('open'))];
    agenda.await(done, 50);
    done.isSettled = true;
    agenda.forgetSettled();
    expect(time.isWaiting).toBe(false);
    agenda.await(open, 50);
    agenda.forgetSettled();
    time.pass(100);
    expect(expired).toEqual(['open']);
    expect(time.isWaiting).toBe(false);
  });
});
