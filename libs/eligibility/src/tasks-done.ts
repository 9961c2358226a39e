import type { PacketRules } from '@app/contracts';
import { taskIdsOf } from './rules-facts.js';

const NONE: ReadonlySet<string> = new Set();

/** Where it is known who has done which task of a tenant. */
export interface DoneTasks {
  isTaskDone(tenantId: string, taskId: string, userId: string): Promise<boolean>;
}

/** Of the tasks that a packet asks for, those that this person has done. */
export async function tasksDoneBy(
  tasks: DoneTasks,
  rules: PacketRules,
  tenantId: string,
  userId: string,
): Promise<ReadonlySet<string>> {
  const ids = taskIdsOf(rules);
  if (ids.length === 0) return NONE;
  const done = await Promise.all(ids.map((taskId) => tasks.isTaskDone(tenantId, taskId, userId)));
  return new Set(ids.filter((_, k) => done[k]));
}
