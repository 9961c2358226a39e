import type { PacketRules } from '@app/contracts';

/** Ids of the tasks to be vouched for, each once. */
export function taskIdsOf(rules: PacketRules): string[] {
  return [...new Set(rules.gates.flatMap((gate) => (gate.kind === 'task' ? [gate.taskId] : [])))];
}

/** Whether the views of the gates differ from person to person, so that one push can't serve all. */
export function needsOwnView(rules: PacketRules): boolean {
  return rules.gates.some((gate) => gate.kind === 'quiz');
}
