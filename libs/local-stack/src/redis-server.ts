import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { unpackDebianPackages } from './debian-packages.js';
import { findProgram } from './find-program.js';
import { checkoutRoot } from './reachable-folder.js';
import { installSystemPackages, type InstallOptions } from './system-packages.js';

/** The scripts need what came with 7.0. */
export const REDIS_MAJOR_MIN = 7;

export interface RedisServer {
  path: string;
  /** For one that was unpacked and not installed: where its libraries are. */
  env: Record<string, string>;
}

const usualFolders = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];
const unpackedFolder = join(checkoutRoot, '.data/redis-bin');

const howToGetIt =
  `redis-server ${REDIS_MAJOR_MIN}.0 or newer is needed and could not be fetched. Install it ` +
  '(Debian: apt-get install redis-server; macOS: brew install redis), or set REDIS_URL to a Redis of your own.';

/** The first redis-server that is new enough. `folders` are those to look at besides PATH. */
export function findRedisServer(folders: string[] = usualFolders): RedisServer | undefined {
  const path = findProgram(['redis-server'], folders);
  if (path && isNewEnough(path, {})) return { path, env: {} };
  return findUnpacked();
}

function findUnpacked(): RedisServer | undefined {
  const path = join(unpackedFolder, 'usr/bin/redis-server');
  if (!existsSync(path)) return undefined;
  const libraries = join(unpackedFolder, 'usr/lib');
  const folders = readdirSync(libraries).filter((name) => name.endsWith('-linux-gnu'));
  const env = { LD_LIBRARY_PATH: folders.map((name) => join(libraries, name)).join(':') };
  return isNewEnough(path, env) ? { path, env } : undefined;
}

function isNewEnough(path: string, env: Record<string, string>): boolean {
  try {
    const version = execFileSync(path, ['--version'], { encoding: 'utf8', env: { ...process.env, ...env } });
    return Number(/v=(\d+)\./.exec(version)?.[1]) >= REDIS_MAJOR_MIN;
  } catch {
    return false;
  }
}

/**
 * Finds redis-server or fetches it by the system's package manager. Throws one line that tells how to get it when
 * neither works.
 */
export async function ensureRedisServer(
  options: InstallOptions & { folders?: string[] } = {},
): Promise<RedisServer> {
  const found = findRedisServer(options.folders);
  if (found) return found;
  const packages = {
    'apt-get': ['redis-server'],
    dnf: ['redis'],
    apk: ['redis'],
    pacman: ['redis'],
    brew: ['redis'],
  };
  const failures: unknown[] = [];
  for (const fetch of [
    () => installSystemPackages('redis-server', packages, options),
    () => unpackDebianPackages('redis-server', unpackedFolder, options),
  ]) {
    try {
      await fetch();
    } catch (error) {
      options.signal?.throwIfAborted();
      failures.push(error);
    }
    const fetched = findRedisServer(options.folders);
    if (fetched) return fetched;
  }
  throw new Error(howToGetIt, { cause: new AggregateError(failures) });
}
