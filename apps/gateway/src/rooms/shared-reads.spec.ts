import { describe, expect, it } from 'vitest';
import { SharedReads } from './shared-reads.js';

describe('SharedReads', () => {
  it('reads once for all who ask while a read runs, after it, and not before they asked', async () => {
    const shared = new SharedReads<number>();
    const begun: number[] = [];
    const finish: (() => void)[] = [];
    const read = () =>
      new Promise<number>((resolve) => {
        const value = begun.length + 1;
        begun.push(value);
        finish.push(() => resolve(value));
      });
    const first = shared.read('room', read);
    const later = [shared.read('room', read), shared.read('room', read)];
    expect(begun).toEqual([1]);
    finish[0]!();
    expect(await first).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun).toEqual([1, 2]);
    const third = shared.read('room', read);
    finish[1]!();
    expect(await Promise.all(later)).toEqual([2, 2]);
    await new Promise((resolve) => setImmediate(resolve));
    finish[2]!();
    expect(await third).toBe(3);
    const fresh = shared.read('room', read);
    expect(begun).toHaveLength(4);
    finish[3]!();
    expect(await fresh).toBe(4);
  });

  it('reads anew after one that failed', async () => {
    const shared = new SharedReads<number>();
    await expect(shared.read('room', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await shared.read('room', () => Promise.resolve(7))).toBe(7);
  });
});
