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
  private readonly reportsUnderway = new Underway<CampaignReport>();
  private readonly seriesUnderway = new Underway<CampaignSeries>();

  constructor(
    private readonly parts: ApiParts,
    private readonly campaigns: CampaignsService,
  ) {}

  async report(caller: Identity, campaignId: string): Promise<CampaignReport> {
    await this.campaigns.find(caller, campaignId, MAY_LOOK);
    return this.reportsUnderway.join(campaignId, () => this.read(campaignId));
  }

  async series(caller: Identity, campaignId: string): Promise<CampaignSeries> {
    await this.campaigns.find(caller, campaignId, MAY_LOOK);
    return this.seriesUnderway.join(campaignId, () => readCampaignSeries(this.parts.dataSource, campaignId));
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

/** Whoever asks while an answer is made gets that one, for making it reads a row for each claim. */
class Underway<T> {
  private readonly making = new Map<string, Promise<T>>();

  join(key: string, make: () => Promise<T>): Promise<T> {
    const begun = this.making.get(key);
    if (begun) return begun;
    const made = make().finally(() => this.making.delete(key));
    this.making.set(key, made);
    return made;
  }
}
