import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkoutRoot, findProgram, runCommand } from '@app/local-stack';

/** The first with `k6/websockets` outside of `k6/experimental`, and with TypeScript that needs no bundler. */
const K6_MAJOR_MIN = 2;
const VERSION_MS_MAX = 20_000;
const BUILD_MS_MAX = 900_000;
const PROGRESS_EVERY_PACKAGES = 200;

const usualFolders = ['/usr/local/bin', '/usr/bin', '/opt/homebrew/bin'];
const moduleFolder = join(checkoutRoot, 'load-tests/k6');
const cacheFolder = join(checkoutRoot, 'node_modules/.cache/hongbao');

export const HOW_TO_GET_K6 =
  `k6 v${K6_MAJOR_MIN} or newer is needed: brew install k6, or Grafana's Debian package (grafana.com/docs/k6), or install Go ` +
  'and it is built here; HONGBAO_K6=/path/to/k6 names one elsewhere.';

export interface FoundK6 {
  path: string;
  /** Such as `2.2.0`. */
  version: string;
}

export interface K6Places {
  env: Record<string, string | undefined>;
  /** In the order in which they are looked at, after PATH. */
  folders: string[];
  cacheFolder: string;
  moduleFolder: string;
}

/**
 * HONGBAO_K6, else `k6` on the PATH, else one that was built here before, else it is built with Go, which takes a minute
 * or two the first time. Throws one line that says how to get it when none works.
 */
export async function findK6(
  onProgress: (line: string) => void = () => {},
  places: K6Places = { env: process.env, folders: usualFolders, cacheFolder, moduleFolder },
): Promise<FoundK6> {
  const named = places.env.HONGBAO_K6;
  if (named) {
    const version = await versionOf(named);
    if (isNewEnough(version)) return { path: named, version };
    throw new Error(
      `HONGBAO_K6=${named} ${version === undefined ? "can't be run" : `is k6 ${String(version)}`}. ${HOW_TO_GET_K6}`,
    );
  }
  const onPath = findProgram(['k6'], places.folders);
  const versionOnPath = onPath && (await versionOf(onPath));
  if (onPath && isNewEnough(versionOnPath)) return { path: onPath, version: versionOnPath };
  if (versionOnPath) onProgress(`${onPath} is k6 ${versionOnPath}, too old`);

  const pinned = pinnedVersion(places.moduleFolder);
  const built = join(places.cacheFolder, `k6-${pinned}`, 'k6');
  const version = existsSync(built) ? await versionOf(built) : undefined;
  if (isNewEnough(version)) return { path: built, version };
  return buildWithGo(built, pinned, places, onProgress);
}

/** In a folder of its own and with copies of go.mod and go.sum: builds at the same time don't meet, and nothing in the checkout changes. */
async function buildWithGo(
  path: string,
  pinned: string,
  places: K6Places,
  onProgress: (line: string) => void,
): Promise<FoundK6> {
  const go = findProgram(['go'], ['/usr/local/go/bin', '/usr/local/bin']);
  if (!go) throw new Error(HOW_TO_GET_K6);
  const folder = join(places.cacheFolder, `building-${randomUUID()}`);
  mkdirSync(folder, { recursive: true });
  try {
    for (const name of ['go.mod', 'go.sum'])
      copyFileSync(join(places.moduleFolder, name), join(folder, name));
    onProgress(`building k6 ${pinned} with Go, once: a minute or two`);
    let packages = 0;
    await runCommand(go, ['install', '-v', 'tool'], {
      cwd: folder,
      env: { ...process.env, GOFLAGS: '-mod=mod', GOWORK: 'off', GOBIN: folder },
      signal: AbortSignal.timeout(BUILD_MS_MAX),
      onLine: (line) => {
        if (line.startsWith('go: downloading')) onProgress(line);
        else if (++packages % PROGRESS_EVERY_PACKAGES === 0)
          onProgress(`building k6: ${packages} packages compiled`);
      },
    });
    mkdirSync(join(path, '..'), { recursive: true });
    // Whoever is last puts the same program there again; one that runs keeps its file.
    renameSync(join(folder, 'k6'), path);
  } catch (error) {
    throw new Error(`Go could not build k6 ${pinned}. ${HOW_TO_GET_K6}\n${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const version = await versionOf(path);
  if (!isNewEnough(version)) throw new Error(`${path} was built and can't be run. ${HOW_TO_GET_K6}`);
  return { path, version };
}

async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(path, ['version'], { timeout: VERSION_MS_MAX });
    return /\bv?(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

function isNewEnough(version: string | undefined): version is string {
  return version !== undefined && Number(version.split('.')[0]) >= K6_MAJOR_MIN;
}

function pinnedVersion(folder: string): string {
  const version = /^require go\.k6\.io\/k6\/v2 v(\S+)/m.exec(
    readFileSync(join(folder, 'go.mod'), 'utf8'),
  )?.[1];
  if (!version) throw new Error(`${folder}/go.mod names no version of go.k6.io/k6/v2`);
  return version;
}
