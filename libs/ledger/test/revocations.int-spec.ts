import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { DataSource } from 'typeorm';
import { createTestDatabase } from '@app/local-stack';
import { listRevocations, makeDataSource, readRevocations, revoke } from '../src/index.js';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let dataSource: DataSource;
beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'));
  dataSource = makeDataSource(database.url, 20, 'revocations-test');
  await dataSource.initialize();
  await dataSource.runMigrations();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

it('a revocation made again, at once and in any order, is one, with the latest instants of all', async () => {
  const userId = 'alice';
  const instants = Array.from({ length: 20 }, (_, k) => inHours(-1 - k));
  await Promise.all(
    instants.map((issuedBefore, k) =>
      revoke(dataSource, { userId, issuedBefore, expiresAt: inHours(1 + k) }, `op-${k}`),
    ),
  );
  const [one, ...others] = await listRevocations(dataSource, 10, 0);
  expect(others).toEqual([]);
  expect(one).toMatchObject({ userId, issuedBefore: instants[0] });
  expect(Date.parse(one!.expiresAt!)).toBeGreaterThan(Date.now() + 19 * 3_600_000);
  const kept = await revoke(dataSource, { userId }, 'op');
  expect(kept).not.toHaveProperty('expiresAt');
  expect(await revoke(dataSource, { userId, expiresAt: inHours(1) }, 'op')).not.toHaveProperty('expiresAt');
});

it('who reads since the last reading misses none, also one that was slow to commit', async () => {
  const { asOf, revocations } = await readRevocations(dataSource);
  expect(revocations.length).toBeGreaterThan(0);
  const slow = dataSource.createQueryRunner();
  await slow.startTransaction();
  await slow.query(`INSERT INTO revocations (kind, subject, revoked_by) VALUES ('token', 'slow', 'op')`);
  await revoke(dataSource, { tokenId: 'quick' }, 'op');
  const between = await readRevocations(dataSource, asOf);
  await slow.commitTransaction();
  await slow.release();
  const after = await readRevocations(dataSource, between.asOf);
  const tokens = ({ revocations: all }: typeof after) =>
    all.flatMap((one) => ('tokenId' in one ? [one.tokenId] : [])).sort();
  expect(tokens(between)).toEqual(['quick']);
  expect(tokens(after)).toEqual(['quick', 'slow']);
  await dataSource.query(`UPDATE revocations SET revoked_at = now() - interval '2 minutes'`);
  expect((await readRevocations(dataSource, after.asOf)).revocations).toEqual([]);
  expect(tokens(await readRevocations(dataSource))).toEqual(['quick', 'slow']);
});

it('one whose tokens have run out is not read, and forgotten when the next is made', async () => {
  await revoke(dataSource, { tokenId: 'short', expiresAt: inHours(1) }, 'op');
  await dataSource.query(
    `UPDATE revocations SET expires_at = now() - interval '1 second' WHERE subject = 'short'`,
  );
  const { revocations } = await readRevocations(dataSource);
  expect(revocations.map((one) => ('tokenId' in one ? one.tokenId : ''))).not.toContain('short');
  await revoke(dataSource, { tokenId: 'next' }, 'op');
  const left = await listRevocations(dataSource, 100, 0);
  expect(left.map((one) => ('tokenId' in one ? one.tokenId : ''))).not.toContain('short');
});
