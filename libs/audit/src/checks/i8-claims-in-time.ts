import type { LedgerCheck, PacketCheck } from '../context.js';
import { IDS_PER_LINE_MAX } from '../findings.js';

const invariant = 'I8';
/** `claimed_at` is by Redis's clock, `closed_at` by Postgres's; on two hosts they may differ by less than this. */
const CLOCKS_APART_MS_MAX = 1_000;

const CLAIMS = `
WITH timed AS (
  SELECT c.packet_id || ':' || c.ordinal AS id, date_trunc('milliseconds', c.claimed_at) AS at,
    date_trunc('milliseconds', p.opens_at) AS opens, date_trunc('milliseconds', p.expires_at) AS expires,
    p.closed_at + interval '${CLOCKS_APART_MS_MAX} ms' AS closed
  FROM claims c JOIN packets p USING (packet_id)
)
SELECT id, CASE WHEN at < opens THEN 'before it opened' WHEN at >= expires THEN 'after it expired' ELSE 'after it was closed' END AS how,
  concat(id, ' at ', to_json(at)#>>'{}') AS note
FROM timed WHERE at < opens OR at >= expires OR at > closed ORDER BY 1 LIMIT ${IDS_PER_LINE_MAX + 1}`;

/** I8 in Postgres: every claim was made while its packet was open, to the millisecond by Redis's clock. */
export const claimsInTime: LedgerCheck = async ({ db }, report) => {
  for (const { id, how, note } of await db.query<{ id: string; how: string; note: string }>(CLAIMS)) {
    report({ invariant, id, problem: `a claim ${how}`, note });
  }
};

/** I8 in Redis: the same for claims that are not settled yet. */
export const storedClaimsInTime: PacketCheck = ({ row, stored }, _pass, report) => {
  const { packetId, opensAtMs, expiresAtMs } = row;
  for (const { ordinal, atMs } of stored?.claims ?? []) {
    const how =
      opensAtMs !== null && atMs < opensAtMs
        ? 'before it opened'
        : expiresAtMs !== null && atMs >= expiresAtMs
          ? 'after it expired'
          : undefined;
    if (!how) continue;
    const id = `${packetId}:${ordinal}`;
    report({ invariant, id, packetId, problem: `a claim in Redis ${how}`, note: `${id} at ${atMs}` });
  }
};
