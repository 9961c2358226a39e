import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkoutRoot, isAlive, waitUntil, whenExited } from '@app/local-stack';
import { processesOf } from '../../../apps/launcher/test/launcher-process.js';
import { benchmarks } from '../benchmarks.js';
import type { Measurement } from '../measurement.js';

const RUN_MS_MAX = 600_000;

const folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What it starts inherits the folder for temporary files, and can be found by it. */
function bench(...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'load-tests/bench/main.ts', ...args], {
    cwd: checkoutRoot,
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const run = { child, exited: whenExited(child), output: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (run.output += text));
  return run;
}

const nothingIsLeft = () => processesOf(folder).filter((pid) => isAlive(pid)).length === 0;

describe('npm run bench -- --short', { timeout: RUN_MS_MAX }, () => {
  it('measures every figure and leaves nothing behind', async () => {
    const json = join(folder, 'rows.json');
    const run = bench('--short', '--json', json);
    expect(await run.exited, run.output).toEqual({ code: 0, signal: null });
    const rows = JSON.parse(readFileSync(json, 'utf8')) as Measurement[];
    expect([...new Set(rows.map(({ id }) => id))]).toEqual(benchmarks.map(({ id }) => id));
    for (const { id, work, value, bare, ratio } of rows) {
      expect(value, `${id} ${work}`).toBeGreaterThanOrEqual(0);
      if (bare !== null) expect(ratio, `${id} ${work}`).toBeGreaterThan(0);
    }
    await waitUntil(nothingIsLeft, { what: 'the end of all that it started', timeoutMs: 10_000 });
  });

  it('stops what it started when it is interrupted', async () => {
    const run = bench('--only', 'B1');
    const isUnderWay = () => run.output.includes('warming up');
    await waitUntil(isUnderWay, { what: 'the first round', timeoutMs: 60_000 });
    run.child.kill('SIGINT');
    expect((await run.exited).code, run.output).toBe(1);
    expect(run.output).toContain('B1  interrupted');
    await waitUntil(nothingIsLeft, { what: 'the end of all that it started', timeoutMs: 10_000 });
  });
});
