import { v7 as uuidv7 } from 'uuid';
import type { DataSource, EntityManager } from 'typeorm';
import type { Topup, TopupView } from '@app/contracts';
import type { AccountKind } from './entities/account.entity.js';
import { enterKey, keepAnswer } from './idempotency.js';

/** Whose account takes the money. */
export interface TopupTarget {
  kind: 'wallet' | 'tenant';
  owner: string;
}

/**
 * Money comes in from a provider: one transfer from the provider's account, once for a key of the user who asks. Locks
 * the account that takes it before the provider; nothing else locks a provider.
 */
export async function topUp(
  dataSource: DataSource,
  userId: string,
  key: string,
  topup: Topup,
  into: TopupTarget = { kind: 'wallet', owner: userId },
): Promise<{ view: TopupView; transferId?: number }> {
  return dataSource.transaction(async (manager) => {
    const call = {
      ...{ userId, key, body: { ...topup, into: into.owner } },
      call: into.kind === 'wallet' ? ('topups' as const) : ('tenant_topups' as const),
    };
    const topupId = uuidv7();
    const earlier = await enterKey(manager, call, topupId);
    if (earlier) return { view: earlier.answer as TopupView };
    const { amount, currency, provider } = topup;
    const view: TopupView = { topupId, status: 'succeeded', amount, currency };
    await manager.query(
      `INSERT INTO topups (topup_id, user_id, provider, amount, currency, status, account_kind, account_owner)
       VALUES ($1, $2, $3, $4, $5, 'succeeded', $6, $7)`,
      [topupId, userId, provider, amount, currency, into.kind, into.owner],
    );
    const target = await addTo(manager, into, currency, amount);
    const source = await addTo(manager, { kind: 'provider', owner: provider }, currency, -amount);
    const [transfer] = await manager.query<{ transfer_id: number }[]>(
      `INSERT INTO transfers (transfer_key, kind, debit_account, credit_account, amount, currency)
       VALUES ($1, 'topup', $2, $3, $4, $5) RETURNING transfer_id`,
      [`topup:${topupId}`, source, target, amount, currency],
    );
    await keepAnswer(manager, call, view);
    return { view, transferId: transfer!.transfer_id };
  });
}

/** Adds to an account, which may be new, and gives its id. */
async function addTo(
  manager: EntityManager,
  { kind, owner }: { kind: AccountKind; owner: string },
  currency: string,
  amount: number,
): Promise<number> {
  const [account] = await manager.query<{ account_id: number }[]>(
    `INSERT INTO accounts (kind, owner, currency, balance) VALUES ($1, $2, $3, $4)
     ON CONFLICT (kind, owner, currency) DO UPDATE SET balance = accounts.balance + EXCLUDED.balance
     RETURNING account_id`,
    [kind, owner, currency, amount],
  );
  return account!.account_id;
}
