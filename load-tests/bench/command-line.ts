import { parseArgs } from 'node:util';

export const usage = `npm run bench                        all benchmarks, results kept in load-tests/results/
npm run bench -- --only B2,B3        some of them; kept only with --keep
npm run bench -- --json FILE         the rows of the table as JSON, besides
npm run bench -- --only L1,B9 --shares 10000000   how many shares the large packets of L1 and B9 have
npm run bench -- --short             small and quick: only whether every figure can be measured; goals are not judged
Exit code 0: measured, and every goal met (with --short: measured). 1: a goal missed or a benchmark failed. 2: not begun.`;

export interface BenchOptions {
  ids: string[];
  isShort: boolean;
  json?: string;
  keep: boolean;
  /** Of the large packets of L1 and B9. */
  shares?: number;
}

/** Throws Error with the words for the person who typed it. */
export function parseCommandLine(args: string[], known: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      ...{ only: { type: 'string' }, json: { type: 'string' }, shares: { type: 'string' } },
      ...{ short: { type: 'boolean' }, keep: { type: 'boolean' }, help: { type: 'boolean' } },
    },
  });
  if (values.help) return 'help';
  const asked = values.only?.split(',').map((id) => id.trim().toUpperCase()) ?? [];
  const strange = asked.filter((id) => !known.includes(id));
  if (strange.length > 0) throw new Error(`there is no ${strange.join(', ')}; there are ${known.join(', ')}`);
  if (values.shares !== undefined && !/^\d{6,8}$/.test(values.shares))
    throw new Error(`--shares takes a number from 100000 to 99999999, not ${values.shares}`);
  const isWhole = values.only === undefined && values.shares === undefined && !values.short;
  return {
    ids: values.only === undefined ? [...known] : known.filter((id) => asked.includes(id)),
    isShort: values.short ?? false,
    keep: values.keep ?? isWhole,
    ...(values.json === undefined ? {} : { json: values.json }),
    ...(values.shares === undefined ? {} : { shares: Number(values.shares) }),
  };
}
