import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '@app/local-stack';
import { memoryOf } from './process-memory.js';

const LOOK_MS_MAX = 60_000;

/** So that a process started with it can be looked at. */
export function probeEnv(folder: string): Record<string, string> {
  const probe = new URL('./processes/memory-probe.mjs', import.meta.url).href;
  return { NODE_OPTIONS: `--import=${probe}`, BENCH_PROBE_FOLDER: folder };
}

export interface MemoryLook {
  /** What lives after a collection: V8's heap, and what it knows of outside (buffers). */
  liveBytes: number;
  /** What the process has of the machine's memory, after it. */
  pssBytes: number;
}

/** Collects garbage in a process that was started with `probeEnv`, then looks. */
export async function lookAtMemory(folder: string, pid: number): Promise<MemoryLook> {
  const file = join(folder, `${pid}.json`);
  rmSync(file, { force: true });
  process.kill(pid, 'SIGUSR2');
  await waitUntil(() => existsSync(file), { what: `the look at process ${pid}`, timeoutMs: LOOK_MS_MAX });
  const { heapUsed, external } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
  return { liveBytes: heapUsed! + external!, pssBytes: memoryOf(pid).pssBytes };
}
