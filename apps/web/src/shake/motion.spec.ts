import { describe, expect, it } from 'vitest';
import { SHAKE_MS_MIN, ShakeMeter } from './motion.js';

/** Feeds a movement along x, a sample every 16 ms as phones give them, and says when it was taken for a shake. */
function shakesIn(acceleration: (at: number) => number, forMs: number): number[] {
  const meter = new ShakeMeter();
  const shakes: number[] = [];
  for (let at = 0; at < forMs; at += 16) {
    if (meter.feed({ x: acceleration(at), y: 0.3, z: 0.2 }, at)) shakes.push(at);
  }
  return shakes;
}

const swing = (strength: number, perSecond: number) => (at: number) =>
  strength * Math.sin((at / 1_000) * perSecond * 2 * Math.PI);

describe('a shake', () => {
  it('is felt within a second of shaking', () => {
    const shakes = shakesIn(swing(22, 4), 1_000);
    expect(shakes.length).toBeGreaterThanOrEqual(1);
    expect(shakes[0]).toBeLessThan(1_000);
  });

  it('counts at most twice a second', () => {
    const shakes = shakesIn(swing(30, 6), 10_000);
    expect(shakes.length).toBeGreaterThan(8);
    expect(shakes.length).toBeLessThanOrEqual(20);
    for (let n = 1; n < shakes.length; n += 1) {
      expect(shakes[n]! - shakes[n - 1]!).toBeGreaterThanOrEqual(SHAKE_MS_MIN);
    }
  });

  it('is neither walking nor a phone that is picked up', () => {
    expect(shakesIn(swing(5, 2), 10_000)).toEqual([]);
    expect(shakesIn((at) => (at > 1_000 && at < 1_120 ? 25 : 0), 3_000)).toEqual([]);
  });
});
