import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Result } from '../model/result.ts';
import { renderReport } from './render.ts';

/** Renders a result again: `tsx load-tests/report/cli.ts RESULT.json [--compare EARLIER.json] [--out FILE.html]`. */
const USAGE = 'tsx load-tests/report/cli.ts RESULT.json [--compare EARLIER.json] [--out FILE.html]';

async function resultIn(path: string): Promise<Result> {
  const read = JSON.parse(await readFile(path, 'utf8')) as Partial<Result>;
  if (read.version !== 1 || !read.series) throw new Error(`${path} is no result of a load test`);
  return read as Result;
}

async function main(): Promise<void> {
  const options = { compare: { type: 'string' }, out: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw new Error(`usage: ${USAGE}`);
  const out = values.out ?? path.replace(/(\.json)?$/, '.html');
  const earlier = values.compare === undefined ? undefined : await resultIn(values.compare);
  await writeFile(out, await renderReport(await resultIn(path), earlier));
  console.log(out);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
