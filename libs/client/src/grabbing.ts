import type { GrabResult } from '@app/contracts';
import { askAgain, type Patience, type Why } from './ask-again.js';
import type { ServerClock } from './clock.js';

export interface GrabOptions {
  /** It goes on for so long, instead of a number of times; waiting for the opening is not counted. */
  giveUpMs?: number;
  /** `not_open` is waited out, by the server's clock, instead of being the answer. */
  waitsForOpening?: boolean;
  /** Told before each wait, why. */
  onWait?: (why: Why | 'not_open') => void;
}

/** After an opening that was waited out: all who were too early would come back together. */
const OPENING_SPREAD_MS = 150;

/** Asks `packet:grab` until there is an outcome; see HongbaoClient.grab. */
export async function grabUntilTold(
  ask: () => Promise<GrabResult<number>>,
  clock: Pick<ServerClock, 'now'>,
  patience: Patience,
  { giveUpMs, waitsForOpening = false, onWait }: GrabOptions,
): Promise<GrabResult<number>> {
  for (;;) {
    const startedAt = performance.now();
    const waits = (why: Why) => {
      const goesOn = giveUpMs === undefined || performance.now() - startedAt < giveUpMs;
      if (goesOn) onWait?.(why);
      return goesOn;
    };
    const triesMax = giveUpMs === undefined ? patience.triesMax : Infinity;
    const result = await askAgain(ask, busyForMs, { ...patience, triesMax }, waits);
    if (!waitsForOpening || result.outcome !== 'not_open') return result;
    onWait?.('not_open');
    const leftMs = (result.opensAt ?? 0) - clock.now();
    await patience.sleep(Math.max(0, leftMs) + OPENING_SPREAD_MS * patience.random());
  }
}

function busyForMs({ outcome, retryAfterMs }: GrabResult<number>): number | undefined {
  return outcome === 'busy' ? (retryAfterMs ?? 0) : undefined;
}
