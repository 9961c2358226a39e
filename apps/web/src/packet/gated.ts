import type { GateView, RefusalReason } from '@app/contracts';
import type { Packet } from '../state/merge.js';
import type { GrabPhase } from '../state/packets.js';
import type { Dialog } from '../state/ui.js';

/** Whether a person has something to do before the grab. Being among the chosen ones is nothing to do. */
export const needsForm = ({ gates }: Packet) => gates?.some(({ kind }) => kind !== 'members') ?? false;

/** What a packet is known by: the first thing it asks for, else that it is for chosen people. */
export function gateLabel({ gates, onlyUserIds }: Packet): GateView['kind'] | null {
  const asking = gates?.find(({ kind }) => kind !== 'members') ?? gates?.[0];
  return asking?.kind ?? (onlyUserIds ? 'members' : null);
}

const CORRECTABLE: ReadonlySet<RefusalReason> = new Set(['password', 'quiz', 'place', 'task', 'paused']);

/** Refused for something that the person can put right in the form; `tries`, `cap` and `members` are final. */
export function toCorrect(packet: Packet, phase: GrabPhase | undefined): RefusalReason | null {
  if (phase?.step !== 'told' || phase.result.outcome !== 'not_eligible') return null;
  const { reason } = phase.result;
  return reason && CORRECTABLE.has(reason) && needsForm(packet) ? reason : null;
}

/** Where it is grabbed: a lane of a rain among the others, any other packet in its envelope. */
export const dialogToGrab = ({ packetId, rain, dropId }: Packet): Dialog =>
  rain && dropId ? { kind: 'rain', dropId } : { kind: 'open', packetId };

/** Sealed; its seal turning; asking for what its gates need; or showing what was in it. */
export type Stage = 'sealed' | 'asking' | 'gates' | 'open';

/** `tapped`: the seal was, since this envelope was taken up. */
export function stageOf(packet: Packet, phase: GrabPhase | undefined, tapped: boolean): Stage {
  const form = needsForm(packet);
  if (!phase) return form && tapped ? 'gates' : 'sealed';
  if (phase.step === 'asking') return form ? 'gates' : 'asking';
  return toCorrect(packet, phase) ? 'gates' : 'open';
}
