import { describe, expect, it } from 'vitest';
import { ClaimsInHand, type Turn } from './claims-in-hand.js';

const tick = () => new Promise((resolve) => setImmediate(resolve));

/** The turn of several workers in one process, as RecoveryTurn has it over Postgres. */
class SharedTurn implements Turn {
  static readonly sharing = new Set<SharedTurn>();
  static checking: Promise<unknown> = Promise.resolve();

  async share(): Promise<boolean> {
    await SharedTurn.checking;
    const isNew = !SharedTurn.sharing.has(this);
    SharedTurn.sharing.add(this);
    return isNew;
  }

  async letGo(): Promise<void> {
    SharedTurn.sharing.delete(this);
  }

  async alone<T>(work: () => Promise<T>): Promise<T> {
    SharedTurn.sharing.delete(this);
    while (SharedTurn.sharing.size > 0) await tick();
    const checked = work();
    SharedTurn.checking = checked;
    return checked;
  }
}

describe('ClaimsInHand of two workers', () => {
  it('lets one recover only when the other holds nothing either, and has let go', async () => {
    const [one, other] = [new ClaimsInHand(new SharedTurn()), new ClaimsInHand(new SharedTurn())];
    const seen: string[] = [];
    let commit = () => {};
    const held = other.hold(() =>
      new Promise<void>((resolve) => (commit = resolve)).then(() => seen.push('committed')),
    );
    await tick();
    const recovery = one.withNone(async () => seen.push('recovering'));
    await tick();
    await other.letGo(); // what it holds it does not let go
    await tick();
    expect(seen).toEqual([]);
    commit();
    await held;
    await other.letGo();
    await recovery;
    expect(seen).toEqual(['committed', 'recovering']);
  });
});

describe('ClaimsInHand', () => {
  it('lets recovery begin only when nothing is held, and nothing be taken up until it has ended', async () => {
    const hand = new ClaimsInHand();
    const seen: string[] = [];
    let commit = () => {};
    const held = hand.hold(() =>
      new Promise<void>((resolve) => (commit = resolve)).then(() => seen.push('committed')),
    );
    let recovered = () => {};
    const recovery = hand.withNone(() => {
      seen.push('recovering');
      return new Promise<void>((resolve) => (recovered = resolve));
    });
    const later = hand.hold(async () => seen.push('next'));
    await tick();
    expect(seen).toEqual([]);
    commit();
    await held;
    await tick();
    expect(seen).toEqual(['committed', 'recovering']);
    recovered();
    await recovery;
    await later;
    expect(seen).toEqual(['committed', 'recovering', 'next']);
  });

  it('lets one recovery run after the other, and nothing be taken up in between', async () => {
    const hand = new ClaimsInHand();
    const seen: string[] = [];
    const step = (name: string) => async () => {
      seen.push(`${name} begins`);
      await tick();
      seen.push(`${name} ends`);
    };
    const held = hand.hold(step('work'));
    await Promise.all([held, hand.withNone(step('first')), hand.withNone(step('second'))]);
    const all = ['work', 'first', 'second'].flatMap((name) => [`${name} begins`, `${name} ends`]);
    expect(seen).toEqual(all);
  });

  it('goes on after work and recovery that failed', async () => {
    const hand = new ClaimsInHand();
    await expect(hand.hold(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
    await expect(hand.withNone(() => Promise.reject(new Error('again')))).rejects.toThrow('again');
    expect(await hand.hold(async () => 1)).toBe(1);
  });
});
