import { chmodSync, existsSync, lstatSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  createTestDatabase,
  isAlive,
  removePostgres,
  startPostgres,
  throwawayFolder,
  withClient,
  type LocalServer,
} from '@app/local-stack';

describe('startPostgres', () => {
  let folder: string;
  let dir: string;
  let running: LocalServer[];
  const start = async (options: { port?: number } = {}) => {
    const server = await startPostgres({ dir, ...options });
    running.push(server);
    return server;
  };
  const query = async (url: string, text: string) =>
    (await withClient(url, (client) => client.query(text))).rows;

  beforeEach(() => {
    folder = throwawayFolder('postgres-test');
    dir = join(folder, 'postgres');
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map((server) => server.stop()));
    removePostgres(dir);
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives a durable UTF-8 database named hongbao that only its password opens', async () => {
    const { url, port } = await start();
    const [settings] = await query(
      url,
      `SELECT current_database() AS name, getdatabaseencoding() AS encoding, current_setting('fsync') AS fsync,
              current_setting('synchronous_commit') AS sync, current_setting('max_connections') AS connections`,
    );
    expect(settings).toEqual({
      name: 'hongbao',
      encoding: 'UTF8',
      fsync: 'on',
      sync: 'on',
      connections: '200',
    });
    await expect(query(`postgres://postgres:wrong@127.0.0.1:${port}/hongbao`, 'SELECT 1')).rejects.toThrow(
      /password/,
    );
    expect(statSync(join(dir, 'password')).mode & 0o777).toBe(0o600);
  });

  it('keeps what was committed over kill -9 of all its processes and starts again on the same port', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept (n int)');
    await query(first.url, 'INSERT INTO kept VALUES (7)');
    await first.kill();
    expect(isAlive(first.pid)).toBe(false);
    const second = await start({ port: first.port });
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  });

  it('starts although postmaster.pid names a process that lives and is not Postgres', async () => {
    const first = await start();
    await first.stop();
    writeFileSync(join(dir, 'cluster/postmaster.pid'), `${process.pid}\n${join(dir, 'cluster')}\n`);
    const second = await start();
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it.runIf(process.getuid?.() === 0)('as root works in a folder that only root may enter', async () => {
    const hidden = mkdtempSync(join(tmpdir(), 'hongbao-hidden-'));
    chmodSync(hidden, 0o700);
    const place = join(hidden, 'postgres');
    const server = await startPostgres({ dir: place });
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(lstatSync(place).isSymbolicLink()).toBe(true);
    await server.stop();
    removePostgres(place);
    expect(existsSync(place)).toBe(false);
    rmSync(hidden, { recursive: true });
  });

  it('says in its error what Postgres said, and leaves nothing running', async () => {
    await expect(startPostgres({ dir, settings: { max_connections: 'many' } })).rejects.toThrow(
      /invalid value for parameter "max_connections"/,
    );
  });
});

describe('createTestDatabase', () => {
  it('gives an empty database and drops it although a connection is open', async () => {
    const { url, drop } = await createTestDatabase(inject('databaseUrl'));
    await withClient(url, async (client) => {
      const { rows } = await client.query(
        `SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'public'`,
      );
      expect(rows).toEqual([{ n: 0 }]);
      await drop();
    }).catch(() => {}); // its own connection is cut by drop
    await expect(withClient(url, (client) => client.query('SELECT 1'))).rejects.toThrow(/does not exist/);
  });
});
