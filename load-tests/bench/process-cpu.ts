import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { childPids } from '@app/local-stack';

/**
 * CPU time that a process and its children have used so far, in microseconds, over all their threads, user and system, from
 * the scheduler's own account (`/proc/<pid>/task/<tid>/schedstat`, in nanoseconds): ticks of 10 ms would need long rounds.
 * What ended meanwhile is left out: measure those whose threads and children stay. Throws when the process is gone. Linux only.
 */
export function cpuMicrosOf(pid: number): number {
  if (!existsSync(`/proc/${pid}`)) throw new Error(`there is no process ${pid}`);
  return [pid, ...childPids(pid)].reduce((sum, one) => sum + ownMicrosOf(one), 0);
}

/** Time on a core of the main thread alone, in nanoseconds as the scheduler counts: for what takes less than a second. */
export function mainThreadSecondsOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e9;
}

function ownMicrosOf(pid: number): number {
  let nanos = 0;
  for (const thread of orNothing(() => readdirSync(`/proc/${pid}/task`)) ?? [])
    nanos += Number(
      orNothing(() => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'))?.split(' ')[0] ?? 0,
    );
  return nanos / 1_000;
}

/** Threads and children may end between the listing and the reading. */
function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
