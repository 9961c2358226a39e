import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { DataSource } from 'typeorm';
import { createTestDatabase } from '@app/local-stack';
import { newCampaign, newDrop } from './reported-campaign.js';
import { keepFunnel, makeDataSource, readKeptFunnels, type FunnelPeople } from '../src/index.js';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'));
  dataSource = makeDataSource(database.url, 20, 'funnels-test');
  await dataSource.initialize();
  await dataSource.runMigrations();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

describe("a drop's kept funnel", () => {
  const look = (tapped: number, quiz: number, count = 0): FunnelPeople => {
    return {
      reached: 10,
      tapped,
      refused: quiz ? { quiz } : {},
      ...(count ? { latency: { count, p50: 1, p95: 2, p99: 3 } } : {}),
    };
  };

  it('never falls, whatever is seen later and however many keep at once', async () => {
    const campaignId = await newCampaign(dataSource);
    const dropId = await newDrop(dataSource, campaignId, 1);
    const kept = async () => (await readKeptFunnels(dataSource, campaignId)).get(dropId);
    expect(await kept()).toBeUndefined();
    await Promise.all(
      Array.from({ length: 20 }, (_, k) => keepFunnel(dataSource, dropId, look(k, 20 - k, k))),
    );
    expect(await kept()).toEqual(look(19, 20, 19));
    await keepFunnel(dataSource, dropId, { ...look(0, 0), campaign: look(30, 1) });
    await keepFunnel(dataSource, dropId, { reached: 0, tapped: 0, refused: { empty: 2 } });
    expect(await kept()).toEqual({
      ...{ reached: 10, tapped: 19, refused: { empty: 2, quiz: 20 } },
      ...{ latency: { count: 19, p50: 1, p95: 2, p99: 3 }, campaign: look(30, 1) },
    });
  });
});
