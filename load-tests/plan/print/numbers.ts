const THIN = [
  [1e9, 'bn'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** Three digits at most: 13.5 M, 760 k, 42. */
export function count(value: number): string {
  for (const [size, unit] of THIN) if (value >= size * 0.9995) return `${digits(value / size)} ${unit}`;
  return digits(value);
}

export function bytes(value: number): string {
  for (const [k, unit] of ['PB', 'TB', 'GB', 'MB', 'kB'].entries()) {
    const size = 10 ** (15 - 3 * k);
    if (value >= size * 0.9995) return `${digits(value / size)} ${unit}`;
  }
  return `${digits(value)} B`;
}

export function bits(bytesPerSecond: number): string {
  const value = bytesPerSecond * 8;
  for (const [k, unit] of ['Tbit/s', 'Gbit/s', 'Mbit/s', 'kbit/s'].entries()) {
    const size = 10 ** (12 - 3 * k);
    if (value >= size * 0.9995) return `${digits(value / size)} ${unit}`;
  }
  return value < 1 ? '0' : `${digits(value)} bit/s`;
}

export function ms(value: number): string {
  return value >= 1_000 ? `${digits(value / 1_000)} s` : `${digits(value)} ms`;
}

export const percent = (share: number) => `${digits(100 * share)} %`;
export const whole = (value: number) => Math.round(value).toLocaleString('en-US').replaceAll(',', ' ');

function digits(value: number): string {
  if (value === 0) return '0';
  if (value >= 99.95) return String(Math.round(value));
  return String(Number(value.toPrecision(value >= 1 ? 3 : 2)));
}

/** Columns as wide as their widest cell; the first to the left, the others to the right unless `left`. */
export function table(rows: readonly (readonly string[])[], left: readonly number[] = [0]): string {
  const widths = rows[0]!.map((_, k) => Math.max(...rows.map((row) => row[k]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, k) => (left.includes(k) ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Words in lines of at most `width` characters. */
export function wrapped(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line && line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  lines.push(line);
  return lines.join(`\n${indent}`);
}
