import type { Measurement } from './measurement.js';

const COLUMNS_MAX = 120;
const HEAD = ['id', 'work', 'against', 'measured', 'bare', 'ratio', 'goal', 'verdict'] as const;
const WORK = 1;
const AGAINST = 2;
const RIGHT_ALIGNED = new Set([3, 4, 5]);
const GAP = '  ';

/** Figures as they are; the words of work and against wrap, so that no line is over 120 columns. */
export function tableOf(measured: readonly Measurement[], isJudged: boolean): string {
  const rows = measured.map((one) => cellsOf(one, isJudged));
  const natural = HEAD.map((name, k) => Math.max(name.length, ...rows.map((row) => row[k]!.length)));
  const fixed = natural.reduce((sum, width, k) => (k === WORK || k === AGAINST ? sum : sum + width), 0);
  const left = COLUMNS_MAX - fixed - GAP.length * (HEAD.length - 1);
  const work = Math.min(natural[WORK]!, Math.max(left - natural[AGAINST]!, Math.ceil(left / 2)));
  const widths = natural.with(WORK, work).with(AGAINST, Math.min(natural[AGAINST]!, left - work));
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width, 0) + GAP.length * (HEAD.length - 1));
  return [linesOf([...HEAD], widths), rule, ...rows.map((row) => linesOf(row, widths))].join('\n');
}

export function cellsOf(
  { id, work, against, value, bare, unit, ratio, goal, met }: Measurement,
  isJudged: boolean,
): string[] {
  const verdict = goal === 'report' || !isJudged ? '–' : met ? 'met' : 'NOT MET';
  const figure = (one: number | null) =>
    one === null ? '–' : one.toLocaleString('en-US', { maximumFractionDigits: 6 });
  return [
    id,
    work,
    against,
    `${figure(value)} ${unit}`,
    figure(bare),
    ratio === null ? '–' : `${ratio}×`,
    goal,
    verdict,
  ];
}

function linesOf(cells: string[], widths: readonly number[]): string {
  const wrapped = cells.map((cell, k) => wrap(cell, widths[k]!));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  const lines = Array.from({ length: height }, (_, line) =>
    wrapped
      .map((one, k) => {
        const text = one[line] ?? '';
        return RIGHT_ALIGNED.has(k) ? text.padStart(widths[k]!) : text.padEnd(widths[k]!);
      })
      .join(GAP)
      .trimEnd(),
  );
  return lines.join('\n');
}

function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
