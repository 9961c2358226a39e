import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { HttpClient } from '@app/client';
import type { Curve, Plan } from '../model/plan.ts';
import type { Result } from '../model/result.ts';
import type { Workload } from '../model/workload.ts';
import { makePlan } from '../setup/make-plan.ts';
import { clockAheadMs } from '../setup/reach.ts';
import type { Setup } from '../setup/setup.ts';
import { verdicts } from '../verdicts/index.ts';
import { assemble, versionsOf } from './assemble.ts';
import { findK6, type FoundK6 } from './find-k6.ts';
import type { Mark } from './marks.ts';
import type { Merged } from './merge.ts';
import { moneyOf } from './money/money.ts';
import { play, type Played } from './play.ts';
import { summaryLines } from './summary.ts';
import type { Target } from './target.ts';
import type { Terminal } from './terminal.ts';
import { resultsFolder, writeResult, type WrittenFiles } from './write.ts';

export const EXIT = { good: 0, notMet: 1, couldNotRun: 2 } as const;

export interface RunOptions {
  workload: Workload;
  target: Target;
  scale?: number;
  seconds?: number;
  curve?: Curve;
  seed: number;
  processes: number;
  /** What was or will be done to the service, at seconds of the load. */
  marks: Mark[];
  compare?: Result;
  /** Of the files in the results folder, without their ends. */
  name?: string;
  /** Keep plan, setup, lines and logs of a good run too. */
  keep?: boolean;
  folder?: string;
  terminal: Terminal;
  /** Ends the load early; the money is checked all the same. */
  signal: AbortSignal;
  /** Told when the plan is made: from then on it is known when which second is. */
  onPlan?: (plan: Plan) => void;
}

export interface RunOutcome {
  result: Result;
  files: WrittenFiles;
  exitCode: (typeof EXIT)[keyof typeof EXIT];
}

/** The run can't be done, or not be told of; one sentence for people. */
export class RunError extends Error {
  override name = 'RunError';
}

/** A whole run: prepare, play, check the money, judge, write. Throws PlanError or RunError when there is nothing to report. */
export async function runWorkload(options: RunOptions): Promise<RunOutcome> {
  const { terminal, workload, signal } = options;
  const k6 = await findK6((line) => terminal.line(`  ${line}`));
  terminal.line(`${workload.title}: preparing at ${options.target.url}, seed ${options.seed}`);
  const { plan, setup } = await prepare(options);
  if (signal.aborted) throw new RunError('stopped before the load began');
  options.onPlan?.(plan);
  const folder = runFolder(options.folder ?? resultsFolder, plan, setup);
  const target = { ...options.target, clockAheadMs: await clockOf(plan) };
  const scale = options.scale ?? workload.scale;
  const { processes } = options;
  const breakRule = verdictOf(workload).breakpoint;
  const played = await play({ plan, scale, k6, processes, target, folder, breakRule, terminal, signal });
  sayHowItEnded(terminal, played);
  if (played.merged.ready.size === 0)
    throw new RunError(`nobody connected, so there is nothing to report. See ${relative('', folder)}`);

  const outcome = await report({ ...options, target }, { plan, setup, played, scale, k6 });
  if (outcome.exitCode === EXIT.good && !options.keep) rmSync(folder, { recursive: true, force: true });
  else terminal.line(`  plan, lines and logs: ${relative('', folder)} (with tokens: treat it as a secret)`);
  return outcome;
}

export function verdictOf({ name, verdict }: Workload) {
  const found = verdicts[verdict];
  if (!found) throw new RunError(`${name} names the verdict ${verdict}, and there is none`);
  return found;
}

async function prepare(options: RunOptions): Promise<{ plan: Plan; setup: Setup }> {
  const { workload, target, scale, seconds, curve, seed, terminal } = options;
  const made = await makePlan({
    ...{ workload, target: target.url, seed },
    ...(scale === undefined ? {} : { scale }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(curve ? { curve } : {}),
    ...(target.jwt ? { jwt: target.jwt } : {}),
    onProgress: (what, done, of) => terminal.progress(what, done, of),
  });
  terminal.keep();
  return made;
}

/** `tmp/<runId>` beside the results, with what k6 and the check of the money need. Tokens are in it: for its owner only. */
function runFolder(results: string, plan: Plan, setup: Setup): string {
  const folder = join(results, 'tmp', plan.runId);
  mkdirSync(join(results, 'tmp'), { recursive: true });
  mkdirSync(folder, { mode: 0o700 });
  writePlan(folder, plan, setup);
  return folder;
}

export function writePlan(folder: string, plan: Plan, setup: Setup): void {
  for (const [name, content] of Object.entries({ plan, setup }))
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(content), { mode: 0o600 });
}

/** How far the target's clock is ahead of ours: seconds of the load are its own. */
async function clockOf({ target, people }: Plan): Promise<number> {
  try {
    return await clockAheadMs(target, people[0]!.token);
  } catch {
    return 0;
  }
}

function sayHowItEnded(terminal: Terminal, { stopped, failures, merged }: Played): void {
  for (const failure of failures) terminal.line(`  ${failure}`);
  if (stopped) terminal.line(`  the load ended early: ${stopped}`);
  for (const line of merged.strange.slice(0, 5)) terminal.line(`  k6 said: ${line}`);
}

export interface ReportInput {
  plan: Plan;
  setup: Setup;
  played: Pick<Played, 'merged' | 'log' | 'stopped' | 'brokeAtSecond'>;
  scale: number;
  k6: Pick<FoundK6, 'version'>;
}

export type ReportOptions = Pick<
  RunOptions,
  'workload' | 'target' | 'processes' | 'marks' | 'compare' | 'name' | 'folder' | 'terminal'
>;

/** Checks the money, judges and writes, for a load that was played, here or elsewhere. */
export async function report(options: ReportOptions, input: ReportInput): Promise<RunOutcome> {
  const { workload, target, terminal, compare, name, folder } = options;
  const { plan, setup, played, scale, k6 } = input;
  if (played.stopped) await endCampaigns(setup);
  terminal.line('checking the money: every packet closed, every claim settled, every fen somewhere');
  const money = await moneyOf({
    ...{ plan, setup, merged: played.merged, auditEnv: target.auditEnv },
    onProgress: (what, done, of) => terminal.progress(what, done, of),
  });
  terminal.keep();
  const result = assemble({
    ...{ plan, workload, verdict: verdictOf(workload), scale, target, merged: played.merged },
    ...{ saturation: played.log.toSaturation(plan.seconds), money, marks: options.marks },
    complete: isComplete(plan, played.merged, played.stopped),
    ...(played.brokeAtSecond === undefined ? {} : { brokeAtSecond: played.brokeAtSecond }),
    k6: { processes: options.processes, version: k6.version },
    versions: await versionsOf(target, k6.version),
  });
  const files = await writeResult(result, {
    ...(name === undefined ? {} : { name }),
    ...(folder === undefined ? {} : { folder }),
    ...(compare ? { compare } : {}),
  });
  for (const line of summaryLines(result)) terminal.line(line);
  terminal.line(`  report  ${relative('', files.html)}`);
  terminal.line(`  data    ${relative('', files.json)}`);
  return { result, files, exitCode: exitCodeOf(result) };
}

/** A breakpoint found is what such a run is for; any other early end leaves the figures of half a load. */
export function exitCodeOf({
  verdicts: judged,
  money,
  complete,
  breakpoint,
}: Result): RunOutcome['exitCode'] {
  const met = judged.every((verdict) => verdict.met);
  return met && money.ok && (complete || breakpoint !== undefined) ? EXIT.good : EXIT.notMet;
}

function isComplete(plan: Plan, merged: Merged, stopped: Played['stopped']): boolean {
  return stopped === undefined && merged.ended.size === plan.vus;
}

/** Drops that nobody is there for any more need not be waited for. What can't be ended now ends by itself. */
async function endCampaigns({ target, campaigns }: Setup): Promise<void> {
  const http = new HttpClient({ url: target });
  await Promise.allSettled(
    campaigns.map(({ campaignId, marketerToken }) =>
      http.withToken(marketerToken).steerCampaign(campaignId, 'cancel'),
    ),
  );
}
