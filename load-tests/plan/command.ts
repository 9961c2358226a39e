import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Result } from '../model/result.ts';
import { withBench, type BenchLine } from './bench-costs.ts';
import { costsOf, CostsError, type CostsFile } from './costs.ts';
import { DEFAULT_FILES, HELP, parseCommandLine, UsageError, type PlanSettings } from './options.ts';
import { answerOf } from './plan.ts';
import { reported } from './print/report.ts';
import { drawnAsSvg } from './print/svg.ts';
import { count } from './print/numbers.ts';

export interface Output {
  out(text: string): void;
  error(text: string): void;
}

const EXIT_USAGE = 2;

/** `npm run plan`, but for its process. Returns the exit code. */
export async function runPlan(args: string[], output: Output): Promise<number> {
  try {
    const command = parseCommandLine(args);
    if (command.kind === 'help') output.out(HELP);
    else if (command.kind === 'measure') await measure(command, output);
    else plan(command, output);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof CostsError)) throw error;
    output.error(`plan: ${error.message}`);
    return EXIT_USAGE;
  }
}

function plan(settings: PlanSettings, output: Output): void {
  const { costsFile, benchFile, breakpointFile, svgFile, json, target } = settings;
  let file = readJson<CostsFile>(costsFile, 'measure them with npm run plan -- --measure');
  costsOf(file);
  if (benchFile !== undefined) file = withBench(file, readLines(benchFile));
  const hasBreakpoint = breakpointFile !== DEFAULT_FILES.breakpoint || existsSync(breakpointFile);
  const breakpoint = hasBreakpoint
    ? readJson<Result>(breakpointFile, 'keep one with npm run load -- breakpoint')
    : undefined;
  const answer = answerOf(settings, file, breakpoint);
  if (svgFile !== undefined) {
    const title = `Latency of a win: ${count(target.peak)} grabs/s, ${count(target.people)} people`;
    writeFileSync(svgFile, drawnAsSvg(answer.latency, title));
  }
  output.out(json ? JSON.stringify(answer, null, 2) : reported(answer));
}

/** The probes need the service's code; a plan does not, and begins at once. */
async function measure(
  { costsFile, only }: { costsFile: string; only?: string },
  output: Output,
): Promise<void> {
  const { measureCosts } = await import('./measure.ts');
  const file = await measureCosts((line) => output.out(line), {
    only,
    earlier: only === undefined ? undefined : readJson<CostsFile>(costsFile, 'measure all of them first'),
  });
  mkdirSync(dirname(costsFile), { recursive: true });
  writeFileSync(costsFile, `${JSON.stringify(file, null, 2)}\n`);
  output.out(`kept in ${costsFile}`);
}

function readLines(path: string): BenchLine[] {
  const lines = readJson<BenchLine[]>(path, 'it is what npm run bench -- --json FILE writes');
  if (!Array.isArray(lines)) throw new UsageError(`${path} holds no array of measurements`);
  return lines;
}

function readJson<T>(path: string, advice: string): T {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    const gone = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UsageError(`${path} ${gone ? 'is not there' : 'can not be read as JSON'}: ${advice}`);
  }
}
