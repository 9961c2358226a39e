import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import {
  INSTANT_GRACE_MS,
  PLAN_DAYS_MAX,
  coverUrl,
  RefusalError,
  type CampaignView,
  type CreateCampaign,
  type EditCampaign,
  type Identity,
  type TenantRole,
} from '@app/contracts';
import { CampaignEntity, lockCampaign } from '@app/ledger';
import { ApiParts } from '../parts.js';
import { TenantsService } from '../tenants/tenants.service.js';

const DAY_MS = 86_400_000;
export const MAY_LOOK: readonly TenantRole[] = ['owner', 'marketer', 'viewer'];
export const MAY_ACT: readonly TenantRole[] = ['owner', 'marketer'];
/** What may still change once a campaign is scheduled: nothing that moves money or breaks a word given. */
const SAFE_EDITS = new Set(['name', 'greeting', 'endsAt']);

const VIEW = `
SELECT c.campaign_id AS "campaignId", c.tenant_id AS "tenantId", c.name, c.brand, c.currency, c.budget, c.starts_at AS "startsAt",
  c.ends_at AS "endsAt", c.greeting, c.cover_id AS "coverId", c.caps, c.state, c.rehearsal_of AS "rehearsalOf",
  c.released AS refunded, c.created_at AS "createdAt", coalesce(d.planned, 0) AS planned, coalesce(d.drops, 0) AS drops,
  coalesce(p.spent, 0) AS spent, r.rehearsal_id AS "rehearsalId"
FROM campaigns c
LEFT JOIN LATERAL (SELECT sum(amount) FILTER (WHERE state <> 'cancelled')::bigint AS planned, count(*) AS drops
  FROM campaign_drops WHERE campaign_id = c.campaign_id) d ON true
LEFT JOIN LATERAL (SELECT sum(claimed_amount)::bigint AS spent FROM packets WHERE campaign_id = c.campaign_id) p ON true
LEFT JOIN LATERAL (SELECT campaign_id AS rehearsal_id FROM campaigns WHERE rehearsal_of = c.campaign_id
  ORDER BY created_at DESC LIMIT 1) r ON true`;

type Row = Omit<
  CampaignView,
  'startsAt' | 'endsAt' | 'createdAt' | 'coverId' | 'rehearsalOf' | 'rehearsalId'
> & {
  startsAt: Date;
  endsAt: Date;
  createdAt: Date;
  coverId: string | null;
  rehearsalOf: string | null;
  rehearsalId: string | null;
};

/** A brand's campaigns. To people outside the tenant they do not exist. */
@Injectable()
export class CampaignsService {
  constructor(
    private readonly parts: ApiParts,
    private readonly tenants: TenantsService,
  ) {}

  async create(caller: Identity, body: CreateCampaign): Promise<CampaignView> {
    await this.tenants.assertRole(caller, body.tenantId, MAY_ACT);
    if (!this.parts.config.CURRENCIES.includes(body.currency)) throw new RefusalError('unsupported_currency');
    this.assertInstants(Date.parse(body.startsAt), Date.parse(body.endsAt));
    await this.assertCover(body.tenantId, body.coverId);
    const campaignId = uuidv7();
    const brand = body.brand ?? (await this.tenantName(body.tenantId));
    await this.parts.dataSource.query(
      `INSERT INTO campaigns (campaign_id, tenant_id, name, brand, currency, budget, starts_at, ends_at, greeting, cover_id, caps, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        ...[
          campaignId,
          body.tenantId,
          body.name,
          brand,
          body.currency,
          body.budget,
          body.startsAt,
          body.endsAt,
        ],
        ...[body.greeting ?? '', body.coverId ?? null, JSON.stringify(body.caps ?? {}), caller.userId],
      ],
    );
    return this.read(campaignId);
  }

  async list(
    caller: Identity,
    tenantId: string | undefined,
    limit: number,
    offset: number,
  ): Promise<CampaignView[]> {
    const tenantIds = tenantId
      ? [tenantId]
      : (await this.tenants.mine(caller)).map((tenant) => tenant.tenantId);
    if (tenantId) await this.tenants.assertRole(caller, tenantId, MAY_LOOK);
    const rows = await this.parts.dataSource.query<Row[]>(
      `${VIEW} WHERE c.tenant_id = ANY($1::uuid[]) AND c.rehearsal_of IS NULL
       ORDER BY c.created_at DESC, c.campaign_id DESC LIMIT $2 OFFSET $3`,
      [tenantIds, limit, offset],
    );
    return rows.map(viewOf);
  }

  async view(caller: Identity, campaignId: string): Promise<CampaignView> {
    await this.find(caller, campaignId, MAY_LOOK);
    return this.read(campaignId);
  }

  async edit(caller: Identity, campaignId: string, edits: EditCampaign): Promise<CampaignView> {
    await this.find(caller, campaignId, MAY_ACT);
    await this.parts.dataSource.transaction(async (manager) => {
      const campaign = await lockCampaign(manager, campaignId);
      this.assertEditable(campaign, edits);
      const startsAt = edits.startsAt ? Date.parse(edits.startsAt) : campaign.startsAt.getTime();
      const endsAt = edits.endsAt ? Date.parse(edits.endsAt) : campaign.endsAt.getTime();
      if (edits.startsAt ?? edits.endsAt) this.assertInstants(startsAt, endsAt, edits.startsAt !== undefined);
      await this.assertCover(campaign.tenantId, edits.coverId ?? undefined);
      const [outside] = await manager.query<unknown[]>(
        `SELECT 1 FROM campaign_drops WHERE campaign_id = $1 AND (opens_at < $2 OR opens_at >= $3) LIMIT 1`,
        [campaignId, new Date(startsAt), new Date(endsAt)],
      );
      if (outside) throw new RefusalError('drop_outside_campaign');
      const budget = edits.budget ?? campaign.budget;
      const [sum] = await manager.query<{ planned: number }[]>(
        `SELECT coalesce(sum(amount), 0)::bigint AS planned FROM campaign_drops WHERE campaign_id = $1 AND state <> 'cancelled'`,
        [campaignId],
      );
      if (sum!.planned > budget) throw new RefusalError('over_budget');
      const coverId = edits.coverId === undefined ? campaign.coverId : edits.coverId;
      const brand =
        edits.brand === null ? await this.tenantName(campaign.tenantId) : (edits.brand ?? campaign.brand);
      await manager.query(
        `UPDATE campaigns SET name = $2, brand = $3, budget = $4, starts_at = $5, ends_at = $6, greeting = $7, cover_id = $8,
           caps = $9, updated_at = now() WHERE campaign_id = $1`,
        [
          ...[campaignId, edits.name ?? campaign.name, brand, budget, new Date(startsAt), new Date(endsAt)],
          ...[edits.greeting ?? campaign.greeting, coverId, JSON.stringify(edits.caps ?? campaign.caps)],
        ],
      );
    });
    return this.read(campaignId);
  }

  private assertEditable(campaign: CampaignEntity, edits: EditCampaign): void {
    if (campaign.rehearsalOf || campaign.state === 'ended' || campaign.state === 'cancelled')
      throw new RefusalError('wrong_state');
    if (campaign.state === 'draft') return;
    const fields = Object.keys(edits).filter((field) => !SAFE_EDITS.has(field));
    if (edits.endsAt && Date.parse(edits.endsAt) < campaign.endsAt.getTime()) fields.push('endsAt');
    if (fields.length === 0) return;
    const issues = fields.map((path) => ({
      path,
      message: 'can no longer be changed: the campaign is scheduled',
    }));
    throw new RefusalError('not_editable', { issues });
  }

  async remove(caller: Identity, campaignId: string): Promise<void> {
    await this.find(caller, campaignId, MAY_ACT);
    await this.parts.dataSource.transaction(async (manager) => {
      const { state, rehearsalOf } = await lockCampaign(manager, campaignId);
      if (state !== 'draft' || rehearsalOf) throw new RefusalError('wrong_state');
      const [rehearsed] = await manager.query<unknown[]>(`SELECT 1 FROM campaigns WHERE rehearsal_of = $1`, [
        campaignId,
      ]);
      if (rehearsed)
        throw new RefusalError('wrong_state', { detail: 'It was rehearsed: cancel it instead.' });
      await manager.query(`DELETE FROM campaign_drops WHERE campaign_id = $1`, [campaignId]);
      await manager.query(`DELETE FROM campaigns WHERE campaign_id = $1`, [campaignId]);
    });
  }

  /** Throws `not_found` for people outside the tenant, `forbidden` for members whose role does not reach. */
  async find(caller: Identity, campaignId: string, allowed: readonly TenantRole[]): Promise<CampaignEntity> {
    const campaign = await this.parts.dataSource.getRepository(CampaignEntity).findOneBy({ campaignId });
    if (!campaign) throw new RefusalError('not_found');
    await this.tenants.assertRole(caller, campaign.tenantId, allowed);
    return campaign;
  }

  async assertCover(tenantId: string, coverId: string | undefined): Promise<void> {
    if (!coverId) return;
    const [cover] = await this.parts.dataSource.query<unknown[]>(
      `SELECT 1 FROM covers WHERE cover_id = $1 AND tenant_id = $2`,
      [coverId, tenantId],
    );
    if (!cover) throw new RefusalError('cover_not_found');
  }

  private assertInstants(startsAt: number, endsAt: number, isNewStart = true): void {
    const now = Date.now();
    const issues: { path: string; message: string }[] = [];
    if (isNewStart && startsAt < now - INSTANT_GRACE_MS)
      issues.push({ path: 'startsAt', message: 'must not be in the past' });
    if (endsAt <= startsAt) issues.push({ path: 'endsAt', message: 'must be after the start' });
    else if (endsAt <= now) issues.push({ path: 'endsAt', message: 'must be in the future' });
    if (endsAt > now + PLAN_DAYS_MAX * DAY_MS)
      issues.push({ path: 'endsAt', message: `must be at most ${PLAN_DAYS_MAX} days from now` });
    if (issues.length > 0) throw new RefusalError('invalid_request', { issues });
  }

  private async tenantName(tenantId: string): Promise<string> {
    const sql = `SELECT name FROM tenants WHERE tenant_id = $1`;
    return (await this.parts.dataSource.query<{ name: string }[]>(sql, [tenantId]))[0]!.name;
  }

  private async read(campaignId: string): Promise<CampaignView> {
    return viewOf(
      (await this.parts.dataSource.query<Row[]>(`${VIEW} WHERE c.campaign_id = $1`, [campaignId]))[0]!,
    );
  }
}

function viewOf({ coverId, rehearsalOf, rehearsalId, ...row }: Row): CampaignView {
  return {
    ...row,
    ...(coverId ? { coverId, coverUrl: coverUrl(coverId) } : {}),
    ...(rehearsalOf ? { rehearsalOf } : {}),
    ...(rehearsalId ? { rehearsalId } : {}),
    startsAt: row.startsAt.toISOString(),
    endsAt: row.endsAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
  };
}
