import type { GrabResult } from '@app/contracts';
import type { FunnelRecorder } from './funnel-recorder.js';

/** Somebody tapped and was answered: who was refused is counted by reason, or by outcome where there is none. */
export function noteGrab(
  funnel: Pick<FunnelRecorder, 'tapped' | 'refused' | 'answered'>,
  dropId: string,
  userId: string,
  { outcome, reason }: GrabResult<unknown>,
  tookMs: number,
): void {
  funnel.tapped(dropId, userId);
  funnel.answered(dropId, tookMs);
  if (outcome !== 'won' && outcome !== 'already') funnel.refused(dropId, reason ?? outcome, userId);
}
