import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { checkoutRoot } from '@app/local-stack';
import type { Mistakes } from './mistakes.js';

export interface ManyRunsOptions {
  /** The first seed; those after it are taken in order. */
  from: number;
  /** Over after so many runs, or seconds; one of them is needed. */
  runs?: number;
  seconds?: number;
  mistakes?: Mistakes;
}

/** What a process of many runs is told: every `step`th seed, from the first to the one before the last. */
export interface SeedsOfOne {
  first: number;
  step: number;
  end?: number;
  seconds?: number;
  mistakes?: Mistakes;
}

/** What a process of many runs says when it is done. */
export interface RunsOfOne {
  runs: number;
  steps: number;
  faults: number;
  acked: number;
  lost: number;
  /** The seed whose run broke something: its process made none after it. */
  failed?: number;
}

export interface ManyRuns extends RunsOfOne {
  processes: number;
  /** Of the clock, with the start of the processes in it. */
  perSecond: number;
}

const HERE = join(checkoutRoot, 'apps/worker/test/simulation');
const BUNDLES = join(checkoutRoot, 'node_modules/.vite/simulation');
/**
 * A run leaves a MB behind, most of it dead within a millisecond. With V8's own 16 MB for young objects one process in three fell to
 * 1,100 runs a second and stayed there; of ten with 64 MB none did.
 */
const V8_FLAGS = ['--max-semi-space-size=64'];

/**
 * Many seeds, on all cores; which process plays a seed changes nothing. As a bundle, because tsx gives each closure a name when
 * it is made: 1,240 runs a second instead of 1,020 when this was measured.
 */
export async function manyRuns(options: ManyRunsOptions): Promise<ManyRuns> {
  await build({
    ...{ configFile: false, root: checkoutRoot, logLevel: 'warn', resolve: { tsconfigPaths: true } },
    build: { ssr: join(HERE, 'runs-of-one.ts'), outDir: BUNDLES, target: 'node20', minify: false },
  });
  const begin = performance.now();
  const processes = availableParallelism();
  const all = await Promise.all(
    Array.from({ length: processes }, (_, k) => runsOfOne(options, k, processes)),
  );
  const sumOf = (name: Exclude<keyof RunsOfOne, 'failed'>) => all.reduce((sum, one) => sum + one[name], 0);
  const failed = all.flatMap((one) => one.failed ?? []);
  const runs = sumOf('runs');
  return {
    ...{ runs, steps: sumOf('steps'), faults: sumOf('faults'), acked: sumOf('acked'), lost: sumOf('lost') },
    ...{ processes, perSecond: Math.round((runs * 1_000) / (performance.now() - begin)) },
    ...(failed.length > 0 ? { failed: Math.min(...failed) } : {}),
  };
}

function runsOfOne(
  { from, runs, ...others }: ManyRunsOptions,
  k: number,
  processes: number,
): Promise<RunsOfOne> {
  const end = runs === undefined ? {} : { end: from + runs };
  const seeds: SeedsOfOne = { first: from + k, step: processes, ...end, ...others };
  const child = fork(join(BUNDLES, 'runs-of-one.js'), [JSON.stringify(seeds)], { execArgv: V8_FLAGS });
  return new Promise((resolve, reject) => {
    let said: RunsOfOne | undefined;
    child.on('message', (message: RunsOfOne) => (said = message));
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      said ? resolve(said) : reject(new Error(`a process of the simulation ended: ${signal ?? code}`)),
    );
  });
}
