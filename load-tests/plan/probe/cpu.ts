import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { childPids } from '@app/local-stack';
import type { CostName } from '../costs.ts';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })) || 100;

/** Seconds of CPU that a process used so far, with the children it has and had (Postgres works in children). Linux. */
export function cpuSeconds(pid: number): number {
  const own = ticksOf(pid);
  const children = childPids(pid).map((child) => ticksOf(child, true));
  return (own.own + own.ended + children.reduce((sum, { own }) => sum + own, 0)) / ticksPerSecond;
}

/** Resident bytes of one process. */
export function residentBytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) * 1_024;
}

/** Fields 14 to 17 of /proc/pid/stat (proc(5)). A child may be gone by now: its time is in its parent's. */
function ticksOf(pid: number, mayBeGone = false): { own: number; ended: number } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number);
    return { own: user! + system!, ended: endedUser! + endedSystem! };
  } catch (error) {
    if (mayBeGone) return { own: 0, ended: 0 };
    throw error;
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** The round whose `time` was shortest: what else runs on the machine only ever adds. Whole, for its figures belong together. */
export function leastDisturbed<T extends Partial<Record<CostName, number>>>(
  rounds: readonly T[],
  time: CostName,
): T {
  return rounds.reduce((best, round) => (round[time]! < best[time]! ? round : best));
}

/**
 * Fixed and variable part of a cost from two works: `total = fixed · calls + each · items`. Noise may make one of them
 * negative; it is 0 then and the other carries all.
 */
export function splitCost(
  few: { total: number; calls: number; items: number },
  many: { total: number; calls: number; items: number },
): { fixed: number; each: number } {
  const determinant = few.calls * many.items - many.calls * few.items;
  const fixed = (few.total * many.items - many.total * few.items) / determinant;
  const each = (few.calls * many.total - many.calls * few.total) / determinant;
  if (!(fixed > 0)) return { fixed: 0, each: (few.total + many.total) / (few.items + many.items) };
  if (!(each > 0)) return { fixed: (few.total + many.total) / (few.calls + many.calls), each: 0 };
  return { fixed, each };
}
