import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { DataSource } from 'typeorm';
import { makeDataSource } from '@app/ledger';
import { createTestDatabase, startTestRedis } from '@app/local-stack';
import { connectMoney, connectOutboxReader, whenReady, type Redis } from '@app/redis';
import { audit } from '../src/index.js';
import { Maker, plainPool, SEED_KEY } from './healthy-world.js';

const AUDITS = 6;

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let redis: Awaited<ReturnType<typeof startTestRedis>>;
let dataSource: DataSource;
let clients: [Redis, Redis];

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(inject('databaseUrl')), startTestRedis()]);
  dataSource = makeDataSource(database.url, 4, 'audit-busy-test');
  await dataSource.initialize();
  await dataSource.runMigrations();
  clients = [
    connectMoney(redis.url, () => undefined),
    connectOutboxReader(redis.url, 1_000, () => undefined),
  ];
  await Promise.all(clients.map((client) => whenReady(client, 5_000)));
});
afterAll(async () => {
  for (const client of clients ?? []) client.disconnect();
  await dataSource?.destroy();
  await redis?.stop();
  await database?.drop();
});

it('a deployment at work is not called broken', async () => {
  const maker = new Maker(dataSource, clients[0], clients[1]);
  await maker.prepare();
  const pool = plainPool(database.url);
  let working = true;
  let closed = 0;
  const work = async () => {
    while (working) {
      const packet = await maker.open('lucky', 3_000, 30);
      for (let call = 0; call < 3; call += 1) await maker.grab(packet, 10);
      await maker.settle(packet);
      await maker.close(packet);
      closed += 1;
    }
  };
  const worker = work();
  const deployment = { pg: pool, money: clients[0], queue: clients[0], seedKey: SEED_KEY };
  try {
    for (let k = 0; k < AUDITS; k += 1) {
      const report = await audit(deployment, { recheckDelaysMs: [100, 200, 400] });
      expect(report.broken).toEqual([]);
    }
  } finally {
    working = false;
    await worker;
  }
  expect(closed).toBeGreaterThan(0);
  // With everything settled nothing may be on its way any more.
  const report = await audit(deployment, { graceMs: 0 });
  expect(report).toMatchObject({ ok: true, checked: { packets: closed, claims: closed * 30 } });
  await pool.end();
});
