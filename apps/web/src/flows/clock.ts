import type { HongbaoClient } from '@app/client';
import { uiStore } from '../state/ui.js';

let clock: HongbaoClient['clock'] | undefined;

/** Sets the page's countdowns to the server's clock. One that can't be asked costs their accuracy, nothing else. */
export function followClock(client: HongbaoClient): void {
  clock = client.clock;
  clock.onChanged((clockAheadMs) => uiStore.set({ clockAheadMs }));
  // Every later connection asks by itself.
  client.onConnected((again) => again || void client.clock.sync());
}

/** A phone that slept may have set its clock meanwhile. */
export function syncClockWhenSeen(): void {
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && uiStore.get().link === 'online') void clock?.sync();
  });
}
