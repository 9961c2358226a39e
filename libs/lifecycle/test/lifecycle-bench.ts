import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { afterAll, beforeAll, beforeEach, inject } from 'vitest';
import type { DataSource } from 'typeorm';
import type { SettleClaimsJob } from '@app/contracts';
import { makeDataSource, SeedVault } from '@app/ledger';
import { createTestDatabase, startTestRedis } from '@app/local-stack';
import { RedisPacketStore, SLOTS } from '@app/packet-store';
import { Pusher } from '@app/push';
import { queueOptions, QUEUES } from '@app/queues';
import { connectMoney, connectPublisher, connectQueue, whenReady, type Redis } from '@app/redis';
import { PacketViews, recoverSlots, type CampaignParts, type RecoveryParts } from '../src/index.js';

const ALL_SLOTS = Array.from({ length: SLOTS }, (_, slot) => slot);
const SHARE_MAX = 20_000;

/** Real stores with everything that moves packets along, and nothing that does so by itself. Empty for each test. */
export class LifecycleBench {
  parts!: RecoveryParts & CampaignParts & { store: RedisPacketStore };
  dataSource!: DataSource;
  money!: Redis;
  frozen: string[] = [];
  private queueClient!: Redis;
  private publisher!: Redis;
  private ends: (() => Promise<unknown>)[] = [];

  async make(): Promise<void> {
    const [redis, queues, database] = await Promise.all([
      startTestRedis(),
      startTestRedis({ appendOnly: 'off' }),
      createTestDatabase(inject('databaseUrl')),
    ]);
    this.ends = [() => redis.stop(), () => queues.stop(), () => database.drop()];
    this.dataSource = await makeDataSource(database.url, 8, 'lifecycle-test').initialize();
    await this.dataSource.runMigrations();
    this.money = connectMoney(redis.url, () => undefined);
    this.queueClient = connectQueue(queues.url, () => undefined);
    this.publisher = connectPublisher(queues.url, () => undefined);
    await Promise.all([whenReady(this.money, 5_000), whenReady(this.publisher, 5_000)]);
    const store = new RedisPacketStore(this.money);
    const queue = (name: string) => new Queue(name, queueOptions(this.queueClient));
    this.parts = {
      dataSource: this.dataSource,
      store,
      vault: new SeedVault('ab'.repeat(32)),
      views: new PacketViews(this.dataSource, store),
      pusher: new Pusher(this.publisher),
      packetsQueue: queue(QUEUES.packets),
      campaignsQueue: queue(QUEUES.campaigns),
      settlementQueue: queue(QUEUES.settlement) as Queue<SettleClaimsJob>,
      campaignSettings: {
        timeZone: 'Asia/Shanghai',
        limits: { shareMin: 1, shareMax: SHARE_MAX, sharesMax: 1_000_000 },
      },
      onBroken: (packetId) => this.frozen.push(packetId),
    };
  }

  async empty(): Promise<void> {
    this.frozen = [];
    await Promise.all([this.money.flushall(), this.queueClient.flushall()]);
    await this.dataSource.query(
      'TRUNCATE claims, packets, campaign_drops, campaigns, transfers, accounts, tenants CASCADE',
    );
    await this.recover();
  }

  async end(): Promise<void> {
    const { packetsQueue, campaignsQueue, settlementQueue } = this.parts;
    await Promise.all([packetsQueue, campaignsQueue, settlementQueue].map((queue) => queue.close()));
    for (const client of [this.money, this.queueClient, this.publisher]) client.disconnect();
    await this.dataSource.destroy();
    await Promise.all(this.ends.map((end) => end()));
  }

  /** As the worker does when it finds gates shut; and, when none is, as it did when it found them so. */
  async recover(): Promise<{ checked: number; mended: number }> {
    const { runIds } = await this.parts.store.gates.shutSlots();
    return recoverSlots(this.parts, { runIds, slots: ALL_SLOTS });
  }

  async query<T>(sql: string, params: unknown[] = []): Promise<T[]> {
    return this.dataSource.query<T[]>(sql, params);
  }

  /** A brand with so much in its account. */
  async tenant(amount: number): Promise<string> {
    const tenantId = randomUUID();
    await this.query(`INSERT INTO tenants (tenant_id, name, created_by) VALUES ($1, 'brand', 'owner')`, [
      tenantId,
    ]);
    await this.query(
      `INSERT INTO accounts (kind, owner, currency, balance) VALUES ('tenant', $1, 'CNY', $2), ('provider', 'sandbox', 'CNY', -$2)
       ON CONFLICT (kind, owner, currency) DO UPDATE SET balance = accounts.balance + EXCLUDED.balance`,
      [tenantId, amount],
    );
    return tenantId;
  }
}

export function useLifecycle(): LifecycleBench {
  const bench = new LifecycleBench();
  beforeAll(() => bench.make());
  beforeEach(() => bench.empty());
  afterAll(() => bench.end());
  return bench;
}
