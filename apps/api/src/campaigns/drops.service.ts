import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import {
  DROPS_PER_CAMPAIGN_MAX,
  PACKET_EXPIRES_SECONDS_DEFAULT,
  RefusalError,
  type CreateDrop,
  type DropView,
  type Identity,
} from '@app/contracts';
import { amountOfDrop } from '@app/domain';
import {
  CampaignDropEntity,
  lockCampaign,
  PacketEntity,
  type CampaignEntity,
  type DropPlan,
} from '@app/ledger';
import { callUpDrops } from '@app/lifecycle';
import { ApiParts } from '../parts.js';
import { CampaignsService, MAY_ACT, MAY_LOOK } from './campaigns.service.js';
import { DropRules } from './drop-rules.js';

/** The drops of a campaign, as planned and as they went. */
@Injectable()
export class DropsService {
  constructor(
    private readonly parts: ApiParts,
    private readonly campaigns: CampaignsService,
    private readonly rules: DropRules,
  ) {}

  async add(caller: Identity, campaignId: string, body: CreateDrop): Promise<DropView> {
    await this.campaigns.find(caller, campaignId, MAY_ACT);
    const dropId = uuidv7();
    await this.plan(caller, campaignId, body, async (manager, drop) => {
      const [all] = await manager.query<{ drops: number }[]>(
        `SELECT count(*) AS drops FROM campaign_drops WHERE campaign_id = $1`,
        [campaignId],
      );
      if (all!.drops >= DROPS_PER_CAMPAIGN_MAX)
        throw new RefusalError('invalid_request', {
          detail: `A campaign has at most ${DROPS_PER_CAMPAIGN_MAX} drops.`,
        });
      await manager.insert(CampaignDropEntity, { dropId, campaignId, ...drop });
    });
    return this.read(dropId);
  }

  async change(caller: Identity, campaignId: string, dropId: string, body: CreateDrop): Promise<DropView> {
    await this.campaigns.find(caller, campaignId, MAY_ACT);
    await this.plan(
      caller,
      campaignId,
      body,
      async (manager, drop) => {
        await lockPlanned(manager, campaignId, dropId);
        await manager.update(CampaignDropEntity, { dropId }, drop as never);
      },
      dropId,
    );
    return this.read(dropId);
  }

  async remove(caller: Identity, campaignId: string, dropId: string): Promise<void> {
    await this.campaigns.find(caller, campaignId, MAY_ACT);
    await this.parts.dataSource.transaction(async (manager) => {
      await lockCampaign(manager, campaignId);
      await lockPlanned(manager, campaignId, dropId);
      await manager.delete(CampaignDropEntity, { dropId });
    });
  }

  async list(caller: Identity, campaignId: string): Promise<DropView[]> {
    await this.campaigns.find(caller, campaignId, MAY_LOOK);
    const drops = await this.parts.dataSource
      .getRepository(CampaignDropEntity)
      .find({ where: { campaignId }, order: { opensAt: 'ASC', dropId: 'ASC' } });
    return this.views(drops);
  }

  /** Under the campaign's lock: two drops that are added at once can't both take the last of the budget. */
  private async plan(
    caller: Identity,
    campaignId: string,
    body: CreateDrop,
    write: (manager: EntityManager, drop: Planned) => Promise<void>,
    replacedId?: string,
  ): Promise<void> {
    const state = await this.parts.dataSource.transaction(async (manager) => {
      const campaign = await lockCampaign(manager, campaignId);
      if (campaign.rehearsalOf || campaign.state === 'ended' || campaign.state === 'cancelled')
        throw new RefusalError('wrong_state');
      await this.rules.assertPlannable(caller, campaign, body);
      const drop = plannedOf(campaign, body);
      const [others] = await manager.query<{ planned: number }[]>(
        `SELECT coalesce(sum(amount), 0)::bigint AS planned FROM campaign_drops
         WHERE campaign_id = $1 AND state <> 'cancelled' AND drop_id IS DISTINCT FROM $2`,
        [campaignId, replacedId ?? null],
      );
      if (others!.planned + drop.amount > campaign.budget) throw new RefusalError('over_budget');
      await write(manager, drop);
      return campaign.state;
    });
    if (state !== 'draft') await callUpDrops(this.parts, campaignId);
  }

  private async read(dropId: string): Promise<DropView> {
    const drop = await this.parts.dataSource.getRepository(CampaignDropEntity).findOneByOrFail({ dropId });
    return (await this.views([drop]))[0]!;
  }

  private async views(drops: CampaignDropEntity[]): Promise<DropView[]> {
    if (drops.length === 0) return [];
    const packets = await this.parts.dataSource
      .getRepository(PacketEntity)
      .find({ where: { campaignId: drops[0]!.campaignId }, order: { opensAt: 'ASC', part: 'ASC' } });
    return drops.map((drop) => {
      const own = packets.filter((packet) => packet.dropId === drop.dropId);
      const { openedAt, opensAt } = drop;
      return {
        ...{ dropId: drop.dropId, campaignId: drop.campaignId, opensAt: opensAt.toISOString() },
        ...{
          announceSeconds: drop.announceSeconds,
          expiresInSeconds: drop.expiresInSeconds,
          state: drop.state,
        },
        ...drop.plan,
        ...(own[0] ? { packetId: own[0].packetId } : {}),
        packets: own.map(({ packetId, part }) => ({ packetId, part: part! })),
        ...(openedAt && {
          openedAt: openedAt.toISOString(),
          openedLateMs: openedAt.getTime() - opensAt.getTime(),
        }),
      };
    });
  }
}

type Planned = Pick<
  CampaignDropEntity,
  'opensAt' | 'announceSeconds' | 'expiresInSeconds' | 'plan' | 'amount'
>;

function plannedOf(campaign: CampaignEntity, body: CreateDrop): Planned {
  const { opensAt, announceSeconds, expiresInSeconds, tiers = [], gates = [], ...rest } = body;
  const plan: DropPlan = { ...rest, tiers, gates };
  const untilEnd = Math.ceil((campaign.endsAt.getTime() - Date.parse(opensAt)) / 1_000);
  return {
    opensAt: new Date(opensAt),
    announceSeconds,
    expiresInSeconds: Math.min(expiresInSeconds ?? PACKET_EXPIRES_SECONDS_DEFAULT, untilEnd),
    plan,
    amount: amountOfDrop(plan),
  };
}

/** A drop that has no packets yet; else `wrong_state`. */
async function lockPlanned(manager: EntityManager, campaignId: string, dropId: string): Promise<void> {
  const lock = { mode: 'pessimistic_write' as const };
  const drop = await manager.findOne(CampaignDropEntity, { where: { dropId, campaignId }, lock });
  if (!drop) throw new RefusalError('not_found');
  if (drop.fundedAt || drop.state !== 'planned') throw new RefusalError('wrong_state');
}
