import { readdirSync, readFileSync } from 'node:fs';
import { childPids } from '@app/local-stack';

/**
 * CPU time that a process and its children have used so far, in microseconds, over all their threads. From the scheduler's
 * own account (`/proc/<pid>/task/<tid>/schedstat`, nanoseconds on the processor): ticks of 10 ms would need long rounds.
 * Linux only.
 */
export function cpuMicrosOf(pid: number): number {
  return [pid, ...childPids(pid)].reduce((sum, one) => sum + ownMicrosOf(one), 0);
}

function ownMicrosOf(pid: number): number {
  let nanos = 0;
  for (const thread of listed(`/proc/${pid}/task`)) {
    nanos += Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]);
  }
  return nanos / 1_000;
}

/** A process or thread that ended between the listing and the reading counts nothing. */
function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '0';
  }
}
