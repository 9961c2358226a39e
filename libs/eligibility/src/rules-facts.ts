import type { PacketRules } from '@app/contracts';

/** Ids of the tasks to be vouched for, each once. */
export function taskIdsOf(rules: PacketRules): string[] {
  return [...new Set(rules.gates.flatMap((gate) => (gate.kind === 'task' ? [gate.taskId] : [])))];
}

/** Wrong tries a person has at this packet: the least that any gate states, for tries are counted by packet. */
export function triesMaxOf(rules: PacketRules): number | undefined {
  const stated = rules.gates.flatMap((gate) =>
    'triesMax' in gate && gate.triesMax !== undefined ? [gate.triesMax] : [],
  );
  return stated.length > 0 ? Math.min(...stated) : undefined;
}

/** Whether the views of the gates differ from person to person, so that one push can't serve all. */
export function needsOwnView(rules: PacketRules): boolean {
  return rules.gates.some((gate) => gate.kind === 'quiz');
}
