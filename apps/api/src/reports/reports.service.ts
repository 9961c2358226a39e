import { Injectable } from '@nestjs/common';
import type { CampaignReport, CampaignSeries, Identity } from '@app/contracts';
import { readCampaignFigures, readCampaignSeries } from '@app/ledger';
import { CampaignsService, MAY_LOOK } from '../campaigns/campaigns.service.js';
import { ApiParts } from '../parts.js';
import { readClaimLines } from './claim-lines.js';
import { CLAIMS_HEADER, claimRows } from './claims-csv.js';
import { csvPieces } from './csv.js';
import { readFunnels } from './funnels.js';
import { reportView } from './report-view.js';
import { readStoredWins } from './stored-wins.js';
import { totalsTable } from './totals-csv.js';

/** What became of a campaign, live and after, for every member of its tenant. Throws `not_found` to all others. */
@Injectable()
export class ReportsService {
  /** By campaign: whoever asks while a report is made gets that one, for it reads a row for each claim. */
  private readonly reporting = new Map<string, Promise<CampaignReport>>();

  constructor(
    private readonly parts: ApiParts,
    private readonly campaigns: CampaignsService,
  ) {}

  async report(caller: Identity, campaignId: string): Promise<CampaignReport> {
    await this.campaigns.find(caller, campaignId, MAY_LOOK);
    const begun = this.reporting.get(campaignId);
    if (begun) return begun;
    const report = this.read(campaignId).finally(() => this.reporting.delete(campaignId));
    this.reporting.set(campaignId, report);
    return report;
  }

  async series(caller: Identity, campaignId: string): Promise<CampaignSeries> {
    await this.campaigns.find(caller, campaignId, MAY_LOOK);
    return readCampaignSeries(this.parts.dataSource, campaignId);
  }

  /** A CSV in pieces: a line for each claim in the ledger. */
  async claimsCsv(caller: Identity, campaignId: string): Promise<AsyncGenerator<string>> {
    await this.campaigns.find(caller, campaignId, MAY_LOOK);
    return csvPieces(CLAIMS_HEADER, claimRows(readClaimLines(this.parts.dataSource, campaignId)));
  }

  /** A CSV in pieces: a line for each drop and one for the whole. */
  async totalsCsv(caller: Identity, campaignId: string): Promise<AsyncGenerator<string>> {
    const { header, rows } = totalsTable(await this.report(caller, campaignId));
    return csvPieces(header, [rows]);
  }

  private async read(campaignId: string): Promise<CampaignReport> {
    // The store before the ledger: what settles in between is then in both, and counted once.
    const stored = await readStoredWins(this.parts, campaignId);
    const figures = await readCampaignFigures(this.parts.dataSource, campaignId, stored);
    const dropIds = figures.drops.map(({ dropId }) => dropId);
    return reportView(figures, await readFunnels(this.parts, campaignId, dropIds));
  }
}
