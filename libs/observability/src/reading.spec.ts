import { describe, expect, it } from 'vitest';
import { Reading } from './reading.js';

describe('a reading', () => {
  it('is made once for all who ask while it is under way, and anew for who asks later', async () => {
    let looks = 0;
    const reading = new Reading(() => Promise.resolve(++looks));
    expect(await Promise.all([reading.now(), reading.now(), reading.now()])).toEqual([1, 1, 1]);
    expect(await reading.now()).toBe(2);
  });

  it('that fails is nothing, whether it throws or rejects', async () => {
    const throws = new Reading(() => {
      throw new Error('away');
    });
    expect(await throws.now()).toBeUndefined();
    expect(await new Reading(() => Promise.reject(new Error('away'))).now()).toBeUndefined();
  });

  it('that hangs is nothing after its deadline, is not begun twice, and is current again once it has ended', async () => {
    const ends: ((value: number) => void)[] = [];
    const reading = new Reading(() => new Promise<number>((resolve) => ends.push(resolve)), 20);
    expect(await reading.now()).toBeUndefined();
    expect(await reading.now()).toBeUndefined();
    expect(ends).toHaveLength(1);
    ends[0]!(1); // too late to be told as current
    await new Promise(setImmediate);
    const next = reading.now();
    await new Promise(setImmediate);
    ends[1]!(2);
    expect(await next).toBe(2);
  });
});
