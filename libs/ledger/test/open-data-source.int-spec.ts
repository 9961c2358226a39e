import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { createTestDatabase, startFaultProxy, type FaultProxy } from '@app/local-stack';
import { makeDataSource, openDataSource } from '../src/index.js';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let proxy: FaultProxy;
beforeEach(async () => {
  database = await createTestDatabase(inject('databaseUrl'));
  proxy = await startFaultProxy(database.url);
});
afterEach(async () => {
  await proxy.stop();
  await database.drop();
});

const sourceAt = (url: string) => makeDataSource(url, 2, 'open-test');

describe('opening a data source', () => {
  it('waits for a Postgres that is away, and says so', async () => {
    await proxy.cut();
    const away = vi.fn(() => void (away.mock.calls.length === 2 && proxy.pass()));
    const source = await openDataSource(sourceAt(proxy.url), away);
    expect(away).toHaveBeenCalledTimes(2);
    expect(await source.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await source.destroy();
  });

  it('gives up in the end, and at once when asking again is no use', async () => {
    const away = vi.fn();
    const noSuch = new URL(database.url);
    noSuch.pathname = '/no-such-database';
    await expect(openDataSource(sourceAt(noSuch.href), away)).rejects.toThrow('no-such-database');
    expect(away).not.toHaveBeenCalled();
    await proxy.cut();
    await expect(openDataSource(sourceAt(proxy.url), away, 700)).rejects.toThrow('ECONNREFUSED');
    expect(away).toHaveBeenCalled();
  });

  it('has Postgres end a session whose client is gone, or that leaves a transaction standing', async () => {
    const source = await openDataSource(sourceAt(database.url), () => undefined);
    const settings = await source.query<{ name: string; setting: string }[]>(
      `SELECT name, setting FROM pg_settings WHERE name LIKE 'tcp\\_%' OR name = 'idle_in_transaction_session_timeout'`,
    );
    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
      ...{ idle_in_transaction_session_timeout: '30000', tcp_keepalives_idle: '10' },
      ...{ tcp_keepalives_interval: '5', tcp_keepalives_count: '3', tcp_user_timeout: '25000' },
    });
    await source.destroy();
  });

  it('goes on when Postgres has ended a transaction that stood still', async () => {
    const source = await openDataSource(sourceAt(database.url), () => undefined);
    const standing = source.transaction(async (manager) => {
      await manager.query('SET LOCAL idle_in_transaction_session_timeout = 200');
      await new Promise((resolve) => setTimeout(resolve, 600));
      return manager.query('SELECT 1');
    });
    await expect(standing).rejects.toThrow();
    expect(await source.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await source.destroy();
  });
});
