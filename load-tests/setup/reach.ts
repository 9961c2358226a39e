import { HongbaoClient } from '@app/client';
import { PlanError } from './plan-error.ts';

const READY_MS_MAX = 5_000;
const CLOCK_ASKS = 5;

/** Throws PlanError unless the target says that it can serve. */
export async function assertReady(target: string): Promise<void> {
  const says = await fetch(`${target}/readyz`, { signal: AbortSignal.timeout(READY_MS_MAX) }).then(
    ({ ok, status }) => (ok ? undefined : `answers ${status} at /readyz`),
    () => 'does not answer',
  );
  if (says)
    throw new PlanError(
      `${target} ${says}: start the service with npm start, or name another with --target.`,
    );
}

/** How far the target's clock is ahead of this one, in milliseconds, from the quickest of a few answers. */
export async function clockAheadMs(target: string, token: string): Promise<number> {
  const client = await HongbaoClient.connect({ url: target, token });
  try {
    let best = { tookMs: Number.POSITIVE_INFINITY, aheadMs: 0 };
    for (let k = 0; k < CLOCK_ASKS; k += 1) {
      const askedAt = Date.now();
      const { serverTimeMs } = await client.ask('clock:sync', {});
      const tookMs = Date.now() - askedAt;
      if (tookMs < best.tookMs) best = { tookMs, aheadMs: serverTimeMs - (askedAt + tookMs / 2) };
    }
    return Math.round(best.aheadMs);
  } finally {
    client.close();
  }
}
