import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './processes.js';
import { systemEnv, type InstallOptions } from './system-packages.js';

/**
 * For a Debian user who can't become root: downloads a package and those of its dependencies that are not installed, and
 * unpacks them into `folder` without installing anything. Throws where there is no apt or it has no package lists.
 */
export async function unpackDebianPackages(
  name: string,
  folder: string,
  { onProgress, signal, managers }: InstallOptions,
): Promise<void> {
  if (managers && !managers.includes('apt-get')) throw new Error('apt-get is not to be used');
  const simulate = ['install', '--simulate', '--no-install-recommends', name];
  const plan = await runCommand('apt-get', simulate, { signal, env: systemEnv });
  const packages = [...plan.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '');
  onProgress?.(`unpacking ${packages.join(', ')} into ${folder}, for this checkout only`);
  const downloads = mkdtempSync(join(tmpdir(), 'hongbao-packages-'));
  try {
    await runCommand('apt-get', ['download', ...packages], { cwd: downloads, signal, env: systemEnv });
    mkdirSync(folder, { recursive: true });
    for (const file of readdirSync(downloads)) {
      await runCommand('dpkg-deb', ['-x', join(downloads, file), folder], { signal, env: systemEnv });
    }
  } finally {
    rmSync(downloads, { recursive: true, force: true });
  }
}
