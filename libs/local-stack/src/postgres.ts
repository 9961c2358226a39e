import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { guardServer } from './guard.js';
import { freePort } from './ports.js';
import { postgresBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { postgresEnv, prepareCluster } from './postgres-cluster.js';
import { childPids } from './process-identity.js';
import { stopProcess, waitUntil, waitUntilGone, whenExited, type LocalServer } from './processes.js';
import { reachableFolder, removeReachableFolder } from './reachable-folder.js';
import { postgresUser, type RunAs } from './system-user.js';

/** Recovery after a crash reads the whole log since the last checkpoint, at most max_wal_size (1 GB). */
const START_MS_MAX = 60_000;
/** A fast shutdown writes one checkpoint. What it can't finish, recovery does at the next start. */
const STOP_MS_MAX = 3_000;
const CHILDREN_GONE_MS_MAX = 5_000;
const CONNECT_MS_MAX = 2_000;
const DATABASE = 'hongbao';
const LOG_TAIL_CHARS = 1_500;

export interface PostgresOptions {
  /** Where data, password and log are kept; with a link to elsewhere when the postgres user can't reach it. */
  dir: string;
  port?: number | undefined;
  /** Over the defaults below, as `-c name=value`. */
  settings?: Record<string, string> | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

const defaultSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  synchronous_commit: 'on',
  fsync: 'on',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

/** Starts Postgres on 127.0.0.1 with a database `hongbao`. Throws with the end of its log when it can't. */
export async function startPostgres(options: PostgresOptions): Promise<LocalServer> {
  const runAs = postgresUser();
  const binaries = await postgresBinaries(runAs);
  const folder = reachableFolder(options.dir, runAs);
  const onProgress = options.onProgress ?? (() => {});
  const { cluster, password } = await prepareCluster({
    folder,
    binaries,
    runAs,
    signal: options.signal,
    onProgress,
  });
  const port = options.port ?? (await freePort());
  options.signal?.throwIfAborted();

  const server = spawnPostgres({ folder, cluster, port, binaries, runAs, settings: options.settings ?? {} });
  const url = `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/`;
  try {
    await waitForConnections(`${url}postgres`, server, join(folder, 'postgres.log'), options.signal);
    await createDatabaseIfMissing(`${url}postgres`);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { ...server, url: `${url}${DATABASE}`, port };
}

/** Deletes the data, wherever it really is. The server must be stopped. */
export function removePostgres(dir: string): void {
  removeReachableFolder(dir);
}

function spawnPostgres(options: {
  folder: string;
  cluster: string;
  port: number;
  binaries: PostgresBinaries;
  runAs: RunAs;
  settings: Record<string, string>;
}): Omit<LocalServer, 'url' | 'port'> {
  const settings = Object.entries({ ...defaultSettings, ...options.settings, port: String(options.port) });
  const log = openLog(join(options.folder, 'postgres.log'));
  const child = spawn(
    options.binaries.postgres,
    ['-D', options.cluster, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // A group of its own: Ctrl-C in the terminal is for the launcher, which stops this last.
    { ...options.runAs, cwd: '/', env: postgresEnv, detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  const exited = whenExited(child);
  if (child.pid === undefined) throw new Error(`${options.binaries.postgres} can't be run`);
  const pid = child.pid;
  const guard = guardServer(pid, 'INT');
  void exited.then(() => guard.release());
  return {
    pid,
    exited,
    async stop() {
      await stopProcess(child, { signal: 'SIGINT', timeoutMs: STOP_MS_MAX });
      await guard.release();
    },
    async kill() {
      // Read first: once the postmaster is gone they belong to init.
      const family = [pid, ...childPids(pid)];
      for (const member of family) killHard(member);
      await exited;
      await waitUntilGone(family, CHILDREN_GONE_MS_MAX);
      await guard.release();
    },
  };
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone already
  }
}

function openLog(file: string): number {
  try {
    renameSync(file, `${file}.1`);
  } catch {
    // the first start has no older log
  }
  return openSync(file, 'a', 0o600);
}

async function waitForConnections(
  url: string,
  server: Omit<LocalServer, 'url' | 'port'>,
  log: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  let exited = false;
  void server.exited.then(() => (exited = true));
  const answers = async () => {
    if (exited)
      throw new Error(`Postgres ended at its start:\n${readFileSync(log, 'utf8').slice(-LOG_TAIL_CHARS)}`);
    try {
      await withClient(url, (client) => client.query('SELECT 1'));
      return true;
    } catch {
      return false;
    }
  };
  await waitUntil(answers, {
    what: `Postgres taking connections (see ${log})`,
    timeoutMs: START_MS_MAX,
    signal,
  });
}

async function createDatabaseIfMissing(url: string): Promise<void> {
  await withClient(url, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  });
}

/** One short connection. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS_MAX });
  client.on('error', () => {}); // a server that goes away also rejects the query that waits
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
