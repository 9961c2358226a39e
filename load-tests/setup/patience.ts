import { UnansweredError } from '@app/client';
import { RefusalError } from '@app/contracts';

const TRIES_MAX = 20;
const RETRY_AFTER_MS_DEFAULT = 500;
const RETRY_AFTER_MS_MAX = 15_000;

/**
 * Waits out `busy` and `rate_limited` for as long as the service says, and asks again: a target with the limits of
 * production takes a large preparation slowly. `repeatable`: also after no answer at all, so only for what may be done
 * twice or has a key.
 */
export async function patiently<T>(ask: () => Promise<T>, { repeatable = true } = {}): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      const waitMs = waitMsAfter(error, repeatable);
      if (waitMs === undefined || tries >= TRIES_MAX) throw error;
      // Jitter: all calls under way are told the same time.
      await new Promise((resolve) => setTimeout(resolve, waitMs * (1 + Math.random() / 2)));
    }
  }
}

function waitMsAfter(error: unknown, repeatable: boolean): number | undefined {
  if (error instanceof UnansweredError) return repeatable ? RETRY_AFTER_MS_DEFAULT : undefined;
  if (!(error instanceof RefusalError) || (error.code !== 'busy' && error.code !== 'rate_limited'))
    return undefined;
  return Math.min(error.options.retryAfterMs ?? RETRY_AFTER_MS_DEFAULT, RETRY_AFTER_MS_MAX);
}

/** `step` for each item, at most `atOnce` under way; ends at the first that throws. Results in the order of the items. */
export async function eachOf<T, R>(
  items: readonly T[],
  atOnce: number,
  step: (item: T, index: number) => Promise<R>,
  onDone: (done: number) => void = () => {},
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let done = 0;
  let failed = false;
  const work = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const index = next;
      next += 1;
      try {
        results[index] = await step(items[index]!, index);
      } catch (error) {
        failed = true;
        throw error;
      }
      done += 1;
      onDone(done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return results;
}
