import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkoutRoot, whenExited } from '@app/local-stack';
import type { RunResult } from '../run.js';

const RUN_MS_MAX = 120_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'faults-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function faults(...args: string[]): Promise<{ code: number | null; output: string }> {
  const main = join(checkoutRoot, 'load-tests/faults/main.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], {
    cwd: checkoutRoot,
    // Its stack and what it leaves, if anything, are in a folder that this test looks into.
    env: { ...process.env, TMPDIR: folder },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const { code } = await whenExited(child);
  return { code, output };
}

it(
  'a Redis killed under load is healed; the one claim that was changed behind its back is named, and nothing else; exit 1',
  async () => {
    const json = join(folder, 'results.json');
    const args = [
      '--only',
      'kill-redis',
      '--quick',
      '--seed',
      '3',
      '--plant',
      'claim-changed',
      '--json',
      json,
    ];
    const { code, output } = await faults(...args);
    expect(code, output).toBe(1);
    const [result] = JSON.parse(readFileSync(json, 'utf8')) as [RunResult];
    expect(result).toMatchObject({ fault: 'kill-redis', seed: 3 });
    expect(result.acked).toBeGreaterThan(result.won);
    expect(result.winsChecked, output).toBe(result.won);
    expect(result.healMs).toBeGreaterThan(0);
    const [, planted] = /planted: a settled claim changed by one fen \((\S+) of/.exec(output)!;
    expect(new Set(result.broken.flatMap(({ ids }) => ids))).toContain(planted);
    // Its packet no longer adds up, its share is not the split's, and what a client was told is not there.
    expect([...new Set(result.broken.map(({ invariant }) => invariant))].toSorted()).toEqual([
      'I1',
      'I2',
      'I4',
      'I5',
    ]);
    expect(readdirSync(folder).filter((name) => name.startsWith('hongbao'))).toEqual([]);
  },
  RUN_MS_MAX,
);
