import type { EntityManager } from 'typeorm';
import { JOBS, RefusalError, type CampaignState } from '@app/contracts';
import { CampaignDropEntity, lockCampaign, releaseCampaign } from '@app/ledger';
import { cutDropsShort } from './advance-drop.js';
import { mostPartitions } from './most-partitions.js';
import type { CampaignParts } from './parts.js';
import { isStopped } from './stopped.js';

/** How long the counters of a campaign that is over stay in the store: late grabs are judged by its packets alone. */
const KEEP_COUNTERS_SECONDS = 24 * 3_600;

const CANCEL_WAIT_MS_MAX = 1_000;

/**
 * Stops all claims of a campaign. The store is told before the ledger commits: when the call has been answered no grab can
 * win, whatever gateway it comes to; when it fails, nothing is paused, or the sweep sets the store right by the ledger.
 * Throws `not_found`, `wrong_state`.
 */
export async function pauseCampaign(parts: CampaignParts, campaignId: string): Promise<CampaignState> {
  return parts.dataSource.transaction(async (manager) => {
    const { state } = await lockCampaign(manager, campaignId);
    if (state === 'paused') return state;
    if (state !== 'running' && state !== 'scheduled') throw new RefusalError('wrong_state');
    await setState(manager, campaignId, 'paused');
    await tellStore(parts, manager, campaignId, 'paused');
    return 'paused';
  });
}

/** Throws `not_found`, `wrong_state`. What came due meanwhile is done now. */
export async function resumeCampaign(parts: CampaignParts, campaignId: string): Promise<CampaignState> {
  const state = await parts.dataSource.transaction(async (manager) => {
    const campaign = await lockCampaign(manager, campaignId);
    if (campaign.state === 'running' || campaign.state === 'scheduled') return campaign.state;
    if (campaign.state !== 'paused') throw new RefusalError('wrong_state');
    const next: CampaignState = campaign.startsAt.getTime() <= Date.now() ? 'running' : 'scheduled';
    await setState(manager, campaignId, next);
    await tellStore(parts, manager, campaignId, next);
    return next;
  });
  await callUpDrops(parts, campaignId);
  return state;
}

/**
 * Ends a campaign now: no claim after it, and what is left goes back. Ending hundreds of packets takes seconds, so the
 * answer does not wait for longer than `waitMsMax`; whoever looks next goes on where this stopped. Throws `not_found`,
 * `wrong_state` when it had ended.
 */
export async function cancelCampaign(
  parts: CampaignParts,
  campaignId: string,
  waitMsMax = CANCEL_WAIT_MS_MAX,
): Promise<CampaignState> {
  await parts.dataSource.transaction(async (manager) => {
    const { state } = await lockCampaign(manager, campaignId);
    if (state === 'cancelled') return;
    if (state === 'ended') throw new RefusalError('wrong_state');
    await endAs(manager, campaignId, 'cancelled');
    if (state !== 'draft') await tellStore(parts, manager, campaignId, 'cancelled');
  });
  // What fails here the sweep finds: nobody can win any more, and that was the promise.
  const finished = finishCampaign(parts, campaignId).catch(() => false);
  await Promise.race([finished, new Promise((resolve) => setTimeout(resolve, waitMsMax).unref())]);
  return 'cancelled';
}

/**
 * Moves a campaign on by the time: begins it at its start, ends it at its end, and pays back what a campaign that is over
 * has left. Idempotent. True when there is nothing more to do.
 */
export async function advanceCampaign(parts: CampaignParts, campaignId: string): Promise<boolean> {
  const state = await parts.dataSource.transaction(async (manager) => {
    const campaign = await lockCampaign(manager, campaignId);
    const [{ started, over }] = await manager.query<[{ started: boolean; over: boolean }]>(
      `SELECT starts_at <= now() AS started, ends_at <= now() AS over FROM campaigns WHERE campaign_id = $1`,
      [campaignId],
    );
    if (['scheduled', 'running', 'paused'].includes(campaign.state) && over) {
      await endAs(manager, campaignId, 'ended');
      return 'ended';
    }
    if (campaign.state === 'scheduled' && started) await setState(manager, campaignId, 'running');
    // The ledger's word counts: a store that missed a pause, or lost it, is told again. While the row is locked, or a pause
    // that is answered meanwhile would be undone (seen as claims for a second after it).
    if (campaign.state !== 'draft') await tellStore(parts, manager, campaignId, campaign.state);
    return campaign.state;
  });
  if (state === 'draft') return true;
  return state === 'ended' || state === 'cancelled' ? finishCampaign(parts, campaignId) : false;
}

/** While the campaign's row is locked: no packet of it is made meanwhile. */
async function tellStore(
  { store }: CampaignParts,
  manager: EntityManager,
  campaignId: string,
  state: CampaignState,
): Promise<void> {
  await store.setPaused(campaignId, isStopped(state), await mostPartitions(manager, campaignId));
}

async function finishCampaign(parts: CampaignParts, campaignId: string): Promise<boolean> {
  const { dataSource, store } = parts;
  await cutDropsShort(parts, campaignId);
  await dataSource.query(
    `UPDATE campaign_drops d SET state = 'closed' WHERE campaign_id = $1 AND state IN ('planned', 'announced', 'open')
       AND NOT EXISTS (SELECT 1 FROM packets p WHERE p.drop_id = d.drop_id AND p.closed_at IS NULL)`,
    [campaignId],
  );
  await releaseCampaign(dataSource, campaignId);
  const [row] = await dataSource.query<{ done: boolean }[]>(
    `SELECT settled_up_at IS NOT NULL AS done FROM campaigns WHERE campaign_id = $1`,
    [campaignId],
  );
  if (!row?.done) return false;
  await store.forgetCampaign(campaignId, KEEP_COUNTERS_SECONDS, await mostPartitions(dataSource, campaignId));
  const lists = await dataSource.query<{ id: string }[]>(
    `SELECT DISTINCT rules #>> '{campaign,audienceId}' AS id FROM packets
     WHERE campaign_id = $1 AND rules #>> '{campaign,audienceId}' IS NOT NULL`,
    [campaignId],
  );
  for (const { id } of lists) await store.forgetAudience(campaignId, id, KEEP_COUNTERS_SECONDS);
  await forgetRehearsedTasks(parts, campaignId);
  return true;
}

/** A rehearsal's tasks are named after it, and done by robots. */
async function forgetRehearsedTasks({ dataSource, store }: CampaignParts, campaignId: string): Promise<void> {
  const [rows] = await dataSource.query<[{ tenantId: string; taskId: string }[], number]>(
    `DELETE FROM task_completions t USING campaigns c WHERE c.campaign_id = $1 AND c.rehearsal_of IS NOT NULL
       AND t.tenant_id = c.tenant_id AND starts_with(t.task_id, 'rehearsal.' || $1 || '.')
     RETURNING t.tenant_id AS "tenantId", t.task_id AS "taskId"`,
    [campaignId],
  );
  const taskIds = new Set(rows.map(({ taskId }) => taskId));
  for (const taskId of taskIds) await store.forgetTask(rows[0]!.tenantId, taskId);
}

/** Looks at every drop that is not over, soon and once. */
export async function callUpDrops(
  { dataSource, campaignsQueue }: CampaignParts,
  campaignId: string,
): Promise<void> {
  const drops = await dataSource
    .getRepository(CampaignDropEntity)
    .find({ where: { campaignId }, select: { dropId: true } });
  await campaignsQueue.addBulk(drops.map(({ dropId }) => ({ name: JOBS.advanceDrop, data: { dropId } })));
}

async function endAs(
  manager: EntityManager,
  campaignId: string,
  state: 'ended' | 'cancelled',
): Promise<void> {
  await setState(manager, campaignId, state);
  await manager.query(
    `UPDATE campaign_drops SET state = 'cancelled' WHERE campaign_id = $1 AND state = 'planned' AND funded_at IS NULL`,
    [campaignId],
  );
}

async function setState(manager: EntityManager, campaignId: string, state: CampaignState): Promise<void> {
  await manager.query(`UPDATE campaigns SET state = $2, updated_at = now() WHERE campaign_id = $1`, [
    campaignId,
    state,
  ]);
}
