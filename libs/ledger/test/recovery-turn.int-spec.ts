import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { createTestDatabase, startFaultProxy, withClient, type FaultProxy } from '@app/local-stack';
import { until } from '@app/testing';
import { lockSessions, RecoveryTurn } from '../src/index.js';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let proxy: FaultProxy;
let turns: RecoveryTurn[];
beforeEach(async () => {
  database = await createTestDatabase(inject('databaseUrl'));
  const { url } = database;
  proxy = await startFaultProxy(url);
  turns = [proxy.url, url, url].map((at) => new RecoveryTurn(lockSessions(at)));
});
afterEach(async () => {
  await Promise.all(turns.map((turn) => turn.close()));
  await proxy.stop();
  await database.drop();
});

/** Whether somebody waits for the turn: then whoever asked later is behind. */
const isWaitedFor = () =>
  withClient(database.url, async (client) => {
    const { rows } = await client.query(
      `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    return rows.length > 0;
  });

describe('the turn of workers', () => {
  it('lets one check when no other holds anything, and nobody take up anything meanwhile', async () => {
    const [a, b, c] = turns as [RecoveryTurn, RecoveryTurn, RecoveryTurn];
    await Promise.all([a.share(), b.share()]);
    const seen: string[] = [];
    let end = () => {};
    const checked = c.alone(async () => {
      seen.push('checking');
      await new Promise<void>((resolve) => (end = resolve));
    });
    await until('c waits', isWaitedFor);
    await a.letGo();
    expect(seen).toEqual([]);
    await b.letGo();
    await until('c checks', () => seen.length === 1);
    const taken = a.share().then(() => seen.push('taken up'));
    await until('a waits', isWaitedFor);
    expect(seen).toEqual(['checking']);
    end();
    await Promise.all([checked, taken]);
    expect(seen).toEqual(['checking', 'taken up']);
  });

  it('is not kept by a worker that died, and one that lost its session asks anew', async () => {
    const [a, b] = turns as [RecoveryTurn, RecoveryTurn];
    await a.share();
    const checked = b.alone(async () => 'checked');
    await until('b waits', isWaitedFor);
    proxy.reset();
    expect(await checked).toBe('checked');
    await until('a shares again', () =>
      a.share().then(
        () => true,
        () => false,
      ),
    );
    await a.letGo();
    expect(await b.alone(async () => 'again')).toBe('again');
  });

  it('is not kept by a worker that was cut off without a word, and is by one that only has nothing to say', async () => {
    const idleMsMax = 1_500;
    const [cutOff, quiet] = [proxy.url, database.url].map(
      (url) => new RecoveryTurn(lockSessions(url, idleMsMax)),
    ) as [RecoveryTurn, RecoveryTurn];
    turns.push(cutOff, quiet);
    await Promise.all([cutOff.share(), quiet.share()]);
    proxy.forget();
    const checked = turns[1]!.alone(async () => 'checked');
    await until('it is waited for', isWaitedFor);
    await new Promise((resolve) => setTimeout(resolve, 2 * idleMsMax));
    // By `quiet` alone.
    expect(await isWaitedFor()).toBe(true);
    await quiet.letGo();
    expect(await checked).toBe('checked');
  });

  it('lets go what it has when it wants to check itself, also twice', async () => {
    const [a] = turns as [RecoveryTurn];
    await a.share();
    expect(await a.alone(async () => 1)).toBe(1);
    await a.share();
    expect(await a.alone(async () => 2)).toBe(2);
    await expect(a.alone(() => Promise.reject(new Error('a check failed')))).rejects.toThrow(
      'a check failed',
    );
    expect(await turns[1]!.alone(async () => 3)).toBe(3);
  });
});
