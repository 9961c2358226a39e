import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Result } from '../model/result.ts';
import { runWorkload, type RunOutcome } from '../runner/run.ts';
import { findTarget } from '../runner/target.ts';
import { Terminal } from '../runner/terminal.ts';
import { workloads } from '../workloads/index.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    serviceUrl: string;
    serviceEnv: Record<string, string>;
  }
}

/** k6 is built first where there is none. */
const RUN_MS_MAX = 300_000;

const folder = mkdtempSync(join(tmpdir(), 'load-smoke-'));
let outcome: RunOutcome;
let said = '';

/** In two k6 processes, as two machines would: what they measured has to come together. */
beforeAll(async () => {
  outcome = await runWorkload({
    ...{ workload: workloads['smoke']!, processes: 2, seed: 20_150_218, marks: [], folder },
    target: findTarget(inject('serviceUrl'), inject('serviceEnv')),
    terminal: new Terminal({ write: (text) => void (said += text) }),
    signal: new AbortController().signal,
  });
}, RUN_MS_MAX);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('npm run load -- smoke --processes 2', () => {
  it('meets its verdict, loses no fen and exits with 0', () => {
    const { verdicts, money } = outcome.result;
    expect(verdicts.filter(({ met }) => !met)).toEqual([]);
    expect(money.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(money).toMatchObject({ ok: true, audit: { ran: true, ok: true, broken: [] } });
    expect(money.funded).toBe(money.claimed.amount + money.refunded);
    expect(outcome.exitCode).toBe(0);
  });

  it('was played to its end, by everybody that was planned', () => {
    const { complete, series, totals, k6 } = outcome.result;
    expect(complete).toBe(true);
    expect(k6.processes).toBe(2);
    // On a machine that is busy with other tests some are there a moment after the load began.
    expect(Math.max(...series.sockets.map((sockets) => sockets ?? 0))).toBe(130);
    expect(totals.answered).toBe(totals.offered);
  });

  it('reports open, sold-out and duplicate traffic apart', () => {
    const { times } = outcome.result.totals;
    for (const kind of ['grab.open', 'grab.soldOut', 'grab.duplicate'] as const)
      expect(times[kind]!.count, kind).toBeGreaterThan(10);
    expect(times.settlement!.count).toBe(outcome.result.totals.outcomes['won']);
  });

  it('has seen the service while it worked', () => {
    const { saturation, commit, versions } = outcome.result;
    const processes = saturation.map(({ process }) => process);
    expect(processes).toEqual(expect.arrayContaining(['gateway', 'api', 'worker', 'k6 1', 'k6 2']));
    expect(commit).not.toBe('');
    expect(Object.keys(versions)).toEqual(expect.arrayContaining(['node', 'k6', 'redis', 'postgres']));
  });

  it('leaves a JSON file and a page, and nothing with tokens in it', () => {
    const { json, html } = outcome.files;
    expect((JSON.parse(readFileSync(json, 'utf8')) as Result).runId).toBe(outcome.result.runId);
    expect(readFileSync(html, 'utf8')).toContain('<!doctype html>');
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
    expect(existsSync(join(folder, 'tmp', outcome.result.runId))).toBe(false);
  });

  it('has shown how it went while it went', () => {
    expect(said).toMatch(/\d+ s of 20 s: offered \d+\/s, answered \d+\/s, p99 open/);
  });
});
