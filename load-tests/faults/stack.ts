import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import {
  checkoutRoot,
  freePort,
  removePostgres,
  runCommand,
  startFaultProxy,
  startPostgres,
  startRedis,
  throwawayFolder,
  waitUntil,
  type FaultProxy,
} from '@app/local-stack';
import { connectMoney, whenReady, type Redis } from '@app/redis';
import { startApp } from '../../apps/launcher/src/app-process.js';
import { completeSettings, withoutSettings } from '../../apps/launcher/src/settings.js';
import { Part } from './part.js';

/** Between a process and its stores, each by a proxy of its own: a fault may be in one link alone. */
export const LINKS = [
  'gateway-redis',
  'worker-redis',
  'worker-postgres',
  'api-redis',
  'api-postgres',
] as const;
export type Link = (typeof LINKS)[number];
export type AppName = 'gateway' | 'api' | 'worker' | 'worker2';
export type PartName = AppName | 'redis' | 'postgres';

export const STORES: readonly PartName[] = ['redis', 'postgres'];
const APPS_DEFAULT: readonly AppName[] = ['gateway', 'api', 'worker'];
const READY_MS_MAX = 5_000;
const READY_ASK_MS_MAX = 2_500;
const UP_MS_MAX = 60_000;
/** Data of both stores of one run, and the larger file that fills it up. */
const SMALL_DISK = '256m';

export interface StackOptions {
  apps?: readonly AppName[];
  /** The data of this store is on a file system of its own, of 256 MB. */
  smallDisk?: 'redis' | 'postgres';
  note: (line: string) => void;
  signal: AbortSignal;
}

/** A whole service with ports, folders and stores of its own, every store behind proxies. Ends with `stop`, and leaves nothing. */
export class Stack {
  readonly folder = throwawayFolder('faults');
  readonly links = new Map<Link, FaultProxy>();
  readonly parts = new Map<PartName, Part>();
  readonly undo: (() => Promise<unknown> | void)[] = [];
  /** Added to a process's environment at its next start. */
  readonly extraEnv = new Map<AppName, Record<string, string>>();
  settings: Record<string, string> = {};
  url = '';
  redisUrl = '';
  databaseUrl = '';
  /** Straight to the stores, past the proxies. */
  redis!: Redis;
  pg!: pg.Pool;

  /** Processes of the service that were up and ended by themselves. No fault of a store or a network is a reason to. */
  readonly endedApps: AppName[] = [];

  private constructor(private readonly options: StackOptions) {}

  /** Leaves nothing when it throws. */
  static async start(options: StackOptions): Promise<Stack> {
    const stack = new Stack(options);
    try {
      await stack.startStores();
      await stack.startApps();
      return stack;
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  part(name: PartName): Part {
    return this.parts.get(name)!;
  }

  link(name: Link): FaultProxy {
    return this.links.get(name)!;
  }

  /** What a process wrote since its last start, if it came so far. */
  logOf(name: AppName): string {
    const file = join(this.folder, `logs/${name}.log`);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  /** Waits until a part that ended by itself was started again. */
  whenUp(name: PartName): Promise<void> {
    const isUp = () => this.part(name).isUp;
    return waitUntil(isUp, { what: `${name} up again`, timeoutMs: UP_MS_MAX, signal: this.options.signal });
  }

  /** Whether every process is ready, gates open: as an operator would ask. */
  async isReady(): Promise<boolean> {
    const ports = [this.settings.PORT, this.settings.API_PORT, this.settings.WORKER_PORT];
    const asked = ports.map((port) =>
      fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(READY_ASK_MS_MAX) }).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    return (await Promise.all(asked)).every(Boolean);
  }

  /** The folder with the data of a store. */
  dirOf(store: 'redis' | 'postgres'): string {
    return join(this.folder, store);
  }

  async stop(): Promise<void> {
    // What is stopped by a signal would not end by another.
    for (const part of this.parts.values()) part.signal('SIGCONT');
    this.redis?.disconnect();
    await this.pg?.end().catch(() => {});
    for (const areStores of [false, true]) {
      const some = [...this.parts].filter(([name]) => STORES.includes(name) === areStores);
      await Promise.all(some.map(([, part]) => part.kill()));
    }
    await Promise.all([...this.links.values()].map((link) => link.stop()));
    for (const step of this.undo.splice(0).toReversed()) await step();
    removePostgres(this.dirOf('postgres'));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async startStores(): Promise<void> {
    const { note, signal, smallDisk } = this.options;
    if (smallDisk) this.mountSmallDisk(this.dirOf(smallDisk));
    const [redisPort, postgresPort] = [await freePort(), await freePort()];
    const redis = this.add('redis', () => startRedis({ dir: this.dirOf('redis'), port: redisPort, signal }));
    const postgres = this.add('postgres', async () => {
      const server = await startPostgres({ dir: this.dirOf('postgres'), port: postgresPort, signal });
      this.databaseUrl = server.url;
      return server;
    });
    note('starting Redis and Postgres');
    await Promise.all([redis.start(true), postgres.start(true)]);
    this.redisUrl = `redis://127.0.0.1:${redisPort}`;
    for (const name of LINKS) {
      const url = name.endsWith('redis') ? this.redisUrl : this.databaseUrl;
      this.links.set(name, await startFaultProxy(url));
    }
    this.redis = connectMoney(this.redisUrl, () => {});
    await whenReady(this.redis, READY_MS_MAX);
    this.pg = new pg.Pool({
      connectionString: this.databaseUrl,
      max: 4,
      connectionTimeoutMillis: READY_MS_MAX,
    });
    this.pg.on('error', () => {});
  }

  private async startApps(): Promise<void> {
    const { note, signal, apps = APPS_DEFAULT } = this.options;
    const port = String(await freePort());
    this.url = `http://127.0.0.1:${port}`;
    const given = {
      ...{ NODE_ENV: 'development', PORT: port, HOST: '127.0.0.1', DEMO_ROBOTS: '0', GATEWAY_URL: this.url },
      ...{ LOG_LEVEL: 'info', DATABASE_URL: this.databaseUrl, ...redisUrls(this.redisUrl) },
    };
    mkdirSync(join(this.folder, 'logs'));
    this.settings = await completeSettings(given, this.folder);
    const env = { ...withoutSettings(process.env), ...this.settings };
    const migrate = join(checkoutRoot, 'dist/apps/cli/src/migrate.js');
    await runCommand(process.execPath, ['--enable-source-maps', migrate], { cwd: checkoutRoot, env, signal });
    note(`starting ${apps.join(', ')}`);
    const ports: Record<string, string> = { worker2: String(await freePort()) };
    await Promise.all(apps.map((name) => this.startApp(name, ports[name])));
  }

  private startApp(name: AppName, workerPort = this.settings.WORKER_PORT!): Promise<void> {
    const kind = name === 'worker2' ? 'worker' : name;
    const ownPort = { gateway: this.settings.PORT, api: this.settings.API_PORT, worker: workerPort }[kind];
    const env = {
      ...{ ...withoutSettings(process.env), ...this.settings, WORKER_PORT: workerPort },
      ...redisUrls(this.link(`${kind}-redis`).url),
      ...(kind === 'gateway' ? {} : { DATABASE_URL: this.link(`${kind}-postgres`).url }),
    };
    const logFile = join(this.folder, `logs/${name}.log`);
    const part = this.add(name, (isFirst) =>
      startApp(
        {
          ...{ name: kind, root: checkoutRoot, env: { ...env, ...this.extraEnv.get(name) }, logFile },
          // Started in the middle of a fault it may not be ready for long, and that is no reason to end it.
          ...(isFirst ? { readyUrl: `http://127.0.0.1:${ownPort}/readyz` } : {}),
          ...{ onPid: () => {}, note: this.options.note },
        },
        this.options.signal,
      ),
    );
    return part.start(true);
  }

  private add(name: PartName, startOnce: (isFirst: boolean) => ReturnType<typeof startApp>): Part {
    const ended = () => {
      if (STORES.includes(name)) return;
      // One that can't reach a store when it starts says so and ends: whoever keeps it up starts it again.
      const wasUp = this.logOf(name as AppName).includes('"msg":"listening"');
      if (wasUp) this.endedApps.push(name as AppName);
    };
    const part = new Part(name, startOnce, { note: this.options.note, ended });
    this.parts.set(name, part);
    return part;
  }

  private mountSmallDisk(dir: string): void {
    mkdirSync(dir, { recursive: true });
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SMALL_DISK},mode=0711`, 'tmpfs', dir]);
    if (mounted.status !== 0)
      throw new Error(
        `no file system of ${SMALL_DISK} could be mounted (it takes root): ${String(mounted.stderr).trim()}`,
      );
    this.undo.push(() => {
      spawnSync('umount', ['--lazy', dir]);
    });
  }
}

/** All four, for a `.env` in the checkout must not lead to another Redis. */
const redisUrls = (url: string) => ({
  ...{ REDIS_URL: url, REDIS_MONEY_URL: url, REDIS_QUEUE_URL: url, REDIS_SOCKET_URL: url },
});
