import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findK6 } from '../runner/find-k6.ts';

/** A script that never ends fails its test with what it said so far. */
const RUN_MS_MAX = 40_000;
const SCRIPTS = join(import.meta.dirname, 'k6');

export interface K6Run {
  exitCode: number | null;
  /** What the script said with `{about, saw}`, and k6's own warnings and errors. */
  said: { about: string; saw: unknown }[];
  lines: string[];
  log: string;
  /** Its summary, as text. */
  metrics: string;
}

/** Plays a script of `test/k6`, or one named by its whole path, to its end. */
export async function runK6(
  script: string,
  env: Record<string, string>,
  args: string[] = [],
): Promise<K6Run> {
  const { path } = await findK6();
  const folder = mkdtempSync(join(tmpdir(), 'hongbao-k6-'));
  const linesFile = join(folder, 'lines');
  const summaryFile = join(folder, 'summary.json');
  try {
    const child = spawn(
      path,
      [
        ...['run', '--quiet', '--no-usage-report', '--no-color', '--summary-export', summaryFile],
        ...['--console-output', linesFile, '--log-format', 'raw', ...args],
        ...Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
        script.startsWith('/') ? script : join(SCRIPTS, script),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], timeout: RUN_MS_MAX, killSignal: 'SIGKILL' },
    );
    let log = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => (log += text.toString()));
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const lines = textOf(linesFile).split('\n').filter(Boolean);
    const said = lines.flatMap((line) =>
      line.startsWith('{"about"') ? [JSON.parse(line) as K6Run['said'][0]] : [],
    );
    return { exitCode, said, lines, log: `${log}\n${lines.join('\n')}`, metrics: textOf(summaryFile) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
