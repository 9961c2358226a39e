import { execFileSync, spawnSync } from 'node:child_process';

/** Whom a server runs as; empty when it runs as whoever we are. */
export interface RunAs {
  uid?: number;
  gid?: number;
}

const POSTGRES_USER = 'postgres';

/** Postgres refuses to run as root, so root lends it the system's postgres user, made when it is missing. */
export function postgresUser(): RunAs {
  if (process.getuid?.() !== 0) return {};
  const existing = lookUp();
  if (existing) return existing;
  try {
    execFileSync(
      'useradd',
      [
        '--system',
        '--user-group',
        '--no-create-home',
        '--home-dir',
        '/nonexistent',
        '--shell',
        '/bin/false',
        POSTGRES_USER,
      ],
      { stdio: 'pipe' },
    );
  } catch (error) {
    // Another start may have made it in the same moment, and then all is well.
    const made = lookUp();
    if (made) return made;
    throw new Error(
      'Postgres does not run as root, and the system user "postgres" could not be made. ' +
        'Create it, or start as an ordinary user, or set DATABASE_URL.',
      { cause: error },
    );
  }
  const made = lookUp();
  if (!made) throw new Error('the system user "postgres" was made and yet is not there');
  return made;
}

function lookUp(): RunAs | undefined {
  try {
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, POSTGRES_USER], { encoding: 'utf8', stdio: 'pipe' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

/** Asks the system, as that user: modes, ACLs and mounts all count, and no reading of modes would see them all. */
export function canUse(runAs: RunAs, path: string, access: 'r' | 'x'): boolean {
  const test = spawnSync('/bin/sh', ['-c', `test -${access} "$1"`, 'sh', path], {
    ...runAs,
    cwd: '/',
    stdio: 'ignore',
  });
  return test.status === 0;
}
