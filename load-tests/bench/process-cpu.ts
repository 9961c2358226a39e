import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { childPids } from '@app/local-stack';

/**
 * CPU time of processes from /proc (Linux). The kernel counts in ticks of 10 ms: measure over seconds. Throws when a
 * process is gone, for its time would be missing.
 */
export function cpuSecondsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + ticksOf(pid).own, 0) / ticksPerSecond();
}

/** With its children, as Postgres has one for each connection; those that ended meanwhile are in their parent's figures. */
export function cpuSecondsOfTree(pid: number): number {
  const { own, ofEnded } = ticksOf(pid);
  let ticks = own + ofEnded;
  for (const child of childPids(pid)) {
    try {
      ticks += ticksOf(child).own;
    } catch {
      // Ended since it was listed: its time is in `ofEnded` the next time.
    }
  }
  return ticks / ticksPerSecond();
}

/** Time on a core of the main thread alone, in nanoseconds as the scheduler counts: for what takes less than a second. */
export function mainThreadSecondsOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e9;
}

/** Fields 14 to 17 of /proc/pid/stat (proc(5)): user and system, own and of children that were waited for. */
function ticksOf(pid: number): { own: number; ofEnded: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number);
  return { own: user! + system!, ofEnded: endedUser! + endedSystem! };
}

let ticks: number | undefined;

function ticksPerSecond(): number {
  ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return ticks;
}
