import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot } from '@app/local-stack';
import type { Result } from '../model/result.ts';
import { renderReport } from '../report/render.ts';

export const resultsFolder = join(checkoutRoot, 'load-tests/results');
const DIGITS = 4;

export interface WrittenFiles {
  json: string;
  html: string;
}

/** `<name>.json` and `<name>.html`; without a name `<workload>-<yyyymmdd-hhmm>`, and `-2` and so on where that is taken. */
export async function writeResult(
  result: Result,
  { folder = resultsFolder, name, compare }: { folder?: string; name?: string; compare?: Result },
): Promise<WrittenFiles> {
  mkdirSync(folder, { recursive: true });
  const base = join(folder, name ?? freeName(folder, result));
  const rounded = roundedOf(result);
  writeFileSync(`${base}.json`, `${JSON.stringify(rounded)}\n`);
  writeFileSync(`${base}.html`, await renderReport(rounded, compare));
  return { json: `${base}.json`, html: `${base}.html` };
}

function freeName(folder: string, { workload, startedAt }: Result): string {
  const minute = startedAt.slice(0, 16).replaceAll(/[-:]/g, '').replace('T', '-');
  const name = `${workload}-${minute}`;
  for (let k = 1; ; k += 1) {
    const tried = k === 1 ? name : `${name}-${k}`;
    if (!existsSync(join(folder, `${tried}.json`))) return tried;
  }
}

/** Fractions to four digits: more says nothing, and makes the file three times as long. Whole numbers, as money is, stay as they are. */
export function roundedOf<T>(value: T): T {
  if (typeof value === 'number')
    return (Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS))) as T;
  if (Array.isArray(value)) return value.map(roundedOf) as T;
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, roundedOf(one)])) as T;
  return value;
}
