import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest';
import { makeDataSource } from '@app/ledger';
import { createTestDatabase, startTestRedis, withClient } from '@app/local-stack';
import { keys } from '@app/packet-store';
import { connectMoney, connectOutboxReader, whenReady, type Redis } from '@app/redis';
import { audit, type AuditReport, type Deployment, type Invariant } from '../src/index.js';
import { makeHealthyWorld, Maker, plainPool, SEED_KEY, type World } from './healthy-world.js';

/** Logical databases: the world as made, and the copy that a test damages. */
const MADE_DB = 0;
const COPY_DB = 1;

/** A healthy world made once for a file, and for each test a copy of both its stores to do damage to. */
export function useDamagedCopy(): DamagedCopy {
  const copy = new DamagedCopy();
  beforeAll(() => copy.make());
  beforeEach(() => copy.take());
  afterEach(() => copy.giveBack());
  afterAll(() => copy.end());
  return copy;
}

class DamagedCopy {
  world!: World;
  money!: Redis;
  pool!: pg.Pool;
  private made!: Redis;
  private template?: Awaited<ReturnType<typeof createTestDatabase>>;
  private redis?: Awaited<ReturnType<typeof startTestRedis>>;
  private database = '';

  async make(): Promise<void> {
    this.template = await createTestDatabase(inject('databaseUrl'));
    this.redis = await startTestRedis({ appendOnly: 'off' });
    const { url } = this.redis;
    this.made = connectMoney(`${url}/${MADE_DB}`, () => undefined);
    this.money = connectMoney(`${url}/${COPY_DB}`, () => undefined);
    const reader = connectOutboxReader(`${url}/${MADE_DB}`, 1_000, () => undefined);
    await Promise.all([this.made, this.money, reader].map((client) => whenReady(client, 5_000)));
    const dataSource = makeDataSource(this.template.url, 4, 'audit-test');
    await dataSource.initialize();
    await dataSource.runMigrations();
    this.world = await makeHealthyWorld(new Maker(dataSource, this.made, reader));
    reader.disconnect();
    // A database can be copied only while nobody is in it.
    await dataSource.destroy();
  }

  async take(): Promise<void> {
    const url = new URL(this.template!.url);
    const template = url.pathname.slice(1);
    this.database = `${template}_${randomUUID().slice(0, 8)}`;
    await this.onServer(`CREATE DATABASE ${this.database} TEMPLATE ${template}`);
    url.pathname = `/${this.database}`;
    this.pool = plainPool(url.href);
    await this.money.flushdb();
    for (const key of await this.made.keys('*')) await this.made.copy(key, key, 'DB', COPY_DB);
  }

  async giveBack(): Promise<void> {
    await this.pool?.end();
    await this.onServer(`DROP DATABASE IF EXISTS ${this.database} WITH (FORCE)`);
  }

  async end(): Promise<void> {
    for (const client of [this.made, this.money]) client?.disconnect();
    await this.redis?.stop();
    await this.template?.drop();
  }

  private async onServer(text: string): Promise<void> {
    await withClient(inject('databaseUrl'), (client) => client.query(text));
  }

  sql(text: string, ...params: unknown[]): Promise<unknown> {
    return this.pool.query(text, params);
  }

  /** What a constraint keeps out can only be planted without it. */
  unconstrained(table: string, ...names: string[]): Promise<unknown> {
    return this.sql(`ALTER TABLE ${table} ${names.map((name) => `DROP CONSTRAINT ${name}`).join(', ')}`);
  }

  /** Nothing moves here, so looking again at once is enough; and without a grace nothing may be on its way. */
  auditNow(record: Partial<Deployment> = {}, graceMs = 0): Promise<AuditReport> {
    const stores = { pg: this.pool, money: this.money, queue: this.money, seedKey: SEED_KEY };
    return audit({ ...stores, ...record }, { graceMs, recheckDelaysMs: [0] });
  }

  /** Sees the id under the invariant, and a detail that says what it is. */
  async expectBroken(
    invariant: Invariant,
    id: string,
    detail: RegExp,
    record?: Partial<Deployment>,
  ): Promise<AuditReport> {
    const report = await this.auditNow(record);
    expect(report.ok).toBe(false);
    const lines = report.broken.filter((line) => line.invariant === invariant && line.ids.includes(id));
    expect(lines.map((line) => line.detail).join('\n'), JSON.stringify(report.broken)).toMatch(detail);
    return report;
  }

  /** What the grab script does on the open packet, without its outbox entry. The packet opened a minute ago then. */
  async takeNextShare(userId: string): Promise<{ ordinal: number; amount: number }> {
    const { packetId } = this.world.open;
    const [ordinal, amount] = (await this.money.lpop(keys.shares(packetId)))!.split(':').map(Number);
    const [seconds] = await this.money.time();
    const atMs = Number(seconds) * 1000;
    await this.money.hset(keys.claims(packetId), userId, `${ordinal}:${amount}:${atMs}`);
    await this.money.hset(keys.meta(packetId), 'opensAtMs', atMs - 60_000);
    const opened = `UPDATE packets SET opens_at = to_timestamp($2) WHERE packet_id = $1`;
    await this.sql(opened, packetId, Number(seconds) - 60);
    await this.money.hincrby(keys.meta(packetId), 'remaining', -amount!);
    return { ordinal: ordinal!, amount: amount! };
  }
}

export function idsOf(report: AuditReport, invariant: Invariant): string[] {
  return report.broken.filter((line) => line.invariant === invariant).flatMap((line) => line.ids);
}
