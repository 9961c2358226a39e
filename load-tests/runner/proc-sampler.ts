import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { childPids } from '@app/local-stack';
import { CPU, MACHINE, MEMORY, type SaturationLog } from './saturation.ts';

/** Those whose work is one thread's, all but a little. */
const ONE_CORE = new Set(['gateway', 'api', 'worker', 'robots', 'redis']);

/** CPU time used so far, and memory now. */
interface Usage {
  cpuSeconds: number;
  memoryPages: number;
}

/**
 * CPU and memory of processes on this machine, from /proc: Linux only, and elsewhere nothing is seen. A process with children
 * (Postgres) counts with them. `pids` is asked each time, for a process that was started again has another.
 */
export class ProcSampler {
  private last: { atMs: number; cpuSeconds: Map<string, number> } | undefined;
  private readonly ticksPerSecond = systemFigure('CLK_TCK', 100);
  private readonly pageBytes = systemFigure('PAGESIZE', 4096);
  private readonly cores = availableParallelism();

  constructor(
    private readonly pids: () => Record<string, number>,
    private readonly log: SaturationLog,
  ) {}

  look(second: number): void {
    const atMs = performance.now();
    const cpuSeconds = new Map<string, number>();
    for (const [name, pid] of Object.entries(this.pids())) {
      const usage = usageOf(pid, name === 'postgres', this.ticksPerSecond);
      if (!usage) continue;
      cpuSeconds.set(name, usage.cpuSeconds);
      this.log.note(name, MEMORY, 'bytes', second, usage.memoryPages * this.pageBytes);
    }
    const busy = machineCpuSeconds(this.ticksPerSecond);
    if (busy !== undefined) cpuSeconds.set(MACHINE, busy);

    for (const [name, used] of cpuSeconds) {
      const before = this.last?.cpuSeconds.get(name);
      if (before === undefined || used < before) continue;
      const percent = ((used - before) * 100_000) / (atMs - this.last!.atMs);
      const full = 100 * (ONE_CORE.has(name) ? 1 : this.cores);
      this.log.note(name, CPU, 'percent of a core', second, percent, full);
    }
    this.last = { atMs, cpuSeconds };
  }
}

function usageOf(pid: number, withChildren: boolean, ticksPerSecond: number): Usage | undefined {
  const own = readProcess(pid);
  if (!own) return undefined;
  const children = withChildren ? childPids(pid).flatMap((child) => readProcess(child) ?? []) : [];
  // A child that ended is in its parent's time of children, so that the sum never falls.
  const ticks = children.reduce((sum, child) => sum + child.ticks, own.ticks + own.ticksOfEnded);
  // Pages that all of Postgres's processes share are counted once.
  const all = [own, ...children];
  const alone = all.reduce((sum, { residentPages, sharedPages }) => sum + residentPages - sharedPages, 0);
  const shared = Math.max(...all.map(({ sharedPages }) => sharedPages));
  return { cpuSeconds: ticks / ticksPerSecond, memoryPages: alone + shared };
}

interface ProcessFigures {
  ticks: number;
  ticksOfEnded: number;
  residentPages: number;
  sharedPages: number;
}

/** Fields 14 to 17 of /proc/pid/stat, and 2 and 3 of statm (proc(5)). */
function readProcess(pid: number): ProcessFigures | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number);
    const [, resident, shared] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ').map(Number);
    return {
      ticks: user! + system!,
      ticksOfEnded: endedUser! + endedSystem!,
      residentPages: resident!,
      sharedPages: shared!,
    };
  } catch {
    return undefined;
  }
}

/** All that the machine's cores did but idle and wait for disks. */
function machineCpuSeconds(ticksPerSecond: number): number | undefined {
  try {
    const [first = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
    const [user, nice, system, , , irq, softirq] = first.split(/\s+/).slice(1).map(Number);
    return (user! + nice! + system! + irq! + softirq!) / ticksPerSecond;
  } catch {
    return undefined;
  }
}

function systemFigure(name: string, usual: number): number {
  try {
    return Number(execFileSync('getconf', [name], { encoding: 'utf8' })) || usual;
  } catch {
    return usual;
  }
}
