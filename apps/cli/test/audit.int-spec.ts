import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { makeDataSource } from '@app/ledger';
import { createTestDatabase, startTestRedis, withClient } from '@app/local-stack';
import { runCommand } from './run-command.js';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let redis: Awaited<ReturnType<typeof startTestRedis>>;
let dataDir: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'hongbao-audit-'));
  [database, redis] = await Promise.all([createTestDatabase(inject('databaseUrl')), startTestRedis()]);
  const dataSource = makeDataSource(database.url, 1, 'cli-test');
  await dataSource.initialize();
  await dataSource.runMigrations();
  await dataSource.destroy();
});
afterAll(async () => {
  await redis?.stop();
  await database?.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const runAudit = (env: Record<string, string>, ...args: string[]) =>
  runCommand('audit', { args, env: { HONGBAO_DATA_DIR: dataDir, ...env } });
const byEnvironment = () => ({
  ...{ DATABASE_URL: database.url, REDIS_URL: redis.url },
  SEED_KEY: 'ab'.repeat(32),
});

it('reports an empty deployment as ok, as JSON and for people', async () => {
  const asJson = await runCommand('audit', { args: ['--json'], env: byEnvironment(), fromSource: true });
  expect(asJson).toMatchObject({ code: 0, stderr: '' });
  const empty = { ok: true, checked: { packets: 0, claims: 0, transfers: 0 }, broken: [] };
  expect(JSON.parse(asJson.stdout)).toEqual(empty);
  const forPeople = await runAudit(byEnvironment());
  expect(forPeople.code).toBe(0);
  expect(forPeople.stdout).toMatch(
    /^I10 .* ok\n\nok: 0 packets, 0 claims, 0 transfers checked in [\d.]+ s$/m,
  );
});

it('finds the service that runs here by its run.json and secrets.json', async () => {
  const record = { pid: 1, url: 'http://127.0.0.1:8080', databaseUrl: database.url, redisUrl: redis.url };
  writeFileSync(join(dataDir, 'run.json'), JSON.stringify(record));
  writeFileSync(join(dataDir, 'secrets.json'), JSON.stringify({ SEED_KEY: 'ab'.repeat(32) }));
  try {
    expect(await runAudit({}, '--json')).toMatchObject({ code: 0, stderr: '' });
    // Another database than that service's: its Redis is not to be held against it.
    const other = await runAudit({ DATABASE_URL: `${database.url}_other` }, '--json');
    expect(other).toMatchObject({ code: 2, stdout: '' });
  } finally {
    rmSync(join(dataDir, 'run.json'));
    rmSync(join(dataDir, 'secrets.json'));
  }
});

it('names what is broken and exits 1', async () => {
  const owner = randomUUID();
  await withClient(database.url, (client) =>
    client.query(`INSERT INTO accounts (kind, owner, currency, balance) VALUES ('wallet', $1, 'CNY', 5)`, [
      owner,
    ]),
  );
  const asJson = await runAudit(byEnvironment(), '--json');
  expect(asJson.code).toBe(1);
  const report = JSON.parse(asJson.stdout) as { broken: { ids: string[]; detail: string }[] };
  expect(Object.keys(report)).toEqual(['ok', 'checked', 'broken']);
  expect(report).toMatchObject({
    ok: false,
    broken: [{ invariant: 'I4' }, { invariant: 'I4', ids: ['CNY'] }],
  });
  expect(report.broken[0]!.ids).toEqual([`wallet:${owner}:CNY`]);
  const forPeople = await runAudit(byEnvironment());
  expect(forPeople.code).toBe(1);
  expect(forPeople.stdout).toMatch(/^I4 .* BROKEN\n +a balance that is not the sum of its transfers/m);
  expect(forPeople.stdout).toContain(owner);
});

const NOWHERE = '127.0.0.1:1';
const UNUSABLE: [string, (env: Record<string, string>) => Record<string, string>, string[], RegExp][] = [
  ['no deployment', () => ({}), [], /^no deployment found: run `npm start`/],
  [
    'no Redis',
    (env) => ({ ...env, REDIS_URL: `redis://:secret@${NOWHERE}` }),
    [],
    /^Redis at 127\.0\.0\.1:1 does not answer/,
  ],
  [
    'no Postgres',
    (env) => ({ ...env, DATABASE_URL: `postgres://u:secret@${NOWHERE}/x` }),
    [],
    /^Postgres at 127\.0\.0\.1:1 does not answer/,
  ],
  [
    'a database that is not migrated',
    (env) => ({ ...env, DATABASE_URL: inject('databaseUrl') }),
    [],
    /does not exist: is this the database of Hongbao, and is it migrated\?/,
  ],
  [
    'a seed key that is none',
    (env) => ({ ...env, SEED_KEY: 'abc' }),
    [],
    /^SEED_KEY must be 64 lower-case hex/,
  ],
  ['an option that is none', (env) => env, ['--jsno'], /Usage: npm run audit/],
];

it.each(UNUSABLE)('says in one line what is wrong, and exits 2: %s', async (_what, change, args, line) => {
  const { code, stdout, stderr } = await runAudit(change(byEnvironment()), ...args);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(line);
  expect(stderr).not.toContain('secret');
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
