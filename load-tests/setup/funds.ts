import type { Topup, TopupView } from '@app/contracts';
import { RefusalError } from '@app/contracts';
import { patiently } from './patience.ts';
import { PlanError } from './plan-error.ts';

export const CURRENCY = 'CNY';
/** TOPUP_AMOUNT_MAX as it is unless set otherwise: larger sums take several top-ups. */
const TOPUP_AMOUNT_MAX = 100_000_000;
/** A campaign's budget that needs more calls than this is a mistake in the scale. */
const TOPUPS_MAX = 10_000;

/** The sums, each within what one top-up may be, that make up `amount` minor units. */
export function sumsOf(amount: number): number[] {
  const count = Math.ceil(amount / TOPUP_AMOUNT_MAX);
  if (count > TOPUPS_MAX)
    throw new PlanError(
      `The run needs ${amount} fen in one account, more than ${TOPUPS_MAX} top-ups: choose a smaller --scale.`,
    );
  return Array.from({ length: count }, (_, k) =>
    k + 1 < count ? TOPUP_AMOUNT_MAX : amount - (count - 1) * TOPUP_AMOUNT_MAX,
  );
}

/** Puts `amount` minor units into an account by sandbox top-ups, each with a key of its own that repeats keep. */
export async function fund(
  topUp: (topup: Topup, key: string) => Promise<TopupView>,
  amount: number,
): Promise<void> {
  for (const sum of sumsOf(amount)) {
    const key = crypto.randomUUID();
    try {
      await patiently(() => topUp({ amount: sum, currency: CURRENCY, provider: 'sandbox' }, key));
    } catch (error) {
      if (error instanceof RefusalError && error.code === 'forbidden')
        throw new PlanError(
          'The target takes no sandbox top-ups (SANDBOX_TOPUPS is off there), and a load needs funds: run it against a test deployment.',
        );
      throw error;
    }
  }
}
