import type { Config } from '@app/config';
import { RefusalError, type Topup } from '@app/contracts';

/** Throws a refusal when the settings don't offer this topup, into whichever account. */
export function assertTopupOffered(config: Config, { provider, currency, amount }: Topup): void {
  if (provider === 'sandbox' && !config.SANDBOX_TOPUPS) throw new RefusalError('forbidden');
  if (!config.CURRENCIES.includes(currency)) throw new RefusalError('unsupported_currency');
  if (amount > config.TOPUP_AMOUNT_MAX) {
    const message = `must be at most ${config.TOPUP_AMOUNT_MAX}`;
    throw new RefusalError('invalid_request', { issues: [{ path: 'amount', message }] });
  }
}
