import type { GrabResult, RefusalReason } from '@app/contracts';
import type { GrabVerdict } from './grab-batcher.js';

const BUSY_RETRY_MS_MIN = 200;
const BUSY_SPREAD_MS = 800;

/** Why somebody is not eligible, for people; pages translate by the reason. */
export const REFUSAL_WORDS: Record<RefusalReason, string> = {
  members: 'This packet is for other people.',
  password: 'That is not the password.',
  quiz: 'Not every answer is right.',
  place: 'You are not at the place, or your position is not known well enough.',
  task: 'There is a task to do first.',
  cap: 'A limit of this campaign is reached, for you or for everyone.',
  tries: 'You have used all your tries.',
  paused: 'The campaign is paused.',
  luck: 'No luck this time. Try again.',
};

/** What the store decided about a packet that exists for the person who asks: `not_found` and `unknown` are the caller's. */
export type ShownVerdict = Exclude<GrabVerdict, { outcome: 'unknown' } | { outcome: 'not_found' }>;

/**
 * A verdict of the store in the words of the interface. `gateReason`: the gate that was not met, known to the caller
 * alone; without one `not_eligible` means `onlyUserIds`.
 */
export function grabResultOf(
  verdict: ShownVerdict,
  currency: string,
  gateReason?: RefusalReason,
): GrabResult<number> {
  switch (verdict.outcome) {
    case 'won':
    case 'already':
      return { outcome: verdict.outcome, amount: verdict.amount, ordinal: verdict.ordinal, currency };
    case 'not_open':
      return { outcome: 'not_open', opensAt: verdict.opensAtMs };
    case 'not_eligible':
      return refusedResult(verdict.reason ?? gateReason ?? 'members');
    case 'busy':
      return busyResult(verdict.afterMs);
    default:
      return { outcome: verdict.outcome };
  }
}

/** `not_eligible`, with the reason and its words. */
export function refusedResult(reason: RefusalReason): GrabResult<number> {
  return { outcome: 'not_eligible', reason, message: REFUSAL_WORDS[reason] };
}

/** Not before `afterMs`, and jittered, so that those who were turned away together don't come back together. */
export function busyResult(afterMs = BUSY_RETRY_MS_MIN): GrabResult<number> {
  return { outcome: 'busy', retryAfterMs: afterMs + Math.floor(Math.random() * BUSY_SPREAD_MS) };
}
