import type { DataSource, EntityManager } from 'typeorm';
import { RefusalError, type CampaignState } from '@app/contracts';
import { CampaignDropEntity, CampaignEntity } from './entities/campaign.entity.js';

/** The provider of play money: rehearsals are funded by it, in a currency that is nobody's. */
export const PLAY_PROVIDER = 'play';
/** ISO 4217 keeps this code for testing: no wallet that holds it can buy anything, and no transfer mixes currencies. */
export const PLAY_CURRENCY = 'XTS';

type Account = { account_id: number; balance: number };

/**
 * Schedules a draft: its whole budget moves from the tenant's account to the campaign's own, or for a rehearsal from
 * nowhere, in play money. Called again for a campaign that was scheduled before, it changes nothing. Throws `not_found`,
 * `wrong_state` (ended, cancelled, or without drops), `over_budget`, `drop_outside_campaign`, `insufficient_funds`.
 */
export async function scheduleCampaign(
  dataSource: DataSource,
  campaignId: string,
  graceMs: number,
): Promise<CampaignState> {
  return dataSource.transaction(async (manager) => {
    const campaign = await lockCampaign(manager, campaignId);
    if (['scheduled', 'running', 'paused'].includes(campaign.state)) return campaign.state;
    if (campaign.state !== 'draft') throw new RefusalError('wrong_state');
    const drops = await manager.findBy(CampaignDropEntity, { campaignId });
    if (drops.length === 0)
      throw new RefusalError('wrong_state', { detail: 'Plan at least one drop first.' });
    if (drops.reduce((sum, drop) => sum + drop.amount, 0) > campaign.budget)
      throw new RefusalError('over_budget');
    const [late] = await manager.query<{ drop_id: string }[]>(
      `SELECT drop_id FROM campaign_drops WHERE campaign_id = $1 AND opens_at < now() - $2 * interval '1 ms' LIMIT 1`,
      [campaignId, graceMs],
    );
    if (late)
      throw new RefusalError('drop_outside_campaign', { detail: 'A drop should have opened before now.' });
    await reserve(manager, campaign);
    await manager.query(
      `UPDATE campaigns SET reserved = budget, updated_at = now(),
         state = CASE WHEN starts_at <= now() THEN 'running' ELSE 'scheduled' END WHERE campaign_id = $1`,
      [campaignId],
    );
    const { state } = await manager.findOneByOrFail(CampaignEntity, { campaignId });
    return state;
  });
}

/** From the one who pays to the campaign; nothing else locks both, and who pays is locked first. */
async function reserve(manager: EntityManager, campaign: CampaignEntity): Promise<void> {
  const { campaignId, currency, budget } = campaign;
  const payer = payerOf(campaign);
  const [rows] = campaign.rehearsalOf
    ? [await addTo(manager, payer, currency, -budget)]
    : await manager.query<[Account[], number]>(
        `UPDATE accounts SET balance = balance - $3
         WHERE kind = 'tenant' AND owner = $1 AND currency = $2 AND balance >= $3 RETURNING account_id, balance`,
        [payer.owner, currency, budget],
      );
  const from = rows[0];
  if (!from) {
    throw new RefusalError('insufficient_funds', {
      detail: 'The account of the brand holds less than the budget. Top it up and try again.',
    });
  }
  const [to] = await addTo(manager, { kind: 'campaign', owner: campaignId }, currency, budget);
  await transfer(manager, `reserve:${campaignId}`, 'reserve', from, to!, budget, currency);
}

/**
 * Gives back what a campaign that is over has left, once none of its packets can pay or be paid back any more; a frozen
 * one keeps only its own escrow. Idempotent. Returns what moved, in minor units.
 */
export async function releaseCampaign(dataSource: DataSource, campaignId: string): Promise<number> {
  return dataSource.transaction(async (manager) => {
    const campaign = await lockCampaign(manager, campaignId);
    if (!['ended', 'cancelled'].includes(campaign.state) || campaign.settledUpAt) return 0;
    const [open] = await manager.query<{ closing: number; frozen: number }[]>(
      `SELECT count(*) FILTER (WHERE frozen_reason IS NULL) AS closing, count(*) FILTER (WHERE frozen_reason IS NOT NULL) AS frozen
       FROM packets WHERE campaign_id = $1 AND closed_at IS NULL`,
      [campaignId],
    );
    if (open!.closing > 0) return 0;
    const [rows] = await manager.query<[(Account & { had: number })[], number]>(
      `UPDATE accounts a SET balance = 0 FROM (SELECT account_id, balance FROM accounts
         WHERE kind = 'campaign' AND owner = $1 AND balance > 0 FOR UPDATE) b
       WHERE a.account_id = b.account_id RETURNING a.account_id, b.balance AS had, a.balance`,
      [campaignId],
    );
    const from = rows[0];
    if (from) await giveBack(manager, campaign, from, from.had);
    await manager.query(
      `UPDATE campaigns SET released = released + $2, settled_up_at = CASE WHEN $3 THEN now() END WHERE campaign_id = $1`,
      [campaignId, from?.had ?? 0, open!.frozen === 0],
    );
    return from?.had ?? 0;
  });
}

async function giveBack(
  manager: EntityManager,
  campaign: CampaignEntity,
  from: Account,
  amount: number,
): Promise<void> {
  const { campaignId, currency } = campaign;
  const [to] = await addTo(manager, payerOf(campaign), currency, amount);
  const [before] = await manager.query<{ n: number }[]>(
    `SELECT count(*) AS n FROM transfers WHERE kind = 'release' AND debit_account = $1`,
    [from.account_id],
  );
  const key = `release:${campaignId}:${before!.n + 1}`;
  await transfer(manager, key, 'release', from, to!, amount, currency);
}

function payerOf({ rehearsalOf, tenantId }: CampaignEntity) {
  return rehearsalOf
    ? { kind: 'provider' as const, owner: PLAY_PROVIDER }
    : { kind: 'tenant' as const, owner: tenantId };
}

export async function lockCampaign(manager: EntityManager, campaignId: string): Promise<CampaignEntity> {
  const lock = { mode: 'pessimistic_write' as const };
  const campaign = await manager.findOne(CampaignEntity, { where: { campaignId }, lock });
  if (!campaign) throw new RefusalError('not_found');
  return campaign;
}

/** Adds to an account, which may be new. */
async function addTo(
  manager: EntityManager,
  { kind, owner }: { kind: string; owner: string },
  currency: string,
  amount: number,
): Promise<Account[]> {
  return manager.query<Account[]>(
    `INSERT INTO accounts (kind, owner, currency, balance) VALUES ($1, $2, $3, $4)
     ON CONFLICT (kind, owner, currency) DO UPDATE SET balance = accounts.balance + EXCLUDED.balance
     RETURNING account_id, balance`,
    [kind, owner, currency, amount],
  );
}

async function transfer(
  manager: EntityManager,
  key: string,
  kind: 'reserve' | 'release',
  from: Account,
  to: Account,
  amount: number,
  currency: string,
): Promise<void> {
  await manager.query(
    `INSERT INTO transfers (transfer_key, kind, debit_account, credit_account, amount, currency)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [key, kind, from.account_id, to.account_id, amount, currency],
  );
}
