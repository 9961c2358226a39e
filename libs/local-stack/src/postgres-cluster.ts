import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processIdentity, commandLine } from './process-identity.js';
import { runCommand, waitUntil } from './processes.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import type { RunAs } from './system-user.js';

/** How long a postmaster that an earlier, killed start left behind may take to finish. */
const ORPHAN_STOP_MS_MAX = 10_000;

/** Locales of the child must not depend on the machine; nothing else of our environment concerns it. */
export const postgresEnv = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };

/**
 * Makes the cluster in `folder`/cluster unless it is there. Returns the password of its superuser, which is made once
 * and kept beside it, readable only for us.
 */
export async function prepareCluster(options: {
  folder: string;
  binaries: PostgresBinaries;
  runAs: RunAs;
  signal: AbortSignal | undefined;
  onProgress: (line: string) => void;
}): Promise<{ cluster: string; password: string }> {
  const { folder, binaries, runAs } = options;
  const cluster = join(folder, 'cluster');
  const passwordFile = join(folder, 'password');
  if (existsSync(join(cluster, 'PG_VERSION')) && existsSync(passwordFile)) {
    await removeStaleLock(cluster);
    return { cluster, password: readFileSync(passwordFile, 'utf8').trim() };
  }
  options.onProgress('making a new Postgres database');
  // A first start that was cut off in the middle leaves half a cluster and no password.
  rmSync(cluster, { recursive: true, force: true });
  mkdirSync(cluster, { mode: 0o700 });
  giveTo(cluster, runAs);
  const password = randomBytes(24).toString('base64url');
  const handover = join(folder, 'password.initdb');
  rmSync(handover, { force: true });
  writeFileSync(handover, password, { mode: 0o600 });
  giveTo(handover, runAs);
  try {
    await runCommand(
      binaries.initdb,
      [
        `--pgdata=${cluster}`,
        '--username=postgres',
        `--pwfile=${handover}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        // Postgres's own C.UTF-8, the same on every system, where libc's may be missing.
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
      ],
      // initdb stops when it can't enter the current directory, which may be the caller's private one.
      { ...runAs, cwd: '/', env: postgresEnv, signal: options.signal },
    );
  } finally {
    rmSync(handover, { force: true });
  }
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  return { cluster, password };
}

function giveTo(path: string, { uid, gid }: RunAs): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

/**
 * Postgres refuses to start when the pid in postmaster.pid is alive, whosever it is. After a restart of a container the
 * same small number often belongs to somebody else; then the file goes. Our own orphan is told to stop.
 */
async function removeStaleLock(cluster: string): Promise<void> {
  const lock = join(cluster, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
  const identity = processIdentity(pid);
  if (identity === undefined) return;
  if (!commandLine(pid).includes(cluster)) {
    rmSync(lock, { force: true });
    return;
  }
  process.kill(pid, 'SIGINT');
  await waitUntil(() => processIdentity(pid) !== identity, {
    what: `the end of an earlier Postgres on the same data (process ${pid})`,
    timeoutMs: ORPHAN_STOP_MS_MAX,
  });
}
