import { describe, expect, it } from 'vitest';
import { ClaimsInHand } from './claims-in-hand.js';

const tick = () => new Promise((resolve) => setImmediate(resolve));

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
