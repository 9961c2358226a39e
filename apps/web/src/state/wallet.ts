import type { EntryView, WalletChanged, WalletView } from '@app/contracts';
import type { FailureCode } from '../net/failure.js';
import { DEFAULT_CURRENCY } from '../money.js';
import { createStore } from './store.js';

export type Balance = WalletView['balances'][number];
export type Entry = EntryView<number>;

export interface WalletState {
  balances: Balance[];
  entries: Entry[];
  nextCursor: string | null;
  loaded: boolean;
  entriesLoaded: boolean;
  failed: FailureCode | null;
}

const empty: WalletState = {
  balances: [],
  entries: [],
  nextCursor: null,
  loaded: false,
  entriesLoaded: false,
  failed: null,
};

export const walletStore = createStore<WalletState>(empty);

export function clearWallet(): void {
  walletStore.set(empty);
}

export function balanceOf(state: WalletState, currency = DEFAULT_CURRENCY): Balance | undefined {
  return state.balances.find((balance) => balance.currency === currency);
}

/** Movements by id, newest first. */
export function mergeEntries(known: readonly Entry[], incoming: readonly Entry[]): Entry[] {
  const byId = new Map([...known, ...incoming].map((entry) => [entry.entryId, entry]));
  return [...byId.values()].sort((a, b) => b.at - a.at || (a.entryId < b.entryId ? 1 : -1));
}

/** The balance comes with the news, so nothing is fetched; what is held moves with what was put in a packet. */
export function applyWalletChange(
  state: WalletState,
  { currency, available, entry }: WalletChanged,
): Partial<WalletState> {
  if (state.entries.some(({ entryId }) => entryId === entry.entryId)) return {};
  const known = balanceOf(state, currency) ?? { currency, available: 0, held: 0 };
  const heldMore = entry.kind === 'packet_funded' || entry.kind === 'packet_refunded' ? -entry.amount : 0;
  const changed = { currency, available, held: Math.max(0, known.held + heldMore) };
  return {
    balances: [...state.balances.filter((balance) => balance.currency !== currency), changed],
    entries: mergeEntries(state.entries, [entry]),
  };
}
