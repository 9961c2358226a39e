import { Injectable } from '@nestjs/common';
import { RefusalError, type CampaignState, type Identity } from '@app/contracts';
import { scheduleCampaign, type CampaignEntity } from '@app/ledger';
import { callUpDrops, cancelCampaign, pauseCampaign, resumeCampaign } from '@app/lifecycle';
import { ApiParts } from '../parts.js';
import { CampaignsService, MAY_ACT } from './campaigns.service.js';

/** A drop whose opening passed while its campaign was being planned may still be scheduled for this long. */
const LATE_DROP_MS_MAX = 60_000;

/** What sets a campaign going, stops it, and ends it. */
@Injectable()
export class SteeringService {
  constructor(
    private readonly parts: ApiParts,
    private readonly campaigns: CampaignsService,
  ) {}

  async schedule(caller: Identity, campaignId: string): Promise<CampaignState> {
    await this.findOwn(caller, campaignId);
    const state = await scheduleCampaign(this.parts.dataSource, campaignId, LATE_DROP_MS_MAX);
    await callUpDrops(this.parts, campaignId);
    return state;
  }

  async pause(caller: Identity, campaignId: string): Promise<CampaignState> {
    await this.find(caller, campaignId);
    return pauseCampaign(this.parts, campaignId);
  }

  async resume(caller: Identity, campaignId: string): Promise<CampaignState> {
    await this.find(caller, campaignId);
    return resumeCampaign(this.parts, campaignId);
  }

  async cancel(caller: Identity, campaignId: string): Promise<CampaignState> {
    await this.find(caller, campaignId);
    return cancelCampaign(this.parts, campaignId);
  }

  private find(caller: Identity, campaignId: string): Promise<CampaignEntity> {
    return this.campaigns.find(caller, campaignId, MAY_ACT);
  }

  /** A rehearsal was scheduled when it was made, and not by hand. */
  private async findOwn(caller: Identity, campaignId: string): Promise<CampaignEntity> {
    const campaign = await this.find(caller, campaignId);
    if (campaign.rehearsalOf) throw new RefusalError('wrong_state');
    return campaign;
  }
}
