import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot } from '@app/local-stack';
import type { Machine } from './machine.js';
import type { Measurement } from './measurement.js';
import { cellsOf } from './table.js';

const resultsFolder = join(checkoutRoot, 'load-tests/results');
const GIGABYTE = 2 ** 30;

/** One run, as it is kept. */
export interface BenchResult {
  /** ISO 8601, UTC. */
  startedAt: string;
  seconds: number;
  commit: string;
  machine: Machine;
  measurements: Measurement[];
  /** Benchmarks that could not be measured, with the reason. */
  failures: Record<string, string>;
  /** What they said besides. */
  notes: string[];
}

/** Writes `bench-<date>-<commit>.json` and `.md`, or with `-2` and so on where these are taken. Gives both paths. */
export function keepResult(result: BenchResult, folder = resultsFolder): { json: string; page: string } {
  mkdirSync(folder, { recursive: true });
  const base = freeBase(folder, `bench-${result.startedAt.slice(0, 10)}-${result.commit}`);
  const files = { json: `${base}.json`, page: `${base}.md` };
  writeFileSync(files.json, `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(files.page, pageOf(result));
  return files;
}

function freeBase(folder: string, name: string): string {
  for (let k = 1; ; k += 1) {
    const base = join(folder, k === 1 ? name : `${name}-${k}`);
    if (!existsSync(`${base}.json`)) return base;
  }
}

function pageOf({ startedAt, seconds, commit, machine, measurements, failures, notes }: BenchResult): string {
  const { cpu, cores, memoryBytes, os, loadAverage, versions } = machine;
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const missed = measurements.filter(({ met }) => !met).map(({ id, work }) => `${id} (${work})`);
  const failed = Object.entries(failures).map(([id, reason]) => `- ${id} could not be measured: ${reason}`);
  return [
    `# Bench of ${startedAt.slice(0, 10)}, commit ${commit}`,
    '',
    '<!-- One paragraph that reads the figures goes here: what moved since the last one, and why. -->',
    '',
    row(['', 'work', 'against', 'measured', 'bare', 'ratio', 'goal', '']),
    '|---|---|---|--:|--:|--:|---|---|',
    ...measurements.map((one) => row(cellsOf(one, true))),
    '',
    missed.length > 0 ? `Not met: ${missed.join(', ')}.` : 'Every goal is met.',
    ...(failed.length > 0 ? ['', ...failed] : []),
    '',
    ...notes.map((note) => `- ${note}`),
    ...(notes.length > 0 ? [''] : []),
    '| machine | |',
    '|---|---|',
    row(['processor', `${cpu}, ${cores} cores`]),
    row(['memory', `${(memoryBytes / GIGABYTE).toFixed(1)} GiB`]),
    row(['system', os]),
    row(['load before', loadAverage.join(', ')]),
    ...Object.entries(versions).map(([name, version]) => row([name, version])),
    row(['began', startedAt]),
    row(['took', `${Math.round(seconds)} s`]),
    '',
  ].join('\n');
}
