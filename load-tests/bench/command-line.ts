import { parseArgs } from 'node:util';

export const usage = `npm run bench                        all benchmarks, results kept in load-tests/results/
npm run bench -- --only B2,B3        some of them; kept only with --keep
npm run bench -- --json FILE         the rows of the table as JSON, besides
npm run bench -- --short             small and quick: only whether every figure can be measured; goals are not judged
Exit code 0: measured, and every goal met (with --short: measured). 1: a goal missed or a benchmark failed. 2: not begun.`;

export interface BenchOptions {
  ids: string[];
  isShort: boolean;
  json?: string;
  keep: boolean;
}

/** Throws Error with the words for the person who typed it. */
export function parseCommandLine(args: string[], known: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      ...{ only: { type: 'string' }, json: { type: 'string' } },
      ...{ short: { type: 'boolean' }, keep: { type: 'boolean' }, help: { type: 'boolean' } },
    },
  });
  if (values.help) return 'help';
  const asked = values.only?.split(',').map((id) => id.trim().toUpperCase()) ?? [];
  const strange = asked.filter((id) => !known.includes(id));
  if (strange.length > 0) throw new Error(`there is no ${strange.join(', ')}; there are ${known.join(', ')}`);
  const isWhole = values.only === undefined && !values.short;
  return {
    ids: values.only === undefined ? [...known] : known.filter((id) => asked.includes(id)),
    isShort: values.short ?? false,
    keep: values.keep ?? isWhole,
    ...(values.json === undefined ? {} : { json: values.json }),
  };
}
