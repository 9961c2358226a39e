import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { DataSource } from 'typeorm';
import { createTestDatabase } from '@app/local-stack';
import { BUDGET, claimsOf, close, newCampaign, newDrop, openDrop, settle } from './reported-campaign.js';
import { makeDataSource, readCampaignSeries, releaseCampaign, scheduleCampaign } from '../src/index.js';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'));
  dataSource = makeDataSource(database.url, 20, 'series-test');
  await dataSource.initialize();
  await dataSource.runMigrations();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

describe("a campaign's series", () => {
  it('has no points before the first opening', async () => {
    const campaignId = await newCampaign(dataSource);
    expect(await readCampaignSeries(dataSource, campaignId)).toEqual({
      bucketSeconds: 1,
      points: [],
      amounts: [],
    });
  });

  it('sums to what was claimed, and ends at nothing left', async () => {
    const campaignId = await newCampaign(dataSource);
    const dropId = await newDrop(dataSource, campaignId, 10_000);
    await scheduleCampaign(dataSource, campaignId, 60_000);
    const [packet] = await openDrop(dataSource, dropId, [100]);
    await dataSource.query(
      `UPDATE packets SET created_at = now() - interval '95 seconds', opens_at = now() - interval '90 seconds' WHERE packet_id = $1`,
      [packet!.packetId],
    );
    const startMs = Date.now() - 90_000;
    const crowd = Array.from({ length: 60 }, () => `u-${randomUUID()}`);
    const claims = crowd.flatMap((userId, k) => claimsOf(packet!, [userId], k, startMs + k * 1_000));
    const paid = await settle(dataSource, claims);
    const open = await readCampaignSeries(dataSource, campaignId);
    expect(open.bucketSeconds).toBe(1);
    expect(open.points.length).toBeGreaterThan(89);
    expect(open.points.every(({ winners }) => winners <= 2)).toBe(true);
    expect(open.points.at(-1)).toMatchObject({ stockLeft: 40, budgetLeft: BUDGET - paid });
    expect(open.points[0]!.stockLeft).toBeGreaterThan(90);
    expect(open.points.reduce((sum, { amount }) => sum + amount, 0)).toBe(paid);
    expect(open.amounts.reduce((sum, range) => sum + range.claims, 0)).toBe(60);
    for (const { from, to, claims: n } of open.amounts) {
      expect(n).toBe(claims.filter(({ amount }) => amount >= from && amount < to).length);
    }
    await close(dataSource, packet!, claims);
    await dataSource.query(`UPDATE campaigns SET state = 'cancelled' WHERE campaign_id = $1`, [campaignId]);
    await releaseCampaign(dataSource, campaignId);
    const over = await readCampaignSeries(dataSource, campaignId);
    expect(over.points.at(-1)).toMatchObject({ stockLeft: 0, budgetLeft: BUDGET - paid });
    expect(over.points.reduce((sum, { winners }) => sum + winners, 0)).toBe(60);
  });
});
