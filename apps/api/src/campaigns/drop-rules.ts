import { Injectable } from '@nestjs/common';
import { RefusalError, type CreateDrop, type Identity } from '@app/contracts';
import { partsOfDrop, rainMs, termsOfPacket } from '@app/domain';
import { findAudience, type CampaignEntity } from '@app/ledger';
import { mostPartitions } from '@app/lifecycle';
import { ApiParts } from '../parts.js';
import { RoomsService } from '../rooms/rooms.service.js';
import { CampaignsService } from './campaigns.service.js';

/** So long before now still counts as now: clocks differ, and requests take time. */
const OPENING_GRACE_MS = 5_000;

/** What a drop must be like to be planned: in time, with shares that can be paid, for people that exist. */
@Injectable()
export class DropRules {
  constructor(
    private readonly parts: ApiParts,
    private readonly rooms: RoomsService,
    private readonly campaigns: CampaignsService,
  ) {}

  async assertPlannable(caller: Identity, campaign: CampaignEntity, body: CreateDrop): Promise<void> {
    this.assertInTime(campaign, body);
    this.assertPayable(body);
    await this.assertAudience(caller, campaign, body);
    await this.assertCountable(campaign, body);
    for (const gate of body.gates ?? []) {
      if (gate.kind === 'place' && typeof gate.clue === 'object')
        await this.campaigns.assertCover(campaign.tenantId, gate.clue.coverId);
    }
  }

  private assertInTime({ startsAt, endsAt }: CampaignEntity, body: CreateDrop): void {
    const opensAt = Date.parse(body.opensAt);
    const outside = (message: string) =>
      new RefusalError('drop_outside_campaign', { issues: [{ path: 'opensAt', message }] });
    if (opensAt < Date.now() - OPENING_GRACE_MS) throw outside('must not be in the past');
    if (opensAt < startsAt.getTime()) throw outside('must not be before the campaign starts');
    if (opensAt >= endsAt.getTime()) throw outside('must be before the campaign ends');
    if (opensAt + rainMs({ ...body, tiers: [] }) > endsAt.getTime())
      throw outside('the last round must be over before the campaign ends');
  }

  /** Every packet of it: rounds and tiers too. */
  private assertPayable(body: CreateDrop): void {
    const { config } = this.parts;
    const { rain, packet, tiers = [] } = body;
    if (rain && packet.count < rain.rounds * rain.catchesPerRound) {
      const message = `must be at least ${rain.rounds * rain.catchesPerRound}: one share for each round and catch`;
      throw new RefusalError('invalid_request', { issues: [{ path: 'packet.count', message }] });
    }
    const limits = {
      shareMin: config.SHARE_MIN,
      shareMax: config.SHARE_MAX,
      sharesMax: config.CAMPAIGN_PACKET_SHARES_MAX,
    };
    for (const whole of [packet, ...tiers.map((tier) => tier.packet)]) {
      const answer = termsOfPacket(whole, limits);
      if ('refused' in answer) throw new RefusalError(answer.refused);
    }
    for (const part of partsOfDrop({ packet, tiers, rain })) {
      const answer = termsOfPacket(part.packet, limits);
      if ('refused' in answer) throw new RefusalError(answer.refused);
    }
  }

  /** Of a packet that is spread nothing is counted, so nobody can say any more who never won in the campaign. */
  private async assertCountable({ campaignId }: CampaignEntity, { tiers = [] }: CreateDrop): Promise<void> {
    const k = tiers.findIndex(({ neverWon }) => neverWon);
    if (k < 0 || (await mostPartitions(this.parts.dataSource, campaignId)) === 1) return;
    const message =
      'can not be asked for any more: a large packet of this campaign was dropped without counting winners';
    throw new RefusalError('invalid_request', { issues: [{ path: `tiers.${k}.neverWon`, message }] });
  }

  private async assertAudience(
    caller: Identity,
    { tenantId }: CampaignEntity,
    body: CreateDrop,
  ): Promise<void> {
    const { audience, tiers = [] } = body;
    const refuse = (path: string) =>
      new RefusalError('audience_not_found', {
        issues: [{ path, message: 'there is no such room or list' }],
      });
    if (audience.kind === 'room' && !(await this.rooms.mayAddress(caller, audience.roomId)))
      throw refuse('audience.roomId');
    const lists = [
      ...(audience.kind === 'list' ? [{ id: audience.audienceId, path: 'audience.audienceId' }] : []),
      ...tiers.flatMap(({ audienceId }, k) =>
        audienceId ? [{ id: audienceId, path: `tiers.${k}.audienceId` }] : [],
      ),
    ];
    for (const { id, path } of lists) {
      const list = await findAudience(this.parts.dataSource, id);
      if (list?.tenantId !== tenantId) throw refuse(path);
    }
  }
}
