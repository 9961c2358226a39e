import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { DataSource } from 'typeorm';
import { createTestDatabase } from '@app/local-stack';
import {
  completeTask,
  createTenantKey,
  findAudience,
  listAudiences,
  listTenantKeys,
  makeDataSource,
  openTenantKey,
  readAudience,
  readTaskUsers,
  revokeTenantKey,
  SeedVault,
  storeAudience,
} from '../src/index.js';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let dataSource: DataSource;
const tenantId = randomUUID();
const vault = new SeedVault('ab'.repeat(32));

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'));
  dataSource = makeDataSource(database.url, 20, 'audiences-test');
  await dataSource.initialize();
  await dataSource.runMigrations();
  await dataSource.query(`INSERT INTO tenants (tenant_id, name, created_by) VALUES ($1, 'brand', 'x')`, [
    tenantId,
  ]);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

async function* chunksOf(...chunks: (string[] | Error)[]): AsyncGenerator<string[]> {
  for (const chunk of chunks) {
    if (chunk instanceof Error) throw chunk;
    yield chunk;
  }
}

async function all(chunks: AsyncGenerator<string[]>): Promise<string[][]> {
  const read: string[][] = [];
  for await (const chunk of chunks) read.push(chunk);
  return read;
}

const newAudience = () => ({ audienceId: randomUUID(), tenantId, name: 'list', createdBy: 'x' });

describe('an audience', () => {
  it('is read as it was stored, a chunk at a time', async () => {
    const audience = newAudience();
    expect(await storeAudience(dataSource, audience, chunksOf(['a', 'b@c'], ['d']))).toBe(3);
    expect(await all(readAudience(dataSource, audience.audienceId))).toEqual([['a', 'b@c'], ['d']]);
    const { createdBy: _, ...shown } = audience;
    expect(await findAudience(dataSource, audience.audienceId)).toMatchObject({ ...shown, count: 3 });
    expect(await listAudiences(dataSource, tenantId, 10, 0)).toMatchObject([shown]);
  });

  it('that breaks off leaves nothing', async () => {
    const audience = newAudience();
    const broken = storeAudience(dataSource, audience, chunksOf(['a'], new Error('gone')));
    await expect(broken).rejects.toThrow('gone');
    expect(await findAudience(dataSource, audience.audienceId)).toBeUndefined();
    expect(await all(readAudience(dataSource, audience.audienceId))).toEqual([]);
  });
});

describe('users who did a task', () => {
  it('are each there once, whoever says it how often at once, and all are read', async () => {
    const users = Array.from({ length: 25_000 }, (_, k) => `user-${k}`);
    const calls = [users, users.toReversed(), users.slice(0, 100)];
    await Promise.all(calls.map((userIds) => completeTask(dataSource, tenantId, 'share', userIds)));
    await completeTask(dataSource, tenantId, 'other', ['someone']);
    const read = await all(readTaskUsers(dataSource, tenantId, 'share'));
    expect(read.length).toBe(3);
    expect(read.flat().toSorted()).toEqual(users.toSorted());
    expect(await all(readTaskUsers(dataSource, tenantId, 'nothing'))).toEqual([]);
  });
});

describe('a key', () => {
  it('opens with its own id and the setting that sealed it, until it is revoked', async () => {
    const { keyId, secret } = await createTenantKey(dataSource, vault, tenantId, 'owner');
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(await openTenantKey(dataSource, vault, keyId)).toEqual({ tenantId, secret });
    const other = new SeedVault('cd'.repeat(32));
    await expect(openTenantKey(dataSource, other, keyId)).rejects.toThrow();
    expect(await revokeTenantKey(dataSource, randomUUID(), keyId)).toBe(false);
    expect(await revokeTenantKey(dataSource, tenantId, keyId)).toBe(true);
    expect(await revokeTenantKey(dataSource, tenantId, keyId)).toBe(true);
    expect(await openTenantKey(dataSource, vault, keyId)).toBeUndefined();
    const [listed] = await listTenantKeys(dataSource, tenantId, 10, 0);
    expect(listed).toMatchObject({ keyId, createdBy: 'owner', revokedAt: expect.any(String) });
    expect(listed).not.toHaveProperty('secret');
  });

  it('is not opened with the sealed secret of another', async () => {
    const [a, b] = await Promise.all([1, 2].map(() => createTenantKey(dataSource, vault, tenantId, 'owner')));
    await dataSource.query(
      `UPDATE tenant_keys SET secret_sealed = (SELECT secret_sealed FROM tenant_keys WHERE key_id = $1) WHERE key_id = $2`,
      [a!.keyId, b!.keyId],
    );
    await expect(openTenantKey(dataSource, vault, b!.keyId)).rejects.toThrow();
  });

  it('is one of twenty, also of those made at once', async () => {
    const crowded = randomUUID();
    await dataSource.query(`INSERT INTO tenants (tenant_id, name, created_by) VALUES ($1, 'brand', 'x')`, [
      crowded,
    ]);
    const made = await Promise.allSettled(
      Array.from({ length: 25 }, () => createTenantKey(dataSource, vault, crowded, 'owner')),
    );
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    expect(made.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'invalid_request' },
    });
  });
});
