import type { RefusalReason } from '@app/contracts';

/** What is known of a grab in front of the store; `reason` where a gate was not met, a name was missing or a shake missed. */
export interface GateVerdict {
  mark: 'met' | 'unmet' | 'wrong';
  reason?: RefusalReason;
}
