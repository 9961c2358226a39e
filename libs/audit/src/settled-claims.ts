import type { Snapshot } from './snapshot.js';

const ROWS_PER_QUERY = 5_000;

export function* chunksOf<T>(items: readonly T[], size = ROWS_PER_QUERY): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}

interface Win {
  packetId: string;
  userId: string;
  ordinal: number;
  amount: number;
}

const MISSING = `
SELECT g.n::int AS n FROM unnest($1::uuid[], $2::text[], $3::int[], $4::bigint[]) WITH ORDINALITY
  AS g (packet_id, user_id, ordinal, amount, n)
LEFT JOIN claims c ON c.packet_id = g.packet_id AND c.user_id = g.user_id AND c.ordinal = g.ordinal AND c.amount = g.amount
WHERE c.packet_id IS NULL ORDER BY g.n`;

/** Of these wins, those that the ledger has not, or has otherwise. */
export async function notSettled<W extends Win>(db: Snapshot, wins: readonly W[]): Promise<W[]> {
  const missing: W[] = [];
  for (const chunk of chunksOf(wins)) {
    const rows = await db.query<{ n: number }>(MISSING, [
      chunk.map((win) => win.packetId),
      chunk.map((win) => win.userId),
      chunk.map((win) => win.ordinal),
      chunk.map((win) => win.amount),
    ]);
    for (const { n } of rows) missing.push(chunk[n - 1]!);
  }
  return missing;
}

const BY_USER = `
SELECT c.packet_id::text AS "packetId", c.user_id AS "userId", c.ordinal FROM claims c
JOIN (SELECT DISTINCT * FROM unnest($1::uuid[], $2::text[]) AS g (packet_id, user_id)) g USING (packet_id, user_id)`;

/** The claims that these users have on these packets. */
export async function settledFor(
  db: Snapshot,
  users: readonly { packetId: string; userId: string }[],
): Promise<{ packetId: string; userId: string; ordinal: number }[]> {
  const found = [];
  for (const chunk of chunksOf(users)) {
    const params = [chunk.map(({ packetId }) => packetId), chunk.map(({ userId }) => userId)];
    found.push(...(await db.query<{ packetId: string; userId: string; ordinal: number }>(BY_USER, params)));
  }
  return found;
}
