import { spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const TSX = join(ROOT, 'node_modules/.bin/tsx');

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command as a person does, with an environment of the test's own. */
export function runCommand(
  name: 'audit' | 'verify' | 'migrate' | 'main',
  options: { args?: string[]; env?: Record<string, string>; stdin?: string } = {},
): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(TSX, [join(ROOT, 'apps/cli/src', `${name}.ts`), ...(options.args ?? [])], {
      cwd: ROOT,
      env: { PATH, HOME, ...options.env },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => (stdout += text));
    child.stderr.on('data', (text) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.end(options.stdin ?? '');
  });
}
