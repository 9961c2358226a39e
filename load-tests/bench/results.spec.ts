import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commit, thisMachine } from './machine.js';
import { compared } from './measurement.js';
import { keepResult, type BenchResult } from './results.js';

const folder = mkdtempSync(join(tmpdir(), 'bench-results-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const words = { id: 'B5', work: 'a drop', against: 'a loop | of ws', unit: 'ms' };
const result: BenchResult = {
  ...{ startedAt: '2026-11-23T16:00:00.000Z', seconds: 12.3, commit: 'abc1234', machine: thisMachine() },
  measurements: [compared({ atMost: 1.3 }, { ...words, value: 50, bare: 25 })],
  ...{ failures: { B9: 'no memory' }, notes: ['a note'] },
};

describe('kept results', () => {
  it('are a JSON file and a page with the same figures, under their date and commit', () => {
    const { json, page } = keepResult(result, folder);
    expect(basename(json)).toBe('bench-2026-11-23-abc1234.json');
    expect(JSON.parse(readFileSync(json, 'utf8'))).toEqual(result);
    const text = readFileSync(page, 'utf8');
    expect(text).toContain('| B5 | a drop | a loop \\| of ws | 50 ms | 25 | 2× | ≤ 1.3× | NOT MET |');
    expect(text).toContain('- B9 could not be measured: no memory');
  });

  it('never replace those of an earlier run', () => {
    expect(basename(keepResult(result, folder).json)).toBe('bench-2026-11-23-abc1234-2.json');
  });

  it('name the machine', () => {
    const { cores, versions, loadAverage } = thisMachine();
    expect(cores).toBeGreaterThan(0);
    expect(loadAverage).toHaveLength(3);
    for (const version of Object.values(versions)) expect(version).toMatch(/^\d+\.\d+/);
    expect(commit()).not.toBe('');
  });
});
