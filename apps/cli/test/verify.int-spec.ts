import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commitmentOf, splitLucky } from '@app/domain';
import { runCommand } from './run-command.js';

const seed = 'ab'.repeat(32);
const terms = { amount: 1_000, count: 10, min: 1, max: 1_000 };
const packetId = 'a-packet';
const claims = splitLucky(seed, terms).map((amount, k) => ({ ordinal: k + 1, amount }));
const proof = {
  ...{ version: 'split-v1', packetId, kind: 'lucky', seed, partitions: 1, claims, ...terms },
  commitment: commitmentOf(packetId, seed, terms),
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hongbao-verify-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function verify(content: unknown) {
  const file = join(folder, 'proof.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return runCommand('verify', { args: [file] });
}

it('an honest proof is ok, from a file and from standard input', async () => {
  const fromFile = await verify(proof);
  expect(fromFile).toMatchObject({ code: 0, stderr: '' });
  expect(fromFile.stdout).toContain(proof.commitment);
  expect(fromFile.stdout).toMatch(/10 checked, of 10 shares\nok\n$/);
  const stdin = JSON.stringify(proof);
  const fromInput = await runCommand('verify', { args: ['-'], stdin, fromSource: true });
  expect(fromInput).toEqual(fromFile);
});

it('the first difference is named', async () => {
  const paid = proof.claims.map((claim) =>
    claim.ordinal >= 4 ? { ...claim, amount: claim.amount + 1 } : claim,
  );
  const wrong = await verify({ ...proof, claims: paid });
  expect(wrong.code).toBe(1);
  expect(wrong.stdout).toMatch(
    new RegExp(`different: claim 4 was paid ${paid[3]!.amount}, the split gives ${claims[3]!.amount}`),
  );
  expect(await verify({ ...proof, seed: 'cd'.repeat(32) })).toMatchObject({ code: 1 });
});

it('terms that no split can have are a difference, not a crash', async () => {
  const impossible = { ...terms, count: 2_000 };
  const commitment = commitmentOf(packetId, seed, impossible);
  const { code, stdout } = await verify({ ...proof, ...impossible, commitment });
  expect(code).toBe(1);
  expect(stdout).toMatch(/different: cannot split 1000 into 2000 shares/);
});

it.each([
  ['{"version":', /is not JSON/],
  ['null', /is not a proof: the whole/],
  [{ ...proof, claims: [{ ordinal: '1', amount: 1 }] }, /is not a proof: claims\.0\.ordinal/],
  [{ ...proof, count: 1e12 }, /is not a proof: count/],
])('what is no proof gets one line and exit 2: %#', async (content, line) => {
  const { code, stdout, stderr } = await verify(content);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(line);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

it('a file that is not there, or none, gets exit 2', async () => {
  const missing = await runCommand('verify', { args: [join(folder, 'none.json')] });
  expect(missing).toMatchObject({ code: 2, stdout: '' });
  expect(await runCommand('verify')).toMatchObject({ code: 2 });
});
