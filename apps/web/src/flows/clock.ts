import { request } from '../net/socket.js';
import { bestOffset, type ClockSample } from '../state/clock.js';
import { uiStore } from '../state/ui.js';

/** Enough that one of them meets no queue on the way; together a few hundred bytes. */
const SAMPLES = 4;

let running = false;

/** Sets the page's countdowns to the server's clock. One that can't be asked costs their accuracy, nothing else. */
export async function syncClock(): Promise<void> {
  if (running) return;
  running = true;
  const samples: ClockSample[] = [];
  try {
    while (samples.length < SAMPLES) {
      const askedAt = Date.now();
      const { serverTimeMs } = await request('clock:sync', {});
      samples.push({ askedAt, answeredAt: Date.now(), serverTimeMs });
      uiStore.set({ clockAheadMs: bestOffset(samples) });
    }
  } catch {
    // The next connection asks again.
  } finally {
    running = false;
  }
}

/** A phone that slept may have set its clock meanwhile. */
export function syncClockWhenSeen(): void {
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && uiStore.get().link === 'online') void syncClock();
  });
}
