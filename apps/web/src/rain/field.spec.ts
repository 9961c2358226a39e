import { describe, expect, it } from 'vitest';
import { BURST_MS, FALLING_MAX, Field } from './field.js';

/** Park and Miller's, so that a failing run can be had again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

function fieldAfter(ms: number, seed = 7): Field {
  const field = new Field(seeded(seed));
  field.resize(390, 844);
  for (let at = 0; at < ms; at += 16) field.step(16);
  return field;
}

describe('the field', () => {
  it('keeps to a number of envelopes that a phone can draw, all of them within its width', () => {
    const seed = 1 + Math.floor(Math.random() * 1e9);
    const field = new Field(seeded(seed));
    field.resize(1_280, 800);
    let most = 0;
    for (let n = 0; n < 3_000; n += 1) {
      field.step(16);
      most = Math.max(most, field.envelopes.length);
      for (const { x } of field.envelopes) expect(Math.abs(x - 640), `seed ${seed}`).toBeLessThan(700);
    }
    expect(most, `seed ${seed}`).toBeGreaterThan(5);
    expect(most, `seed ${seed}`).toBeLessThanOrEqual(FALLING_MAX);
  });

  it('does not leap after the page was away', () => {
    const field = fieldAfter(2_000);
    const before = field.envelopes.map(({ id, y }) => [id, y] as const);
    field.step(60_000);
    for (const [id, y] of before) {
      const now = field.envelopes.find((one) => one.id === id);
      if (now) expect(now.y - y).toBeLessThan(40);
    }
  });

  it('finds what is under a finger, and only what still falls', () => {
    const field = fieldAfter(2_000);
    const one = field.envelopes.at(-1)!;
    one.x = 200;
    one.y = 300;
    for (const other of field.envelopes) if (other !== one) other.y = 700;
    expect(field.at(205, 310)).toBe(one);
    expect(field.at(390, 10)).toBeNull();
    field.hold(one);
    expect(field.at(205, 310)).toBeNull();
  });

  it('gives the lowest in sight to the keyboard', () => {
    const field = fieldAfter(2_500);
    const inSight = field.envelopes.filter(({ y, size }) => y >= size && y <= 844 - size / 2);
    expect(field.nearest()!.y).toBe(Math.max(...inSight.map(({ y }) => y)));
  });

  it('is quiet some time after the round, when everything has burst or fallen out', () => {
    const field = fieldAfter(2_000);
    field.burst(field.envelopes[0]!, true);
    field.raining = false;
    expect(field.quiet).toBe(false);
    for (let at = 0; at < BURST_MS + 6_000; at += 16) field.step(16);
    expect(field.quiet).toBe(true);
  });
});
