import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountOfDrop, partsOfDrop, rainMs } from './drop-parts.js';

const packet = { kind: 'lucky' as const, amount: 100_000, count: 1_000 };

describe('the packets of a drop', () => {
  it('are its own and one for each tier', () => {
    const drop = { packet, tiers: [{ packet: { kind: 'fixed' as const, amount: 500, count: 5 } }] };
    expect(partsOfDrop(drop).map(({ part, packet: { amount } }) => [part, amount])).toEqual([
      ['base', 100_000],
      ['tier:1', 500],
    ]);
    expect(amountOfDrop(drop)).toBe(100_500);
  });

  it('are one for each round and catch when it rains, and add up to the drop', () => {
    const lucky = fc.record({
      count: fc.integer({ min: 200, max: 1_000_000 }),
      perShare: fc.integer({ min: 1, max: 20_000 }),
      over: fc.nat({ max: 199 }),
      rounds: fc.integer({ min: 1, max: 20 }),
      catches: fc.integer({ min: 1, max: 10 }),
    });
    fc.assert(
      fc.property(lucky, ({ count, perShare, over, rounds, catches }) => {
        const whole = { kind: 'lucky' as const, amount: count * perShare + over, count };
        const rain = { rounds, roundSeconds: 10, gapSeconds: 5, catchesPerRound: catches };
        const parts = partsOfDrop({ packet: whole, tiers: [], rain });
        expect(parts).toHaveLength(rounds * catches);
        expect(parts.reduce((sum, part) => sum + part.packet.amount, 0)).toBe(whole.amount);
        expect(parts.reduce((sum, part) => sum + part.packet.count, 0)).toBe(count);
        expect(new Set(parts.map(({ part }) => part)).size).toBe(parts.length);
        expect(parts.every((part) => part.packet.amount >= part.packet.count * perShare)).toBe(true);
        expect(parts.at(-1)!.afterMs + parts.at(-1)!.roundMs!).toBe(
          rainMs({ packet: whole, tiers: [], rain }),
        );
      }),
    );
  });

  it('of a fixed drop have equal shares in every round', () => {
    const fixed = { kind: 'fixed' as const, amount: 7 * 103, count: 103 };
    const rain = { rounds: 4, roundSeconds: 10, gapSeconds: 0, catchesPerRound: 3 };
    for (const part of partsOfDrop({ packet: fixed, tiers: [], rain })) {
      expect(part.packet.amount).toBe(part.packet.count * 7);
    }
  });
});
