import { parseArgs } from 'node:util';
import { FUZZER_NAMES, type FuzzerName } from './run.js';

export const usage = `npm run fuzz                        sockets and HTTP, 60 s each, against a service of its own
npm run fuzz -- --seconds 600       each for so long
npm run fuzz -- --seed 7            the inputs of that run again, in its order
npm run fuzz -- --only sockets      one of them; or http
npm run fuzz -- --target URL        a service that runs, in development mode: it is given people, rooms and money
Exit code 0: nothing wrong. 1: something is, with the smallest input that shows it. 2: not begun.`;

const SECONDS_DEFAULT = 60;
const SECONDS_MAX = 86_400;
const SEED_MAX = 2 ** 31;

export interface Options {
  seconds: number;
  seed: number;
  only: FuzzerName[];
  target?: string;
}

/** Throws Error with the words for the person who typed it. */
export function parseCommandLine(args: string[]): Options | 'help' {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: { seconds: text, seed: text, only: text, target: text, help: { type: 'boolean' } },
  });
  if (values.help) return 'help';
  const only = values.only?.split(',').map((name) => name.trim()) ?? FUZZER_NAMES;
  const strange = only.filter((name) => !FUZZER_NAMES.includes(name as FuzzerName));
  if (strange.length > 0)
    throw new Error(`there is no ${strange.join(', ')}; there are ${FUZZER_NAMES.join(', ')}`);
  if (values.target !== undefined && !URL.canParse(values.target))
    throw new Error(`--target is a URL such as http://127.0.0.1:8080, not ${values.target}`);
  return {
    seconds: wholeOf('--seconds', values.seconds, SECONDS_DEFAULT, SECONDS_MAX),
    seed: wholeOf('--seed', values.seed, Date.now() % SEED_MAX, SEED_MAX),
    only: only as FuzzerName[],
    ...(values.target === undefined ? {} : { target: values.target.replace(/\/+$/, '') }),
  };
}

function wholeOf(name: string, given: string | undefined, otherwise: number, max: number): number {
  if (given === undefined) return otherwise;
  if (!/^\d{1,10}$/.test(given) || Number(given) > max || Number(given) < 1)
    throw new Error(`${name} is a whole number from 1 to ${max}, not ${given}`);
  return Number(given);
}
