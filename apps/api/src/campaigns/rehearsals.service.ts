import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import {
  castOf,
  JOBS,
  REHEARSAL_ROBOTS_DEFAULT,
  RefusalError,
  type CampaignState,
  type Identity,
  type PlayRehearsalJob,
} from '@app/contracts';
import {
  CampaignDropEntity,
  CampaignEntity,
  completeTask,
  lockCampaign,
  PLAY_CURRENCY,
  scheduleCampaign,
} from '@app/ledger';
import { callUpDrops } from '@app/lifecycle';
import { ApiParts } from '../parts.js';
import { CampaignsService, MAY_ACT } from './campaigns.service.js';
import { rehearsedDrops, tasksOf, tiersOf } from './rehearsal-plan.js';

/** Between the copy and its scheduling nothing takes so long; drops that are late by it would be refused. */
const LATE_DROP_MS_MAX = 60_000;

interface Copy {
  job: PlayRehearsalJob;
  tasks: string[];
  sureIds: string[];
}

/**
 * Rehearsals: a campaign's copy with play money, in minutes, for an audience of robots. Everything of it has ids of its
 * own, so what is told, counted and paid by campaign, drop or packet stays apart from the campaign that it copies.
 */
@Injectable()
export class RehearsalsService {
  constructor(
    private readonly parts: ApiParts,
    private readonly campaigns: CampaignsService,
  ) {}

  /** Throws `wrong_state` for a rehearsal, without drops, and while another rehearsal of the campaign runs. */
  async rehearse(
    caller: Identity,
    campaignId: string,
  ): Promise<{ state: CampaignState; rehearsalId: string }> {
    await this.campaigns.find(caller, campaignId, MAY_ACT);
    const { dataSource, store, rehearsalsQueue } = this.parts;
    const nowMs = await store.nowMs();
    const { job, tasks, sureIds } = await dataSource.transaction((manager) =>
      this.copy(manager, caller, campaignId, nowMs),
    );
    const { rehearsalId, tenantId } = job;
    for (const taskId of tasks) await completeTask(dataSource, tenantId, taskId, sureIds);
    const state = await scheduleCampaign(dataSource, rehearsalId, LATE_DROP_MS_MAX);
    await rehearsalsQueue.add(JOBS.playRehearsal, job, { jobId: rehearsalId });
    await callUpDrops(this.parts, rehearsalId);
    return { state, rehearsalId };
  }

  /** With the campaign locked: of two who rehearse it at once, the second is refused. */
  private async copy(
    manager: EntityManager,
    caller: Identity,
    campaignId: string,
    nowMs: number,
  ): Promise<Copy> {
    const campaign = await lockCampaign(manager, campaignId);
    if (campaign.rehearsalOf)
      throw new RefusalError('wrong_state', { detail: 'A rehearsal is not rehearsed.' });
    const planned = await manager.find(CampaignDropEntity, {
      where: { campaignId },
      order: { opensAt: 'ASC', dropId: 'ASC' },
    });
    if (planned.length === 0)
      throw new RefusalError('wrong_state', { detail: 'Plan at least one drop first.' });
    await assertNoneRuns(manager, campaignId);
    const rehearsalId = uuidv7();
    const { tenantId } = campaign;
    const seats = { rehearsalId, robots: REHEARSAL_ROBOTS_DEFAULT, tiers: tiersOf(planned) };
    const sureIds = castOf(seats).flatMap(({ userId, isSure }) => (isSure ? [userId] : []));
    const { drops, endsAtMs } = rehearsedDrops(planned, { rehearsalId, sureIds }, nowMs);
    const { name, brand, budget, greeting, coverId, caps } = campaign;
    await manager.insert(CampaignEntity, {
      ...{ campaignId: rehearsalId, rehearsalOf: campaignId, tenantId, createdBy: caller.userId },
      ...{ name, brand, budget, greeting, coverId, caps, currency: PLAY_CURRENCY },
      ...{ startsAt: new Date(nowMs), endsAt: new Date(endsAtMs), state: 'draft' as const },
      ...{ reserved: 0, released: 0 },
    });
    const rows = drops.map(({ opensAt, announceSeconds, expiresInSeconds, plan, amount }) => {
      const timing = { opensAt, announceSeconds, expiresInSeconds };
      return {
        dropId: uuidv7(),
        campaignId: rehearsalId,
        ...timing,
        plan,
        amount,
        state: 'planned' as const,
      };
    });
    // The entity's json is wider than what the driver's types let in.
    await manager.insert(CampaignDropEntity, rows as never);
    return { job: { ...seats, tenantId, endsAtMs }, tasks: tasksOf(drops), sureIds };
  }
}

/** A draft that nobody scheduled was left by a crash, and counts until the end that it would have had. */
async function assertNoneRuns(manager: EntityManager, campaignId: string): Promise<void> {
  const [running] = await manager.query<unknown[]>(
    `SELECT 1 FROM campaigns WHERE rehearsal_of = $1
       AND (state IN ('scheduled', 'running', 'paused') OR (state = 'draft' AND ends_at > now())) LIMIT 1`,
    [campaignId],
  );
  if (running) throw new RefusalError('wrong_state', { detail: 'A rehearsal of it runs already.' });
}
