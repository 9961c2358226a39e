import { bestLuckOf, commitmentOf } from '@app/domain';
import type { LedgerCheck, PacketCheck, Report } from '../context.js';
import { IDS_PER_LINE_MAX } from '../findings.js';
import { termsOf, type PacketInBoth } from '../packet-in-both.js';

const invariant = 'I2';

const TWICE = (column: string) => `
SELECT packet_id || ':' || ${column} AS id, count(*)::int AS claims FROM claims GROUP BY packet_id, ${column}
HAVING count(*) > 1 ORDER BY 1 LIMIT ${IDS_PER_LINE_MAX + 1}`;

/** I2 in Postgres: one claim for a user, one owner for an ordinal. Counted, for a unique index may be gone or damaged. */
export const claimedOnce: LedgerCheck = async ({ db }, report) => {
  for (const { id, claims } of await db.query<{ id: string; claims: number }>(TWICE('user_id'))) {
    report({ invariant, id, problem: 'a user has several claims on a packet', note: `${id} has ${claims}` });
  }
  for (const { id, claims } of await db.query<{ id: string; claims: number }>(TWICE('ordinal'))) {
    report({ invariant, id, problem: 'an ordinal has several owners', note: `${id} has ${claims}` });
  }
};

/** I2 across both stores: the same claims here and there, each the share that the published commitment binds us to. */
export const claimsAsSplit: PacketCheck = (packet, _pass, report) => {
  const { packetId, kind, commitment, closed, state, bestLuckOrdinal } = packet.row;
  const of = { invariant, packetId } as const;
  compareStores(packet, report);
  if (closed) {
    const best = kind === 'lucky' && state === 'finished' ? bestLuckOf(packet.settled)?.ordinal : undefined;
    if ((best ?? null) !== bestLuckOrdinal) {
      const note = `${packetId} crowned ${bestLuckOrdinal ?? 'nobody'}, should be ${best ?? 'nobody'}`;
      report({ ...of, id: packetId, problem: 'the best luck is not right', note });
    }
  }
  const { split } = packet;
  if ('unknown' in split) return;
  if ('fault' in split) {
    const note = `${packetId}: ${split.fault}`;
    report({ ...of, id: packetId, problem: 'the split can not be recomputed', note });
    return;
  }
  if (commitmentOf(packetId, split.seed, termsOf(packet.row)) !== commitment) {
    report({ ...of, id: packetId, problem: 'the commitment is not that of the seed and the terms' });
  }
  for (const [where, claims] of [
    ['Postgres', packet.settled],
    ['Redis', [...(packet.stored?.claims ?? []), ...(packet.stored?.left ?? [])]],
  ] as const) {
    for (const { ordinal, amount } of claims) {
      const share = split.shares[ordinal - 1];
      if (share === amount) continue;
      const id = `${packetId}:${ordinal}`;
      const note = `${id} is ${amount}, the split gives ${share ?? 'no such share'}`;
      report({ ...of, id, problem: `a share in ${where} is not what the split gives`, note });
    }
  }
};

function compareStores({ row, settled, stored }: PacketInBoth, report: Report): void {
  if (!stored) return;
  const { packetId, closed } = row;
  const of = { invariant, packetId } as const;
  const owners = new Map<number, string>();
  const winners = new Set<string>();
  for (const { ordinal, userId } of stored.claims) {
    // Over partitions, which are a hash each.
    if (winners.has(userId)) {
      const note = `${packetId}:${userId} has another one at ordinal ${ordinal}`;
      report({ ...of, id: `${packetId}:${userId}`, problem: 'a user has several claims in Redis', note });
    }
    winners.add(userId);
    if (owners.has(ordinal)) {
      const note = `${packetId}:${ordinal} is of ${owners.get(ordinal)} and ${userId}`;
      report({
        ...of,
        id: `${packetId}:${ordinal}`,
        problem: 'an ordinal has several owners in Redis',
        note,
      });
    }
    owners.set(ordinal, userId);
  }
  for (const { ordinal } of stored.left ?? []) {
    if (!owners.has(ordinal) && !settled.some((claim) => claim.ordinal === ordinal)) continue;
    report({
      ...of,
      id: `${packetId}:${ordinal}`,
      problem: 'a share that has an owner is still to be had in Redis',
    });
  }
  // The claims of a closed packet are forgotten after a while; its meta may outlive them by a moment.
  if (closed && stored.claims.length === 0) return;
  const known = new Map(stored.claims.map((claim) => [claim.userId, claim]));
  for (const { userId, ordinal, amount } of settled) {
    const claim = known.get(userId);
    if (claim?.ordinal === ordinal && claim.amount === amount) continue;
    const there = claim ? `ordinal ${claim.ordinal} over ${claim.amount}` : 'nothing';
    const id = `${packetId}:${ordinal}`;
    const note = `${id} of ${userId} over ${amount}, in Redis ${there}`;
    report({ ...of, id, problem: 'a settled claim is not the one in Redis', note });
  }
}
