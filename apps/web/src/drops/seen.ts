import { whenPersonChanges } from '../state/session.js';
import { createStore } from '../state/store.js';

/** What a person did with the cards and rains of this visit, by drop. */
export const seenStore = createStore<{
  dismissed: Readonly<Record<string, true>>;
  /** Rains that were left: they do not come up by themselves again. */
  left: Readonly<Record<string, true>>;
}>({ dismissed: {}, left: {} });

whenPersonChanges(() => seenStore.set({ dismissed: {}, left: {} }));

export function dismiss(key: string): void {
  seenStore.set(({ dismissed }) => ({ dismissed: { ...dismissed, [key]: true } }));
}

export function leaveRain(key: string): void {
  seenStore.set(({ left }) => ({ left: { ...left, [key]: true } }));
}
