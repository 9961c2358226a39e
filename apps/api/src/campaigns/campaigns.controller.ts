import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { z } from 'zod';
import {
  campaignIdSchema,
  createCampaignSchema,
  editCampaignSchema,
  uuidSchema,
  type CampaignState,
  type CampaignView,
  type CreateCampaign,
  type EditCampaign,
  type Identity,
} from '@app/contracts';
import { Caller } from '../auth/auth.guard.js';
import { Checked } from '../http/checked.js';
import { listQuerySchema, sayNextCursor } from '../http/page-of-list.js';
import { CampaignsService } from './campaigns.service.js';
import { RehearsalsService } from './rehearsals.service.js';
import { SteeringService } from './steering.service.js';

type CampaignParam = z.output<typeof campaignIdSchema>;

const listSchema = listQuerySchema.extend({ tenantId: uuidSchema.optional() });

/** Plans of a brand. All its members may look; owners and marketers act. */
@ApiTags('campaigns')
@Controller('campaigns')
@Checked()
export class CampaignsController {
  constructor(
    private readonly campaigns: CampaignsService,
    private readonly steering: SteeringService,
    private readonly rehearsals: RehearsalsService,
  ) {}

  @Post()
  @HttpCode(201)
  create(
    @Caller() caller: Identity,
    @Body({ schema: createCampaignSchema }) body: CreateCampaign,
  ): Promise<CampaignView> {
    return this.campaigns.create(caller, body);
  }

  /** Of one tenant, or of all that the caller belongs to; newest first, without rehearsals. */
  @Get()
  async list(
    @Caller() caller: Identity,
    @Query({ schema: listSchema }) { tenantId, limit, cursor = 0 }: z.output<typeof listSchema>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CampaignView[]> {
    const campaigns = await this.campaigns.list(caller, tenantId, limit, cursor);
    if (campaigns.length === limit) sayNextCursor(response, cursor + limit);
    return campaigns;
  }

  @Get(':campaignId')
  view(
    @Caller() caller: Identity,
    @Param({ schema: campaignIdSchema }) { campaignId }: CampaignParam,
  ): Promise<CampaignView> {
    return this.campaigns.view(caller, campaignId);
  }

  /** A draft in everything; later only its name, its greeting, and an end that is later than before. */
  @Patch(':campaignId')
  edit(
    @Caller() caller: Identity,
    @Param({ schema: campaignIdSchema }) { campaignId }: CampaignParam,
    @Body({ schema: editCampaignSchema }) body: EditCampaign,
  ): Promise<CampaignView> {
    return this.campaigns.edit(caller, campaignId, body);
  }

  /** Drafts only: what has moved money stays. */
  @Delete(':campaignId')
  @HttpCode(200)
  async remove(
    @Caller() caller: Identity,
    @Param({ schema: campaignIdSchema }) { campaignId }: CampaignParam,
  ): Promise<Record<string, never>> {
    await this.campaigns.remove(caller, campaignId);
    return {};
  }

  /** Moves the budget from the tenant's account to the campaign. Asked again, it moves nothing. */
  @Post(':campaignId/schedule')
  @HttpCode(200)
  async schedule(
    @Caller() caller: Identity,
    @Param({ schema: campaignIdSchema }) { campaignId }: CampaignParam,
  ): Promise<{ state: CampaignState }> {
    return { state: await this.steering.schedule(caller, campaignId) };
  }

  /** When this is answered, no grab wins anywhere. */
  @Post(':campaignId/pause')
  @HttpCode(200)
  async pause(
    @Caller() caller: Identity,
    @Param({ schema: campaignIdSchema }) { campaignId }: CampaignParam,
  ): Promise<{ state: CampaignState }> {
    return { state: await this.steering.pause(caller, campaignId) };
  }

  @Post(':campaignId/resume')
  @HttpCode(200)
  async resume(
    @Caller() caller: Identity,
    @Param({ schema: campaignIdSchema }) { campaignId }: CampaignParam,
  ): Promise<{ state: CampaignState }> {
    return { state: await this.steering.resume(caller, campaignId) };
  }

  /** Ends it now; what is not won goes back to the tenant's account. */
  @Post(':campaignId/cancel')
  @HttpCode(200)
  async cancel(
    @Caller() caller: Identity,
    @Param({ schema: campaignIdSchema }) { campaignId }: CampaignParam,
  ): Promise<{ state: CampaignState }> {
    return { state: await this.steering.cancel(caller, campaignId) };
  }

  /** Runs a copy of it now, in minutes, with play money and robots: nothing of it reaches a wallet, a room or a report. */
  @Post(':campaignId/rehearse')
  @HttpCode(200)
  rehearse(
    @Caller() caller: Identity,
    @Param({ schema: campaignIdSchema }) { campaignId }: CampaignParam,
  ): Promise<{ state: CampaignState; rehearsalId: string }> {
    return this.rehearsals.rehearse(caller, campaignId);
  }
}
