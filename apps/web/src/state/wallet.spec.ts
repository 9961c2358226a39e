import { describe, expect, it } from 'vitest';
import { applyWalletChange, mergeEntries, type Entry, type WalletState } from './wallet.js';

const entry = (entryId: string, at: number, amount = 100, kind: Entry['kind'] = 'claim_settled'): Entry => ({
  entryId,
  at,
  amount,
  kind,
  currency: 'CNY',
});

const state: WalletState = {
  balances: [{ currency: 'CNY', available: 500, held: 0 }],
  entries: [entry('a', 1)],
  nextCursor: null,
  loaded: true,
  entriesLoaded: true,
  failed: null,
};

describe('applyWalletChange', () => {
  it('takes the balance from the news and puts the movement on top', () => {
    const next = applyWalletChange(state, { currency: 'CNY', available: 600, entry: entry('b', 2) });
    expect(next.balances).toEqual([{ currency: 'CNY', available: 600, held: 0 }]);
    expect(next.entries?.map(({ entryId }) => entryId)).toEqual(['b', 'a']);
  });

  it('counts what was put in a packet as held', () => {
    const funded = entry('b', 2, -300, 'packet_funded');
    const next = applyWalletChange(state, { currency: 'CNY', available: 200, entry: funded });
    expect(next.balances).toEqual([{ currency: 'CNY', available: 200, held: 300 }]);
  });

  it('takes the same news once', () => {
    expect(applyWalletChange(state, { currency: 'CNY', available: 9, entry: entry('a', 1) })).toEqual({});
  });
});

it('a page that overlaps what is shown adds only what is new', () => {
  const merged = mergeEntries([entry('c', 3), entry('b', 2)], [entry('b', 2), entry('a', 1)]);
  expect(merged.map(({ entryId }) => entryId)).toEqual(['c', 'b', 'a']);
});
