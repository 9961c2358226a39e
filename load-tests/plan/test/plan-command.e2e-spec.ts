import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkoutRoot } from '@app/local-stack';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testCostsFile } from '../test-costs.ts';

const COMMAND_MS_MAX = 60_000;
let folder: string;
let costs: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plan-'));
  costs = join(folder, 'costs.json');
  writeFileSync(costs, JSON.stringify(testCostsFile()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As a person would, without any service running. */
function plan(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'load-tests/plan/main.ts', ...args],
    { cwd: checkoutRoot, encoding: 'utf8', timeout: COMMAND_MS_MAX },
  );
  return { status, stdout, stderr };
}
const target = ['--peak', '50k', '--people', '1M', '--shares', '500k'];

describe('npm run plan', () => {
  it('says what a target needs, what breaks first, latency, its own error and its assumptions, and draws', () => {
    const svg = join(folder, 'latency.svg');
    const { status, stdout } = plan(...target, '--costs', costs, '--svg', svg);
    expect(status).toBe(0);
    for (const words of [
      'gateways',
      'packet Redis',
      'Postgres',
      'What is full first',
      'Latency against load',
      'error',
      'Assumptions',
    ])
      expect(stdout).toContain(words);
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  });

  it('prints the same as JSON', () => {
    const { status, stdout } = plan(...target, '--costs', costs, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      plan: { target: { peak: 50_000 }, regions: expect.any(Number) },
    });
  });

  it.each([
    [['--peak', 'x'], /^plan: --peak is a number from 1, not x\n$/],
    [[...target, '--costs', 'nowhere.json'], /^plan: nowhere\.json is not there: measure them/],
    [[...target, '--bogus'], /^plan: Unknown option '--bogus'\n$/],
  ])('refuses %j with one line and 2', (args, line) => {
    const { status, stdout, stderr } = plan(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(line);
  });

  it('--help names what it takes', () => {
    expect(plan('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--stagger-seconds') });
  });
});
