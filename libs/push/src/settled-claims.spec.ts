import { expect, it } from 'vitest';
import { eachSettled, packSettled } from './settled-claims.js';

it('settled claims come out of their package as wallet changes of their winners', () => {
  const at = new Date(1_700_000_000_123);
  const credit = (packetId: string, userId: string, amount: number) => ({
    ...{ packetId, userId, currency: 'CNY', amount, available: amount + 50, transferId: amount + 7, at },
  });
  const packed = packSettled([credit('p', 'a', 1), credit('q', 'b', 2), credit('p', 'c', 3)]);
  expect(packed.map(({ packetId }) => packetId)).toEqual(['p', 'q']);
  const told: unknown[] = [];
  for (const settled of packed) eachSettled(settled, (userId, change) => told.push([userId, change()]));
  const change = (packetId: string, amount: number) => ({
    ...{ currency: 'CNY', available: amount + 50 },
    entry: {
      entryId: String(amount + 7),
      kind: 'claim_settled',
      amount,
      currency: 'CNY',
      packetId,
      at: at.getTime(),
    },
  });
  expect(told).toEqual([
    ['a', change('p', 1)],
    ['c', change('p', 3)],
    ['b', change('q', 2)],
  ]);
});
