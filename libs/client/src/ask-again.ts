import { RefusalError, type ErrorCode } from '@app/contracts';

/** How often one request is asked in all, the first time included. */
export const TRIES_MAX = 6;
/** Waited before asking again when nobody answered, or `busy` came without a time. */
const RETRY_AFTER_MS_DEFAULT = 250;
/** A server that asks for a longer pause is asked again after this one. */
const RETRY_AFTER_MS_MAX = 10_000;
/** Refusals that pass by themselves, and after which asking again is safe. */
export const PASSING: ReadonlySet<ErrorCode> = new Set(['busy', 'rate_limited', 'internal']);

/** No answer came in time, or the connection was lost meanwhile. Whether the server did it is unknown, not refused. */
export class UnansweredError extends Error {
  constructor(
    readonly request: string,
    cause?: unknown,
  ) {
    super(`${request} was not answered: whether it was done is unknown`, { cause });
    this.name = 'UnansweredError';
  }
}

/** What waiting and chance are, and how long one goes on; tests bring their own. */
export interface Patience {
  triesMax: number;
  sleep: (ms: number) => Promise<void>;
  random: () => number;
}

export const patience: Patience = {
  triesMax: TRIES_MAX,
  sleep: (ms) =>
    new Promise((resolve) => {
      setTimeout(resolve, ms);
    }),
  random: Math.random,
};

/** Why a request is asked again: the server wants to be left alone for a moment, or said nothing. */
export type Why = 'busy' | 'unknown';

/**
 * Asks until there is an answer other than `busy`, up to `triesMax` times. Only for requests that are safe to repeat: a
 * grab (idempotent by packet and user), a send (by its key), a read. `busyForMs` reads an answer: undefined when it is
 * final, else how long the server wants to be left alone (0: it did not say). After the last try the `busy` answer is
 * returned, or UnansweredError or RefusalError thrown, as it came. `waits` is told before each wait, and ends the asking
 * by false.
 */
export async function askAgain<T>(
  ask: () => Promise<T>,
  busyForMs: (answer: T) => number | undefined,
  { triesMax, sleep, random }: Patience = patience,
  waits: (why: Why) => boolean = () => true,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    let waitMs: number | undefined;
    let why: Why = 'busy';
    const isLast = () => tries >= triesMax || !waits(why);
    try {
      const answer = await ask();
      waitMs = busyForMs(answer);
      if (waitMs === undefined || isLast()) return answer;
    } catch (error) {
      if (error instanceof UnansweredError) why = 'unknown';
      waitMs = retryableAfterMs(error);
      if (waitMs === undefined || isLast()) throw error;
    }
    await sleep(withJitter(waitMs, random));
  }
}

function retryableAfterMs(error: unknown): number | undefined {
  if (error instanceof UnansweredError) return 0;
  if (error instanceof RefusalError && PASSING.has(error.code)) return error.options.retryAfterMs ?? 0;
  return undefined;
}

/** From the time asked for to one and a half times it: thousands told the same time must not come back together. */
function withJitter(retryAfterMs: number, random: () => number): number {
  const ms = Math.min(retryAfterMs > 0 ? retryAfterMs : RETRY_AFTER_MS_DEFAULT, RETRY_AFTER_MS_MAX);
  return Math.round(ms * (1 + random() / 2));
}
