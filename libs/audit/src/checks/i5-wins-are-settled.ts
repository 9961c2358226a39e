import type { FlowCheck, PacketCheck } from '../context.js';
import { notSettled } from '../settled-claims.js';

const invariant = 'I5';

/** I5 from Redis: every claim there is settled with the same amount, once it is older than the grace. */
export const storedClaimsSettled: PacketCheck = (
  { row, settled, stored },
  { startedAtMs, graceMs },
  report,
) => {
  if (!stored) return;
  const { packetId } = row;
  const byUser = new Map(settled.map((claim) => [claim.userId, claim]));
  for (const { userId, ordinal, amount, atMs } of stored.claims) {
    if (atMs > startedAtMs - graceMs) continue;
    const claim = byUser.get(userId);
    if (claim?.ordinal === ordinal && claim.amount === amount) continue;
    const id = `${packetId}:${ordinal}`;
    const there = claim ? `ordinal ${claim.ordinal} over ${claim.amount}` : 'nothing';
    const seconds = Math.round((startedAtMs - atMs) / 1000);
    const note = `${id} of ${userId} over ${amount}, won ${seconds} s ago, has ${there}`;
    report({ invariant, id, packetId, problem: 'a claim in Redis is not settled so', note });
  }
};

/** I5 from the clients' record: whoever was told `won` has it in the ledger. */
export const ackedWinsSettled: FlowCheck = async ({ db, ackedWins }, report) => {
  for (const { packetId, userId, ordinal, amount } of await notSettled(db, ackedWins)) {
    const id = `${packetId}:${ordinal}`;
    const note = `${id}, told to ${userId} over ${amount}`;
    report({ invariant, id, packetId, problem: 'an acked win is not settled so', note });
  }
};
