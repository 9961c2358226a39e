import type { LedgerCheck } from '../context.js';
import { IDS_PER_LINE_MAX } from '../findings.js';

const FROZEN = `
SELECT packet_id::text AS id, frozen_reason AS reason FROM packets WHERE frozen_reason IS NOT NULL
ORDER BY frozen_reason, packet_id LIMIT ${IDS_PER_LINE_MAX + 1}`;

/**
 * A packet is frozen when its money was seen not to add up, so it stands under I1, a line for each reason, even where
 * the checks find nothing else: a person has to look at it.
 */
export const frozenPackets: LedgerCheck = async ({ db }, report) => {
  for (const { id, reason } of await db.query<{ id: string; reason: string }>(FROZEN)) {
    report({ invariant: 'I1', id, problem: `frozen: ${reason}` });
  }
};
