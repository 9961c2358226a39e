import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { createTestDatabase, withClient } from '@app/local-stack';
import { runCommand } from './run-command.js';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
beforeEach(async () => {
  database = await createTestDatabase(inject('databaseUrl'));
});
afterEach(() => database.drop());

const migrate = () => runCommand('migrate', { env: { DATABASE_URL: database.url } });

it('migrates an empty database, and has nothing to do the second time', async () => {
  const first = await migrate();
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toMatch(/^migrated CreateMainTables\d+$/m);
  expect(await migrate()).toEqual({ code: 0, stdout: 'nothing to migrate\n', stderr: '' });
  const { rows } = await withClient(database.url, (client) =>
    client.query('SELECT count(*)::int AS n FROM packets'),
  );
  expect(rows).toEqual([{ n: 0 }]);
});

it('two at once do the work once', async () => {
  const ended = await Promise.all([migrate(), migrate()]);
  expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual([
    { code: 0, stderr: '' },
    { code: 0, stderr: '' },
  ]);
  expect(ended.filter(({ stdout }) => stdout === 'nothing to migrate\n')).toHaveLength(1);
});

it('says in one line that the database can not be reached, and exits 1', async () => {
  const unreachable = 'postgres://nobody:secret@127.0.0.1:1/none';
  const { code, stderr } = await runCommand('migrate', { env: { DATABASE_URL: unreachable } });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^the database is not migrated: Postgres at 127\.0\.0\.1:1 does not answer: .*\n$/);
  expect(stderr).not.toContain('secret');
  expect(await runCommand('migrate')).toMatchObject({ code: 1, stdout: '' });
});
