import { delimiter } from 'node:path';
import { findProgram } from './find-program.js';
import { runCommand } from './processes.js';

export interface InstallOptions {
  onProgress?: ((line: string) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** Those that may be asked; by default all that are known. */
  managers?: Manager[] | undefined;
}

type Manager = 'apt-get' | 'dnf' | 'apk' | 'pacman' | 'brew';
export type PackageNames = Partial<Record<Manager, string[]>>;

/** In the order in which they are tried. */
const knownManagers: Manager[] = ['apt-get', 'dnf', 'apk', 'pacman', 'brew'];
const systemFolders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/opt/homebrew/bin'];

/** dpkg refuses to work without the sbin folders, which an ordinary user's PATH often lacks. */
export const systemEnv = {
  ...process.env,
  PATH: [process.env.PATH, ...systemFolders].filter(Boolean).join(delimiter),
};

/**
 * Debian starts a service as soon as its package is installed; policy-rc.d is how one says no. An administrator's own
 * policy is left as it is.
 */
const APT_SCRIPT = `
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y --no-install-recommends "$@"`;

const commands: Record<Manager, (names: string[]) => [string, ...string[]]> = {
  'apt-get': (names) => ['sh', '-c', APT_SCRIPT, 'apt', ...names],
  dnf: (names) => ['dnf', 'install', '-y', ...names],
  apk: (names) => ['apk', 'add', '--no-cache', ...names],
  pacman: (names) => ['pacman', '-Sy', '--noconfirm', ...names],
  brew: (names) => ['brew', 'install', ...names],
};

/**
 * Installs by the system's package manager, as root or by a sudo that asks nothing; never waits for a password. Throws
 * when there is no manager, no permission or no success.
 */
export async function installSystemPackages(
  what: string,
  packages: PackageNames,
  { onProgress, signal, managers = knownManagers }: InstallOptions,
): Promise<void> {
  const manager = managers.find((name) => packages[name] && findProgram([name], systemFolders));
  const names = manager && packages[manager];
  if (!manager || !names) throw new Error('no package manager that is known here');
  const sudo = manager === 'brew' ? [] : await privilege(signal);
  const [command, ...args] = [...sudo, ...commands[manager](names)] as [string, ...string[]];
  onProgress?.(`${what} is missing: fetching it by ${manager} (${names.join(', ')})`);
  await runCommand(command, args, {
    signal,
    env: systemEnv,
    // apt-get writes a line for each package; the person wants to see that it goes on.
    onLine: (line) => /^(Get:|Unpacking|Setting up)/.test(line) && onProgress?.(line),
  });
}

/** What to put before a command that needs root. */
async function privilege(signal: AbortSignal | undefined): Promise<string[]> {
  if (process.getuid?.() === 0) return [];
  await runCommand('sudo', ['-n', 'true'], { signal, env: systemEnv });
  return ['sudo', '-n'];
}
