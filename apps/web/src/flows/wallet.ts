import type { HongbaoClient } from '@app/client';
import type { EntryView } from '@app/contracts';
import { DEFAULT_CURRENCY } from '../money.js';
import { api } from '../net/api.js';
import { failureOf } from '../net/failure.js';
import { applyWalletChange, mergeEntries, walletStore, type Entry } from '../state/wallet.js';

const entryFromHttp = (entry: EntryView): Entry => ({ ...entry, at: Date.parse(entry.at) });

export function hearWallet(client: HongbaoClient): void {
  client.on('wallet:changed', (change) => walletStore.set((state) => applyWalletChange(state, change)));
}

export async function loadWallet(): Promise<void> {
  try {
    const { balances } = await api.wallet();
    walletStore.set({ balances, loaded: true, failed: null });
  } catch (error) {
    walletStore.set({ failed: failureOf(error).code });
  }
}

/** The first page, or the one after what is shown. */
export async function loadEntries(more = false): Promise<void> {
  const cursor = more ? (walletStore.get().nextCursor ?? undefined) : undefined;
  try {
    const page = await api.entries(cursor);
    walletStore.set(({ entries }) => ({
      entries: mergeEntries(entries, page.entries.map(entryFromHttp)),
      nextCursor: page.nextCursor,
      entriesLoaded: true,
      failed: null,
    }));
  } catch (error) {
    walletStore.set({ failed: failureOf(error).code });
  }
}

/** Throws a Failure. `key` stays the same while one intent is retried, so that it is charged once. */
export async function topUp(amount: number, key: string): Promise<void> {
  await api.topUp({ amount, currency: DEFAULT_CURRENCY, provider: 'sandbox' }, key);
  await loadWallet();
  if (walletStore.get().entriesLoaded) await loadEntries();
}
