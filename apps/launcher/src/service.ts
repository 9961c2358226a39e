import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '@app/config';
import {
  freePort,
  isPortFree,
  removePostgres,
  runCommand,
  startPostgres,
  startRedis,
} from '@app/local-stack';
import { startApp } from './app-process.js';
import { buildWhatChanged } from './build.js';
import type { Reporter } from './progress.js';
import { RunFile } from './run-file.js';
import {
  checkSettings,
  completeSettings,
  embeddedStores,
  givenSettings,
  onlySettings,
  type Environment,
} from './settings.js';
import { Supervised, type Running } from './supervised.js';

export interface ServiceOptions {
  /** The checkout. */
  root: string;
  dataDir: string;
  env: Record<string, string | undefined>;
  envFile?: string;
  /** Forget everything that earlier runs left. */
  fresh?: boolean;
  reporter: Reporter;
  /** Cuts the start short; what was started is stopped again. */
  signal?: AbortSignal;
}

/** The order of stopping: those that take requests, those that serve them, then the stores, together in each stage. */
const stopStages = [
  ['robots', 'gateway'],
  ['api', 'worker'],
  ['postgres', 'redis'],
];
/** The parts of `.data` that hold no data and cost a download. */
const keptWhenFresh = ['run.json', 'redis-bin'];

/** The whole service on this machine, as `npm start` and the tests run it. */
export class Service {
  readonly #options: ServiceOptions;
  readonly #ending = new AbortController();
  readonly #parts = new Map<string, Supervised>();
  #runFile: RunFile | undefined;
  #settings: Environment = {};
  url = '';

  constructor(options: ServiceOptions) {
    this.#options = options;
    options.signal?.addEventListener('abort', () => this.#ending.abort(options.signal?.reason), {
      once: true,
    });
    if (options.signal?.aborted) this.#ending.abort(options.signal.reason);
  }

  /** The settings that the processes got. */
  get env(): Environment {
    return onlySettings(this.#settings);
  }

  get pids(): Record<string, number> {
    return Object.fromEntries(
      [...this.#parts].flatMap(([name, part]) => (part.pid ? [[name, part.pid]] : [])),
    );
  }

  /** Throws, with nothing left running, when any step fails. */
  async start(): Promise<void> {
    try {
      const given = await this.#claim();
      await this.#together([
        buildWhatChanged(this.#options.root, this.#options.reporter, this.#ending.signal),
        this.#startStores(given),
      ]);
      parseConfig(this.#settings);
      const { DATABASE_URL = '', REDIS_MONEY_URL, REDIS_URL = '' } = this.#settings;
      this.#runFile?.update({
        databaseUrl: DATABASE_URL,
        redisUrl: REDIS_MONEY_URL ?? REDIS_URL,
        env: this.env,
      });
      await this.#migrate();
      await this.#startApps();
    } catch (error) {
      this.#ending.abort();
      await this.stop();
      throw error;
    }
  }

  /** Everything down, in order, within 10 s. */
  async stop(): Promise<void> {
    this.#ending.abort();
    for (const stage of stopStages) {
      await Promise.all(stage.map(async (name) => this.#parts.get(name)?.stop()));
    }
    this.#runFile?.release();
  }

  /** Everything down at once, without order. */
  kill(): void {
    this.#ending.abort();
    for (const part of this.#parts.values()) part.kill();
    this.#runFile?.release();
  }

  /** Checks what can be checked at once, and makes the data folder ours. */
  async #claim(): Promise<Environment> {
    const { dataDir, env, envFile, reporter } = this.#options;
    const given = givenSettings(env, envFile);
    const { HOST, PORT } = checkSettings(given);
    this.url = `http://${shownHost(HOST)}:${PORT}`;
    if (!existsSync(dataDir)) {
      mkdirSync(dataDir, { recursive: true });
      chmodSync(dataDir, 0o711); // the postgres user passes through, and sees nothing else
    }
    this.#runFile = await RunFile.take(dataDir, this.url, (name, pid) =>
      reporter.note(`stopping ${name} (process ${pid}), left by a launcher that was killed`),
    );
    if (!(await isPortFree(PORT, HOST))) {
      throw new Error(
        `port ${PORT} is taken by another program. Stop it, or choose another: PORT=8090 npm start`,
      );
    }
    if (this.#options.fresh) {
      removePostgres(join(dataDir, 'postgres'));
      for (const name of readdirSync(dataDir)) {
        if (!keptWhenFresh.includes(name)) rmSync(join(dataDir, name), { recursive: true, force: true });
      }
      reporter.note('beginning anew: all earlier data is deleted');
    }
    const settings = await completeSettings(given, dataDir);
    this.#settings = { GATEWAY_URL: this.url, ...settings, PORT: String(PORT), HOST };
    return given;
  }

  async #startStores(given: Environment): Promise<void> {
    const { dataDir, reporter } = this.#options;
    const onProgress = (line: string) => reporter.note(line);
    const embedded = embeddedStores(given);
    const starts: Promise<void>[] = [];
    if (embedded.postgres) {
      const port = await freePort();
      const dir = join(dataDir, 'postgres');
      starts.push(
        this.#startPart('postgres', 'starting Postgres', async (signal) => {
          const server = await startPostgres({ dir, port, signal, onProgress });
          this.#settings.DATABASE_URL = server.url;
          return server;
        }),
      );
    }
    if (embedded.redis) {
      const port = await freePort();
      const dir = join(dataDir, 'redis');
      starts.push(
        this.#startPart('redis', 'starting Redis', async (signal) => {
          const server = await startRedis({ dir, port, signal, onProgress });
          this.#settings.REDIS_URL = server.url;
          return server;
        }),
      );
    }
    await this.#together(starts);
  }

  async #migrate(): Promise<void> {
    const { root, reporter } = this.#options;
    const script = join(root, 'dist/apps/cli/src/migrate.js');
    await reporter.step('bringing the database up to date', async () => {
      const env = { ...this.#options.env, ...this.#settings };
      const { signal } = this.#ending;
      await runCommand(process.execPath, ['--enable-source-maps', script], { cwd: root, env, signal });
    });
  }

  async #startApps(): Promise<void> {
    const { API_PORT, WORKER_PORT } = this.#settings;
    await this.#together([
      this.#startApp('api', `http://127.0.0.1:${API_PORT}/readyz`),
      this.#startApp('worker', `http://127.0.0.1:${WORKER_PORT}/readyz`),
      this.#startApp('gateway', `${this.url}/readyz`),
    ]);
    // Also without a demo room: rehearsals of campaigns need them. Without a secret they could not sign in.
    if (this.#settings.JWT_SECRET) await this.#startApp('robots');
  }

  #startApp(name: string, readyUrl?: string): Promise<void> {
    const { root, dataDir, env, reporter } = this.#options;
    const options = {
      name,
      root,
      env: { ...env, ...this.#settings },
      logFile: join(dataDir, `logs/${name}.log`),
      ...(readyUrl && { readyUrl }),
      onPid: (pid: number) => this.#runFile?.setPid(name, pid),
      note: (line: string) => reporter.note(line),
    };
    return this.#startPart(name, `starting ${name}`, (signal) => startApp(options, signal));
  }

  async #startPart(
    name: string,
    title: string,
    startOnce: (signal: AbortSignal) => Promise<Running>,
  ): Promise<void> {
    const part = new Supervised(name, startOnce, {
      pid: (pid) => this.#runFile?.setPid(name, pid),
      note: (line) => this.#options.reporter.note(line),
    });
    this.#parts.set(name, part);
    await this.#options.reporter.step(title, () => part.start(this.#ending.signal));
  }

  /** Fails as soon as one fails, and yet returns only when all have ended. */
  async #together(works: Promise<void>[]): Promise<void> {
    let failed: { reason: unknown } | undefined;
    await Promise.all(
      works.map((work) =>
        work.catch((reason: unknown) => {
          failed ??= { reason };
          this.#ending.abort();
        }),
      ),
    );
    if (failed) throw failed.reason;
  }
}

/** What a browser on this machine can open. */
function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** Starts the service and returns it once it can serve. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const service = new Service(options);
  await service.start();
  return service;
}
