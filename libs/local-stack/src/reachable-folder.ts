import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canUse, type RunAs } from './system-user.js';

/** The checkout this file belongs to. */
export const checkoutRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);

/**
 * A folder of the system that every user can reach, for a checkout that lies where they can't (/root, a private
 * mktemp -d). One for each checkout, so that two of them never share anything.
 */
export function systemFolder(): string {
  for (const parent of ['/var/lib', '/var/tmp']) {
    const folder = join(parent, `hongbao-${hashOf(checkoutRoot)}`);
    try {
      mkdirSync(folder, { recursive: true });
      // /var/tmp is anybody's: a folder that someone else put there is not ours to trust.
      if (statSync(folder).uid !== process.getuid?.()) continue;
      chmodSync(folder, 0o755);
      return folder;
    } catch {
      continue;
    }
  }
  throw new Error('no folder that the postgres user can reach: neither /var/lib nor /var/tmp can be written');
}

/**
 * The real folder behind `dir`: `dir` itself, or, where `runAs` can't reach that, one in the system folder with a link
 * to it at `dir`. Created when missing.
 */
export function reachableFolder(dir: string, runAs: RunAs): string {
  const link = linkTarget(dir);
  if (link !== undefined) {
    mkdirSync(link, { recursive: true, mode: 0o711 });
    return link;
  }
  if (!existsSync(dir)) {
    mkdirSync(dir, { recursive: true });
    chmodSync(dir, 0o711);
  }
  if (runAs.uid === undefined || canUse(runAs, dir, 'x')) return dir;
  const target = join(systemFolder(), `data-${hashOf(resolve(dir))}`);
  // Without its link it belongs to a data folder that somebody deleted, and its data with it.
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true, mode: 0o711 });
  rmSync(dir, { recursive: true });
  symlinkSync(target, dir);
  return target;
}

/** Deletes the folder and what its link points to. */
export function removeReachableFolder(dir: string): void {
  const link = linkTarget(dir);
  if (link !== undefined) rmSync(link, { recursive: true, force: true });
  rmSync(dir, { recursive: true, force: true });
}

function linkTarget(dir: string): string | undefined {
  try {
    return lstatSync(dir).isSymbolicLink() ? resolve(dirname(dir), readlinkSync(dir)) : undefined;
  } catch {
    return undefined;
  }
}
