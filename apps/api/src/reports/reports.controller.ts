import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { z } from 'zod';
import { campaignIdSchema, type CampaignReport, type CampaignSeries, type Identity } from '@app/contracts';
import { Caller } from '../auth/auth.guard.js';
import { Checked } from '../http/checked.js';
import { ApiParts } from '../parts.js';
import { sendCsv } from './send-csv.js';
import { ReportsService } from './reports.service.js';

type CampaignParam = z.output<typeof campaignIdSchema>;

@ApiTags('reports')
@Controller('campaigns/:campaignId')
@Checked()
export class ReportsController {
  constructor(
    private readonly reports: ReportsService,
    private readonly parts: ApiParts,
  ) {}

  /** As it stands now: money by the ledger, with the same sums from its transfers alone, and people by each step. */
  @Get('report')
  report(
    @Caller() caller: Identity,
    @Param({ schema: campaignIdSchema }) { campaignId }: CampaignParam,
  ): Promise<CampaignReport> {
    return this.reports.report(caller, campaignId);
  }

  /** Settled claims over time since the first opening, and how many of which amount. */
  @Get('series')
  series(
    @Caller() caller: Identity,
    @Param({ schema: campaignIdSchema }) { campaignId }: CampaignParam,
  ): Promise<CampaignSeries> {
    return this.reports.series(caller, campaignId);
  }

  /** A line a claim, by drop, packet and place in its grab order; amounts in minor units. Safe to open in a spreadsheet. */
  @Get('claims.csv')
  async claimsCsv(
    @Caller() caller: Identity,
    @Param({ schema: campaignIdSchema }) { campaignId }: CampaignParam,
    @Res() response: Response,
  ): Promise<void> {
    const pieces = await this.reports.claimsCsv(caller, campaignId);
    await sendCsv(response, `claims-${campaignId}`, pieces, this.parts.logger);
  }

  /** A line a drop, and one for the whole campaign; amounts in minor units. Safe to open in a spreadsheet. */
  @Get('totals.csv')
  async totalsCsv(
    @Caller() caller: Identity,
    @Param({ schema: campaignIdSchema }) { campaignId }: CampaignParam,
    @Res() response: Response,
  ): Promise<void> {
    const pieces = await this.reports.totalsCsv(caller, campaignId);
    await sendCsv(response, `totals-${campaignId}`, pieces, this.parts.logger);
  }
}
