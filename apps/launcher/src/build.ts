import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { runCommand, waitUntil } from '@app/local-stack';
import { takeLock } from './pid-lock.js';
import type { Reporter } from './progress.js';

const serverApps = ['gateway', 'api', 'worker', 'robots', 'cli'];
/** Another start that builds at this moment, on a slow machine. */
const OTHER_BUILD_MS_MAX = 180_000;

/** One thing that is built as a whole: from which files, by which command, and a file that is there afterwards. */
interface Part {
  name: string;
  sources: string[];
  result: string;
  command: string[];
}

function partsOf(root: string): Part[] {
  const common = ['package-lock.json', 'tsconfig.json', 'libs'];
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js');
  const compile = [join(root, 'apps/launcher/src/compile-server.ts'), root, ...serverApps];
  return [
    {
      name: 'server',
      sources: [...common, 'apps/launcher/src/compile-server.ts', ...serverApps.map((app) => `apps/${app}`)],
      result: 'dist/apps/gateway/src/main.js',
      command: ['--import', createRequire(import.meta.url).resolve('tsx'), ...compile],
    },
    {
      name: 'pages',
      sources: [...common, 'apps/web'],
      result: 'dist/apps/web/index.html',
      command: [vite, 'build', join(root, 'apps/web'), '--logLevel', 'warn'],
    },
  ];
}

/** Builds what has changed since it was last built, and nothing else. Throws with the compiler's words. */
export async function buildWhatChanged(root: string, reporter: Reporter, signal: AbortSignal): Promise<void> {
  const stamps = join(root, 'dist/.stamps');
  mkdirSync(stamps, { recursive: true });
  // Two starts of one checkout, such as a test run beside `npm start`, must not write the same files at once.
  const lock = join(stamps, 'build.lock');
  await waitUntil(() => takeLock(lock, {}).taken, {
    what: 'another build',
    timeoutMs: OTHER_BUILD_MS_MAX,
    signal,
  });
  try {
    const parts = partsOf(root).map((part) => ({ ...part, stamp: stampOf(root, part.sources) }));
    const changed = parts.filter((part) => !isBuilt(root, stamps, part));
    if (changed.length === 0) reporter.note('nothing to build');
    const outcomes = await Promise.allSettled(
      changed.map(({ name, command, stamp }) =>
        reporter.step(`building the ${name}`, async () => {
          rmSync(join(stamps, name), { force: true });
          // Vite leaves out checks and minifies by NODE_ENV; the pages are the same in every environment.
          const env = { ...process.env, NODE_ENV: 'production' };
          await runCommand(process.execPath, command, { cwd: root, env, signal }).catch((cause: Error) => {
            signal.throwIfAborted();
            throw new Error(`the ${name} did not build. ${cause.message}`, { cause });
          });
          writeFileSync(join(stamps, name), stamp);
        }),
      ),
    );
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  } finally {
    rmSync(lock, { force: true });
  }
}

function isBuilt(root: string, stamps: string, { name, stamp, result }: Part & { stamp: string }): boolean {
  const file = join(stamps, name);
  return existsSync(file) && readFileSync(file, 'utf8') === stamp && existsSync(join(root, result));
}

/** Over contents, since a checkout sets all times anew; 10 ms for 300 files. */
function stampOf(root: string, sources: string[]): string {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of filesOf(join(root, source)).sort()) {
      hash
        .update(`${relative(root, file)}\0`)
        .update(readFileSync(file))
        .update('\0');
    }
  }
  return hash.digest('hex');
}

/** Tests are no part of what is built, nor is the lib that only tsx runs. */
const notBuilt = /\.spec\.tsx?$|\/test\/|\/node_modules\/|\/libs\/local-stack\//;

function filesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !notBuilt.test(file));
}
