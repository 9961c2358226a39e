import type { FlowCheck } from '../context.js';
import { IDS_PER_LINE_MAX } from '../findings.js';

/** Frozen ones wait for a person, and stand in a line of their own. */
const overdue = (condition: string) => `
SELECT p.packet_id::text AS id FROM packets p
WHERE p.closed_at IS NULL AND p.frozen_reason IS NULL AND ${condition} ORDER BY 1 LIMIT ${IDS_PER_LINE_MAX + 1}`;

const GRACE_AGO = `now() - $1 * interval '1 ms'`;
const CHECKS = [
  ['funded and never opened', overdue(`p.state = 'funded' AND p.created_at <= ${GRACE_AGO}`)],
  ['past its expiry and not closed', overdue(`p.expires_at <= ${GRACE_AGO}`)],
  [
    'all claims settled and not closed',
    overdue(`p.claimed_count >= p.count
      AND (SELECT max(c.claimed_at) FROM claims c WHERE c.packet_id = p.packet_id) <= ${GRACE_AGO}`),
  ],
] as const;

/** I9 among packets: none stays behind in a state that it should have left by itself a grace ago. */
export const packetsMoveOn: FlowCheck = async ({ db, graceMs }, report) => {
  for (const [problem, sql] of CHECKS) {
    for (const { id } of await db.query<{ id: string }>(sql, [graceMs])) {
      report({ invariant: 'I9', id, packetId: id, problem, note: id });
    }
  }
};
