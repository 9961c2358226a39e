import { existsSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  commandLine,
  freePort,
  removePostgres,
  throwawayFolder,
  waitUntil,
  withClient,
} from '@app/local-stack';
import { LauncherProcess, processesOf } from './launcher-process.js';

/** What `npm start` promises; stores included. */
const STOP_MS_MAX = 10_000;
/** After a kill -9 of the launcher, its processes may still finish what they have begun. */
const ORPHANS_GONE_MS_MAX = 15_000;
const TEST_MS_MAX = 180_000;

describe('npm start', { timeout: TEST_MS_MAX }, () => {
  let folder: string;
  let dataDir: string;
  let port: string;
  let launchers: LauncherProcess[] = [];
  const launch = (env: Record<string, string> = {}, args: string[] = []) => {
    const launcher = new LauncherProcess(dataDir, { PORT: port, DEMO_ROBOTS: '1', ...env }, args);
    launchers.push(launcher);
    return launcher;
  };
  const leave = async ({ databaseUrl = '', redisUrl = '' }) => {
    await withClient(databaseUrl, (client) => client.query('CREATE TABLE left_by_test AS SELECT 7 AS n'));
    const redis = new Redis(redisUrl);
    await redis.set('left-by-test', '7');
    redis.disconnect();
  };
  const find = async ({ databaseUrl = '', redisUrl = '' }) => {
    const { rows } = await withClient(databaseUrl, (client) =>
      client.query(`SELECT to_regclass('left_by_test') IS NOT NULL AS found`),
    );
    const redis = new Redis(redisUrl);
    const inRedis = await redis.get('left-by-test');
    redis.disconnect();
    return { inPostgres: (rows[0] as { found: boolean }).found, inRedis };
  };

  beforeAll(async () => {
    folder = throwawayFolder('launcher-test');
    dataDir = join(folder, 'data');
    port = String(await freePort());
  });
  afterAll(async () => {
    for (const launcher of launchers) launcher.child.kill('SIGTERM');
    await Promise.all(launchers.map((launcher) => launcher.exited));
    launchers = [];
    removePostgres(join(dataDir, 'postgres'));
    rmSync(folder, { recursive: true, force: true });
  });

  it('stops at a wrong setting with its name, before it starts anything', async () => {
    const launcher = launch({ PORT: 'http' });
    expect((await launcher.exited).code).toBe(1);
    expect(launcher.output).toMatch(/PORT must be a whole number from 1 to 65535/);
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
  });

  it('names the port when another program has it', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(Number(port), '127.0.0.1', resolve));
    const launcher = launch();
    expect((await launcher.exited).code).toBe(1);
    expect(launcher.output).toContain(`port ${port} is taken by another program`);
    server.close();
  });

  it('serves at the URL of its ready line, restarts what dies, and stops within 10 s without a trace', async () => {
    const launcher = launch();
    const url = await launcher.ready();
    expect(url).toBe(`http://127.0.0.1:${port}`);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const record = launcher.record();
    expect(record).toMatchObject({ pid: launcher.pid, url });
    expect(statSync(join(dataDir, 'run.json')).mode & 0o777).toBe(0o600);
    expect(statSync(join(dataDir, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(Object.keys(record.pids).sort()).toEqual([
      'api',
      'gateway',
      'postgres',
      'redis',
      'robots',
      'worker',
    ]);

    const second = launch();
    expect((await second.exited).code).toBe(1);
    expect(second.output).toContain(`already running: process ${launcher.pid}, ${url}`);

    for (const name of ['worker', 'redis', 'postgres']) {
      process.kill(record.pids[name] ?? 0, 'SIGKILL');
      await launcher.says(new RegExp(`${name} is up again`));
    }
    expect(launcher.record().pids.worker).not.toBe(record.pids.worker);

    await leave(record);
    const { code, tookMs } = await launcher.stop();
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(STOP_MS_MAX);
    expect(processesOf(dataDir)).toEqual([]);
    expect(existsSync(join(dataDir, 'run.json'))).toBe(false);
  });

  it('keeps its data between runs; kill -9 leaves no process, and the next start works', async () => {
    const launcher = launch();
    await launcher.ready();
    const record = launcher.record();
    expect(await find(record)).toEqual({ inPostgres: true, inRedis: '7' });
    launcher.child.kill('SIGKILL');
    await waitUntil(() => processesOf(dataDir).length === 0, {
      what: 'no process left after kill -9 of the launcher',
      timeoutMs: ORPHANS_GONE_MS_MAX,
    }).catch((error: Error) => {
      throw new Error(`${error.message}: ${processesOf(dataDir).map(commandLine).join('\n')}`);
    });
    expect(existsSync(join(dataDir, 'run.json'))).toBe(true);

    const next = launch();
    await next.ready();
    expect(await find(next.record())).toEqual({ inPostgres: true, inRedis: '7' });
    expect((await next.stop()).code).toBe(0);
  });

  it('stopped in the middle of its start, leaves nothing; with --fresh, forgets everything', async () => {
    const early = launch();
    await early.says(/starting Postgres/);
    expect(await early.stop()).toMatchObject({ code: 0 });
    expect(processesOf(dataDir)).toEqual([]);

    const fresh = launch({}, ['--fresh']);
    await fresh.ready();
    expect(await find(fresh.record())).toEqual({ inPostgres: false, inRedis: null });
    expect((await fresh.stop()).code).toBe(0);
    expect(processesOf(dataDir)).toEqual([]);
  });

  it('ends with npm, in order, when npm is told to stop', async () => {
    const npm = new LauncherProcess(dataDir, { PORT: port, DEMO_ROBOTS: '0' }, [], ['npm', 'start']);
    launchers.push(npm);
    await npm.ready();
    expect(await npm.stop()).toMatchObject({ code: 0 });
    expect(npm.output).toMatch(/stopped\n$/);
    expect(processesOf(dataDir)).toEqual([]);
  });
});
