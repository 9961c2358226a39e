import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { DataSource } from 'typeorm';
import { createTestDatabase } from '@app/local-stack';
import { makeDataSource, useCover, type CoverUse } from '../src/index.js';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let dataSource: DataSource;
const tenantId = randomUUID();

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'));
  dataSource = makeDataSource(database.url, 20, 'covers-test');
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

interface Cover {
  validFrom?: string;
  validUntil?: string;
  usesMax?: number;
}

async function cover({ validFrom, validUntil, usesMax }: Cover = {}): Promise<string> {
  const coverId = randomUUID();
  await dataSource.query(
    `INSERT INTO covers (cover_id, tenant_id, image, width, height, valid_from, valid_until, uses_max, created_by)
     VALUES ($1, $2, '', 1, 1, $3, $4, $5, 'x')`,
    [coverId, tenantId, validFrom ?? null, validUntil ?? null, usesMax ?? null],
  );
  return coverId;
}

const use = (coverId: string, options?: CoverUse) =>
  dataSource.transaction((manager) => useCover(manager, coverId, options));
const refused = (coverId: string, options?: CoverUse) =>
  expect(use(coverId, options)).rejects.toMatchObject({ code: 'cover_not_found' });
async function usesOf(coverId: string): Promise<number> {
  const [row] = await dataSource.query<{ uses: number }[]>(`SELECT uses FROM covers WHERE cover_id = $1`, [
    coverId,
  ]);
  return row!.uses;
}

describe('a cover', () => {
  it('is used up exactly, however many want the last uses at once', async () => {
    const coverId = await cover({ usesMax: 5 });
    const uses = await Promise.allSettled(Array.from({ length: 40 }, () => use(coverId)));
    expect(uses.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(await usesOf(coverId)).toBe(5);
    await refused(coverId);
  });

  it('is not used by a packet that comes to nothing', async () => {
    const coverId = await cover({ usesMax: 1 });
    const failing = dataSource.transaction(async (manager) => {
      await useCover(manager, coverId);
      throw new Error('no money');
    });
    await expect(failing).rejects.toThrow('no money');
    expect(await usesOf(coverId)).toBe(0);
  });

  it('is valid from its first instant to before its last, at the instant of the opening', async () => {
    const coverId = await cover({ validFrom: '2030-01-01T00:00:00Z', validUntil: '2030-02-01T00:00:00Z' });
    const at = (instant: string) => ({ opensAt: new Date(instant) });
    await refused(coverId);
    await refused(coverId, at('2029-12-31T23:59:59.999Z'));
    await use(coverId, at('2030-01-01T00:00:00Z'));
    await use(coverId, at('2030-01-31T23:59:59.999Z'));
    await refused(coverId, at('2030-02-01T00:00:00Z'));
    await refused(await cover({ validUntil: '2020-01-01T00:00:00Z' }));
    expect(await usesOf(coverId)).toBe(2);
  });

  it('of another tenant does not exist', async () => {
    const coverId = await cover();
    await refused(coverId, { tenantId: randomUUID() });
    await use(coverId, { tenantId });
    await refused(randomUUID(), { tenantId });
  });
});
