import type { RunResult } from './run.js';

const HEAD = [
  'fault',
  'runs',
  'grabs',
  'acked',
  'won',
  'unknown',
  'busy',
  'lost with disk',
  'heals in ms',
  'broken',
];

/** A line for each fault: of its runs the sums, and how long each took to heal. Runs of several at once share a line by their number. */
export function tableOf(results: readonly RunResult[]): string {
  const lines = new Map<string, RunResult[]>();
  for (const result of results) {
    const several = result.fault.split('+').length;
    const name = several > 1 ? `${several} at once` : result.fault;
    lines.set(name, [...(lines.get(name) ?? []), result]);
  }
  const rows = [...lines].map(([name, runs]) => rowOf(name, runs));
  rows.push(rowOf('all', results));
  const widths = HEAD.map((title, k) => Math.max(title.length, ...rows.map((row) => row[k]!.length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, k) => (k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!))).join('  ');
  return [line(HEAD), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function rowOf(name: string, runs: readonly RunResult[]): string[] {
  const sum = (of: (result: RunResult) => number) =>
    runs.reduce((total, result) => total + of(result), 0).toLocaleString('en');
  const heals = runs.map(({ healMs }) => (healMs === null ? 'not' : String(Math.round(healMs))));
  return [
    ...[
      name,
      String(runs.length),
      sum(({ grabs }) => grabs),
      sum(({ acked }) => acked),
      sum(({ won }) => won),
    ],
    ...[sum(({ unknown }) => unknown), sum(({ busy }) => busy), sum(({ lostWithDisk }) => lostWithDisk)],
    ...[name === 'all' ? '' : shorten(heals), sum(({ broken }) => broken.length)],
  ];
}

/** Of many the least, the middle and the most. */
function shorten(heals: readonly string[]): string {
  if (heals.length <= 3) return heals.join(' ');
  const sorted = heals.map((text) => (text === 'not' ? Infinity : Number(text))).toSorted((a, b) => a - b);
  const [least, middle, most] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return `${least} to ${most}, middle ${middle}`;
}
