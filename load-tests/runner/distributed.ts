import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Curve, Plan } from '../model/plan.ts';
import type { Result } from '../model/result.ts';
import type { Workload } from '../model/workload.ts';
import { makePlan } from '../setup/make-plan.ts';
import type { Setup } from '../setup/setup.ts';
import { workloads } from '../workloads/index.ts';
import { k6Arguments, linesFileOf, PLAYER } from './k6-process.ts';
import type { Mark } from './marks.ts';
import { Merged } from './merge.ts';
import { report, RunError, writePlan, type RunOutcome } from './run.ts';
import { SaturationLog } from './saturation.ts';
import { Tail } from './tail.ts';
import { findTarget, type Target } from './target.ts';
import type { Terminal } from './terminal.ts';

export interface PrepareOptions {
  workload: Workload;
  target: Target;
  scale?: number;
  seconds?: number;
  curve?: Curve;
  seed: number;
  processes: number;
  /** The folder, which must not hold a plan yet. */
  out: string | undefined;
  startInSeconds: number;
  terminal: Terminal;
}

/** What `merge` has to know beside plan and setup. */
interface Sheet {
  scale: number;
  processes: number;
}

/** Writes plan.json and setup.json, and says what each machine has to run. The load begins `startInSeconds` after the preparation. */
export async function prepareRun(options: PrepareOptions): Promise<void> {
  const { workload, target, scale, seconds, curve, seed, processes, out, startInSeconds, terminal } = options;
  if (out === undefined) throw new RunError('prepare needs --out DIR, a folder for plan.json and setup.json');
  if (existsSync(join(out, 'plan.json')))
    throw new RunError(`${out} holds a plan already: choose another folder`);
  const { plan, setup } = await makePlan({
    ...{ workload, target: target.url, seed, leadSeconds: startInSeconds },
    ...(scale === undefined ? {} : { scale }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(curve ? { curve } : {}),
    ...(target.jwt ? { jwt: target.jwt } : {}),
    onProgress: (what, done, of) => terminal.progress(what, done, of),
  });
  terminal.keep();
  mkdirSync(out, { recursive: true, mode: 0o700 });
  const sheet: Sheet = { scale: scale ?? workload.scale, processes };
  writePlan(out, { ...plan, ...{ sheet } } as Plan, setup);
  for (const line of instructions(plan, out, processes)) terminal.line(line);
}

function instructions(plan: Plan, out: string, processes: number): string[] {
  const planFile = join(resolve(out), 'plan.json');
  const player = relative('', PLAYER);
  const commands = Array.from({ length: processes }, (_, part) =>
    [
      'k6',
      ...k6Arguments({ planFile: '"$PWD/plan.json"', part, parts: processes }, linesFileOf(part), player),
    ].join(' '),
  );
  const lines = Array.from({ length: processes }, (_, part) => linesFileOf(part)).join(' ');
  return [
    `plan and setup are in ${relative('', resolve(out)) || '.'}, with tokens: treat both as secrets`,
    `connections begin at ${clock(plan.startsAtMs - (plan.connectSeconds + plan.settleSeconds) * 1_000)} UTC, the load at ${clock(plan.startsAtMs)} UTC, and it ends at ${clock(plan.startsAtMs + (plan.seconds + plan.tailSeconds) * 1_000)} UTC`,
    '',
    `Before that, on ${processes === 1 ? 'a machine' : `${processes} machines, one command each`}, in a checkout of this commit with ${planFile} beside it:`,
    ...commands.map((command) => `  ${command}`),
    '',
    'When all have ended, here:',
    `  npm run load -- merge ${out} ${lines}`,
  ];
}

const clock = (ms: number) => new Date(ms).toISOString().slice(11, 19);

export interface MergeOptions {
  folder: string;
  files: string[];
  compare?: Result;
  out?: string;
  marks: Mark[];
  terminal: Terminal;
}

/** The lines of all machines together, the money, and a report. */
export async function mergeRun({
  folder,
  files,
  compare,
  out,
  marks,
  terminal,
}: MergeOptions): Promise<RunOutcome> {
  const plan = readJson<Plan & { sheet?: Sheet }>(join(folder, 'plan.json'));
  const setup = readJson<Setup>(join(folder, 'setup.json'));
  const workload = workloads[plan.workload];
  if (!workload)
    throw new RunError(`the plan is of the workload ${plan.workload}, which this checkout does not have`);
  const merged = new Merged();
  for (const file of files) {
    if (!existsSync(file)) throw new RunError(`there is no file ${file}`);
    new Tail(file, (line) => merged.addText(line)).finish();
  }
  if (merged.ready.size === 0) throw new RunError('these files hold no lines of a run');
  const missing = plan.vus - merged.ready.size;
  if (missing > 0)
    terminal.line(`  ${missing} of ${plan.vus} VUs are in none of these files: the run is incomplete`);
  return report(
    {
      ...{ workload, target: findTarget(plan.target), processes: plan.sheet?.processes ?? files.length },
      ...{ marks, terminal },
      ...(compare ? { compare } : {}),
      ...(out === undefined ? {} : { name: out }),
    },
    {
      ...{ plan, setup, scale: plan.sheet?.scale ?? workload.scale },
      played: { merged, log: new SaturationLog() },
      k6: { version: 'see the machines' },
    },
  );
}

function readJson<T>(file: string): T {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (error) {
    throw new RunError(`${file} can't be read: ${(error as Error).message}`);
  }
}
