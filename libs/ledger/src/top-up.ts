import { v7 as uuidv7 } from 'uuid';
import type { DataSource } from 'typeorm';
import type { Topup, TopupView } from '@app/contracts';
import { enterKey, keepAnswer } from './idempotency.js';

/**
 * Money comes in from a provider: one transfer from the provider's account to the wallet, once for a key. Locks the
 * wallet before the provider; nothing else locks a provider.
 */
export async function topUp(
  dataSource: DataSource,
  userId: string,
  key: string,
  topup: Topup,
): Promise<{ view: TopupView; transferId?: number }> {
  return dataSource.transaction(async (manager) => {
    const call = { userId, call: 'topups' as const, key, body: topup };
    const topupId = uuidv7();
    const earlier = await enterKey(manager, call, topupId);
    if (earlier) return { view: earlier.answer as TopupView };
    const { amount, currency, provider } = topup;
    const view: TopupView = { topupId, status: 'succeeded', amount, currency };
    await manager.query(
      `INSERT INTO topups (topup_id, user_id, provider, amount, currency, status) VALUES ($1, $2, $3, $4, $5, 'succeeded')`,
      [topupId, userId, provider, amount, currency],
    );
    const credit = `INSERT INTO accounts (kind, owner, currency, balance) VALUES ($1, $2, $3, $4)
      ON CONFLICT (kind, owner, currency) DO UPDATE SET balance = accounts.balance + EXCLUDED.balance
      RETURNING account_id`;
    const [wallet] = await manager.query<{ account_id: number }[]>(credit, [
      'wallet',
      userId,
      currency,
      amount,
    ]);
    const [source] = await manager.query<{ account_id: number }[]>(credit, [
      'provider',
      provider,
      currency,
      -amount,
    ]);
    const [transfer] = await manager.query<{ transfer_id: number }[]>(
      `INSERT INTO transfers (transfer_key, kind, debit_account, credit_account, amount, currency)
       VALUES ($1, 'topup', $2, $3, $4, $5) RETURNING transfer_id`,
      [`topup:${topupId}`, source!.account_id, wallet!.account_id, amount, currency],
    );
    await keepAnswer(manager, call, view);
    return { view, transferId: transfer!.transfer_id };
  });
}
