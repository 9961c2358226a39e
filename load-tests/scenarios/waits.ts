import type { Awaited } from '../lib/agenda.ts';
import { grab, notHeard } from './grab.ts';
import type { Person } from './person.ts';
import type { Vu } from './vu.ts';

/** Something that a person does as soon as they can. */
export interface Wish {
  /** When it was due, on this machine's clock; what it takes counts from here, however long it has to wait. */
  dueMs: number;
  /** Does it, and gives whether it could be done. `readyMs`: since when it could. Only called of who is connected. */
  attempt: (readyMs: number) => boolean;
  giveUp: (atMs: number) => void;
}

/** A packet as one person may try for it. */
export interface Target {
  packetId: string;
  answers?: unknown;
}

/** What is due, and can't be done yet because the person is not connected or was not told; given up after `answerMsMax`. */
export class Waits {
  private readonly waiting = new Map<Person, Waiting[]>();

  constructor(private readonly vu: Vu) {}

  due(person: Person, wish: Wish): void {
    if (person.isReady && wish.attempt(wish.dueMs)) return;
    const { answerMsMax } = this.vu.head;
    const waiting = new Waiting(wish, answerMsMax);
    const there = this.waiting.get(person);
    if (there) there.push(waiting);
    else this.waiting.set(person, [waiting]);
    this.vu.agenda.await(waiting, answerMsMax);
  }

  /** `choose` gives what this person can tap on now, if they were told of any. Never told: unknown, by `not_heard`. */
  tap(person: Person, dueMs: number, choose: () => Target | undefined): void {
    const { vu } = this;
    vu.count(dueMs, 'offered');
    const target = person.isReady ? choose() : undefined;
    if (target) {
      grab(vu, { person, packetId: target.packetId, answers: target.answers, dueMs, readyMs: dueMs });
      return;
    }
    this.due(person, {
      dueMs,
      attempt: (readyMs) => {
        const later = choose();
        if (!later) return false;
        grab(vu, { person, packetId: later.packetId, answers: later.answers, dueMs, readyMs });
        return true;
      },
      giveUp: (atMs) => notHeard(vu, dueMs, atMs),
    });
  }

  /** The person heard of a packet, or is back. */
  look(person: Person, atMs: number): void {
    const there = this.waiting.get(person);
    if (!there || !person.isReady) return;
    const left = there.filter((waiting) => !waiting.isSettled && !waiting.go(atMs));
    if (left.length > 0) this.waiting.set(person, left);
    else this.waiting.delete(person);
  }

  /** At the end of the run nothing more comes. */
  giveUp(): void {
    for (const there of this.waiting.values())
      for (const waiting of there) if (!waiting.isSettled) waiting.expire();
    this.waiting.clear();
  }
}

class Waiting implements Awaited {
  readonly dueMs: number;
  isSettled = false;

  constructor(
    private readonly wish: Wish,
    msMax: number,
  ) {
    this.dueMs = wish.dueMs + msMax;
  }

  go(atMs: number): boolean {
    this.isSettled = this.wish.attempt(Math.max(this.wish.dueMs, atMs));
    return this.isSettled;
  }

  expire(): void {
    this.isSettled = true;
    this.wish.giveUp(Date.now());
  }
}
