import { auditOf, until, type TestPerson } from '@app/testing';
import type { Fuzzed, FuzzOptions } from './fuzzed.js';
import { fuzzHttp } from './http/fuzz-http.js';
import { fuzzSockets } from './sockets/fuzz-sockets.js';

const FUZZERS = { sockets: fuzzSockets, http: fuzzHttp };
export type FuzzerName = keyof typeof FUZZERS;
export const FUZZER_NAMES = Object.keys(FUZZERS) as FuzzerName[];

/** After the last input all that was won is settled within this. */
const QUIET_MS_MAX = 30_000;

export interface FuzzRun extends FuzzOptions {
  only: readonly FuzzerName[];
  /** Settings of the service, for the audit; without them it is left out. */
  env?: Record<string, string>;
  say(line: string): void;
}

/** Each fuzzer for so many seconds, then the processes and the money. Gives what is wrong, a line each. */
export async function runFuzz({ only, env, say, ...options }: FuzzRun): Promise<string[]> {
  const wrong: string[] = [];
  const startsBefore = await startsOfProcesses(options.url);
  const people: TestPerson[] = [];
  for (const name of only) {
    say(`${name}: seed ${options.seed}, ${options.seconds} s`);
    const fuzzed = await FUZZERS[name](options);
    people.push(...fuzzed.people);
    say(`${name}: ${fuzzed.tried}; a person who behaves waited ${waitsOf(fuzzed)}`);
    if (fuzzed.broken !== undefined) wrong.push(`${name}: ${fuzzed.broken}`);
  }
  const startsAfter = await startsOfProcesses(options.url);
  if (startsAfter !== startsBefore)
    wrong.push(`a process was started again: ${startsBefore} → ${startsAfter}`);
  say(`processes: none was started again (${startsBefore.split('\n').length} looked at)`);
  for (const person of people) {
    const isSum = () => walletIsSum(person);
    await until('a wallet is the sum of its movements', isSum, QUIET_MS_MAX).catch((error: Error) =>
      wrong.push(`${person.userId}: ${error.message}`),
    );
  }
  say(`money: ${people.length} wallets are the sum of their movements`);
  if (env) wrong.push(...(await brokenInvariants(env)));
  return wrong;
}

function waitsOf({ waits }: Fuzzed): string {
  const sorted = [...waits].sort((a, b) => a - b);
  const at = (part: number) => Math.round(sorted[Math.floor(part * (sorted.length - 1))] ?? 0);
  return `${at(0.5)} ms at p50, ${at(0.99)} ms at p99 of ${sorted.length} requests`;
}

/** Of gateway, api and worker: it moves when a process is started again. */
async function startsOfProcesses(url: string): Promise<string> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return (text.match(/^process_start_time_seconds.*$/gm) ?? []).join('\n');
}

/** For each currency; by page, for a fuzzer may have made thousands of movements. */
async function walletIsSum({ token, http }: TestPerson): Promise<boolean> {
  const { balances } = await http.wallet();
  const sums = new Map<string, number>();
  const url = (http as unknown as { options: { url: string } }).options.url;
  for (let cursor: string | null = ''; cursor !== null;) {
    const response: Response = await fetch(
      `${url}/api/v1/wallet/entries?limit=100${cursor && `&cursor=${cursor}`}`,
      { headers: { authorization: `Bearer ${token}` } },
    );
    const entries = (await response.json()) as { currency: string; amount: number }[];
    if (!Array.isArray(entries)) return false;
    for (const { currency, amount } of entries) sums.set(currency, (sums.get(currency) ?? 0) + amount);
    cursor = response.headers.get('x-next-cursor');
  }
  return balances.every(({ currency, available }) => available === (sums.get(currency) ?? 0));
}

/** Until quiet: what is on its way is no fault. */
async function brokenInvariants(env: Record<string, string>): Promise<string[]> {
  let broken: unknown[] = [];
  const isClean = async () => {
    const audit = await auditOf(env);
    broken = audit.broken;
    return audit.ok;
  };
  await until('the audit is clean', isClean, QUIET_MS_MAX).catch(() => undefined);
  return broken.map((one) => `audit: ${JSON.stringify(one)}`);
}
