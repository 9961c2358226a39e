import type { GrabResult } from '@app/contracts';
import type { GrabVerdict } from './grab-batcher.js';

const BUSY_RETRY_MS_MIN = 200;
const BUSY_RETRY_MS_MAX = 1_000;

/** A verdict of the store in the words of the interface. `not_eligible` is for `onlyUserIds`, the one gate there is. */
export function grabResultOf(
  verdict: Exclude<GrabVerdict, { outcome: 'unknown' }>,
  currency: string,
): GrabResult<number> {
  switch (verdict.outcome) {
    case 'won':
    case 'already':
      return { outcome: verdict.outcome, amount: verdict.amount, ordinal: verdict.ordinal, currency };
    case 'not_open':
      return { outcome: 'not_open', opensAt: verdict.opensAtMs };
    case 'not_eligible':
      return { outcome: 'not_eligible', reason: 'members' };
    case 'busy':
      return busyResult();
    default:
      return { outcome: verdict.outcome };
  }
}

/** Jittered, so that those who were turned away together don't come back together. */
export function busyResult(): GrabResult<number> {
  const retryAfterMs =
    BUSY_RETRY_MS_MIN + Math.floor(Math.random() * (BUSY_RETRY_MS_MAX - BUSY_RETRY_MS_MIN));
  return { outcome: 'busy', retryAfterMs };
}
