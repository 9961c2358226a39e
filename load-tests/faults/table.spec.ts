import { expect, it } from 'vitest';
import type { RunResult } from './run.js';
import { tableOf } from './table.js';

const result = (fault: string, healMs: number | null, broken: RunResult['broken'] = []): RunResult => ({
  ...{
    fault,
    seed: 1,
    grabs: 1_000,
    acked: 900,
    unknown: 5,
    healMs,
    broken,
    won: 300,
    busy: 95,
    refused: {},
  },
  ...{ lostWithDisk: 2, winsChecked: 298, seconds: 9, ended: [], story: [] },
});

it('sums the runs of each fault, says how long each took to heal, and puts several at once in a line', () => {
  const broken = [{ invariant: 'I5' as const, ids: ['x'], detail: 'gone' }];
  const lines = tableOf([
    result('resets', 1_200.4),
    result('resets', null, broken),
    ...[10, 40, 30, 20].map((ms) => result('a+b+c', ms)),
  ])
    .split('\n')
    .map((line) => line.split(/ {2,}/));
  expect(lines[2]).toEqual(['resets', '2', '2,000', '1,800', '600', '10', '190', '4', '1200 not', '1']);
  expect(lines[3]!.slice(0, 2)).toEqual(['3 at once', '4']);
  expect(lines[3]!.at(-2)).toBe('10 to 40, middle 30');
  expect(lines[4]![0]).toBe('all');
});
