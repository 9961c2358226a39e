import { readdirSync, readFileSync } from 'node:fs';

/** Of /proc/<pid>/stat; the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
/** Counted from the state, the first field after the command's name. */
const FIELD = { parent: 1, user: 11, system: 12, reapedUser: 13, reapedSystem: 14 };

function statOf(pid: number): number[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
  } catch {
    return undefined; // it ended between the list and the look
  }
}

/**
 * CPU seconds of a process and of its children, those that ended included: of Postgres, its backends, checkpointer, WAL
 * writer and all else. To 10 ms, so that only work of a second or more can be told apart.
 */
export function familyCpuSeconds(pid: number): number {
  const parent = statOf(pid);
  if (!parent) throw new Error(`there is no process ${pid}`);
  let ticks =
    parent[FIELD.user]! + parent[FIELD.system]! + parent[FIELD.reapedUser]! + parent[FIELD.reapedSystem]!;
  for (const name of readdirSync('/proc')) {
    const child = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    if (child?.[FIELD.parent] === pid) ticks += child[FIELD.user]! + child[FIELD.system]!;
  }
  return ticks / TICKS_PER_SECOND;
}
