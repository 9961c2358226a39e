import type { FlowCheck, LedgerCheck, PacketCheck } from '../context.js';
import { IDS_PER_LINE_MAX } from '../findings.js';
import { settledFor } from '../settled-claims.js';

const invariant = 'I6';
/** Said only when no later grab of the same user on the packet can win. */
const FINAL_REFUSALS = new Set(['empty', 'closed']);

/** I6 without a record: no settled claim that neither Redis, where it still has the packet's claims, nor the split knows. */
export const settledClaimsKnown: PacketCheck = ({ row, settled, stored, split }, _pass, report) => {
  if (!stored || (row.closed && stored.claims.length === 0)) return;
  const { packetId } = row;
  const known = new Set(stored.claims.map(({ userId }) => userId));
  for (const { userId, ordinal, amount } of settled) {
    if (known.has(userId) || ('shares' in split && split.shares[ordinal - 1] === amount)) continue;
    const id = `${packetId}:${ordinal}`;
    const note = `${id} of ${userId} over ${amount}`;
    report({ invariant, id, packetId, problem: 'a settled claim that nobody won', note });
  }
};

const OWNERLESS = `
SELECT packet_id || ':' || ordinal AS id FROM claims c
WHERE NOT EXISTS (SELECT 1 FROM packets p WHERE p.packet_id = c.packet_id) ORDER BY 1 LIMIT ${IDS_PER_LINE_MAX + 1}`;

export const claimsHavePackets: LedgerCheck = async ({ db }, report) => {
  for (const { id } of await db.query<{ id: string }>(OWNERLESS)) {
    report({ invariant, id, problem: 'a claim on a packet that does not exist' });
  }
};

/**
 * I6 from the clients' record: no claim for a user who was refused and never told `won`. `not_eligible` may be followed
 * by a grab that meets the gates, so it counts only when every answer arrived: an `unknown` one may have been that win.
 */
export const refusedNotSettled: FlowCheck = async ({ db, ackedWins, refused }, report) => {
  const nameOf = (answer: { packetId: string; userId: string }) => `${answer.packetId}:${answer.userId}`;
  const winners = new Set(ackedWins.map(nameOf));
  const unknown = new Set(refused.filter(({ outcome }) => outcome === 'unknown').map(nameOf));
  const definite = refused.filter(
    (answer) =>
      !winners.has(nameOf(answer)) &&
      (FINAL_REFUSALS.has(answer.outcome) ||
        (answer.outcome === 'not_eligible' && !unknown.has(nameOf(answer)))),
  );
  const told = new Map(definite.map((answer) => [nameOf(answer), answer.outcome]));
  for (const { packetId, userId, ordinal } of await settledFor(db, definite)) {
    const note = `${packetId}:${ordinal} of ${userId}, told ${told.get(nameOf({ packetId, userId }))}`;
    report({
      ...{ invariant, packetId, id: `${packetId}:${userId}` },
      ...{ problem: 'settled for a user who was refused', note },
    });
  }
};
