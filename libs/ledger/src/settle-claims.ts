import { QueryFailedError, type DataSource, type EntityManager } from 'typeorm';
import type { ClaimRecord } from '@app/contracts';

/** A wallet after a claim reached it. `available` is the balance after the whole batch; amounts in minor units. */
export interface Credited {
  userId: string;
  currency: string;
  available: number;
  transferId: number;
  amount: number;
  packetId: string;
  at: Date;
}

export interface Settled {
  credited: Credited[];
  /** Packets whose last share is now settled. */
  complete: string[];
  /** Packets whose claims contradict the ledger. Nothing of theirs was settled; they are to be frozen. */
  broken: { packetId: string; reason: string }[];
}

/** `$1…$5`: packet ids, ordinals, user ids, amounts, instants in ms, one each for a claim. */
const GIVEN = `SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::bigint[], $5::bigint[])
  AS g (packet_id, ordinal, user_id, amount, at_ms)`;

/**
 * Claims, escrow, wallets and transfers in one statement. What is already there is passed over by the unique keys, and
 * everything after `fresh` counts fresh rows only, so a second delivery adds nothing. Wallets are locked in the order of
 * their owners, escrows before wallets: no two batches can wait for each other in a circle.
 */
const SETTLE = `
WITH given AS (${GIVEN}),
fresh AS (
  INSERT INTO claims (packet_id, ordinal, user_id, amount, claimed_at)
  SELECT packet_id, ordinal, user_id, amount, to_timestamp(at_ms / 1000.0) FROM given
  ON CONFLICT DO NOTHING RETURNING packet_id, ordinal, user_id, amount
),
sums AS (SELECT packet_id, count(*)::int AS claims, sum(amount)::bigint AS amount FROM fresh GROUP BY packet_id),
escrows AS (
  UPDATE accounts SET balance = balance - sums.amount FROM sums
  WHERE kind = 'escrow' AND owner = sums.packet_id::text
  RETURNING account_id, sums.packet_id, currency
),
wallets AS (
  INSERT INTO accounts (kind, owner, currency, balance)
  SELECT 'wallet', user_id, currency, sum(amount)::bigint FROM fresh JOIN escrows USING (packet_id)
  GROUP BY user_id, currency ORDER BY user_id, currency
  ON CONFLICT (kind, owner, currency) DO UPDATE SET balance = accounts.balance + EXCLUDED.balance
  RETURNING account_id, owner, currency, balance
),
moved AS (
  INSERT INTO transfers (transfer_key, kind, debit_account, credit_account, amount, currency, packet_id)
  SELECT 'settle:' || packet_id || ':' || ordinal, 'settle', e.account_id, w.account_id, f.amount, e.currency, packet_id
  FROM fresh f JOIN escrows e USING (packet_id) JOIN wallets w ON w.owner = f.user_id AND w.currency = e.currency
  RETURNING transfer_key, transfer_id, credit_account, created_at
),
progress AS (
  UPDATE packets p SET claimed_count = p.claimed_count + sums.claims, claimed_amount = p.claimed_amount + sums.amount
  FROM sums WHERE p.packet_id = sums.packet_id
  RETURNING p.packet_id
)
SELECT f.user_id AS "userId", w.currency, w.balance AS available, m.transfer_id AS "transferId", f.amount,
  f.packet_id AS "packetId", m.created_at AS at, (SELECT count(*) FROM progress) AS packets
FROM fresh f LEFT JOIN moved m ON m.transfer_key = 'settle:' || f.packet_id || ':' || f.ordinal
LEFT JOIN wallets w ON w.account_id = m.credit_account`;

/** Claims that the ledger has otherwise, or not at all, after SETTLE. */
const CONTRADICTIONS = `
SELECT g.packet_id AS "packetId", g.ordinal, g.user_id AS "userId", g.amount FROM (${GIVEN}) g
LEFT JOIN claims c ON c.packet_id = g.packet_id AND c.ordinal = g.ordinal AND c.user_id = g.user_id AND c.amount = g.amount
WHERE c.packet_id IS NULL`;

class Contradiction extends Error {
  constructor(readonly broken: { packetId: string; reason: string }[]) {
    super('claims contradict the ledger');
  }
}

/**
 * Settles claims into the ledger in one transaction; safe to call again with the same ones. A packet whose claims
 * contradict what is there (another owner, another amount, closed before, unknown) is left out whole and named.
 */
export async function settleClaims(dataSource: DataSource, claims: readonly ClaimRecord[]): Promise<Settled> {
  const broken: Settled['broken'] = [];
  let rest = claims;
  while (rest.length > 0) {
    try {
      const settled = await dataSource.transaction((manager) => settleAll(manager, rest));
      return { ...settled, broken };
    } catch (error) {
      if (isRefusedByConstraint(error)) return settleEach(dataSource, rest, error, broken);
      if (!(error instanceof Contradiction)) throw error;
      broken.push(...error.broken);
      const left = new Set(error.broken.map(({ packetId }) => packetId));
      rest = rest.filter((claim) => !left.has(claim.packetId));
    }
  }
  return { credited: [], complete: [], broken };
}

/** Integrity violations (23…) and values out of range (22…): trying the same again would fail the same. */
function isRefusedByConstraint(error: unknown): error is QueryFailedError {
  return error instanceof QueryFailedError && /^2[23]/.test(String((error as { code?: unknown }).code));
}

/** A constraint names no packet. Settled one packet at a time, the one that breaks it stands alone and the others go on. */
async function settleEach(
  dataSource: DataSource,
  claims: readonly ClaimRecord[],
  error: Error,
  broken: Settled['broken'],
): Promise<Settled> {
  const packetIds = [...new Set(claims.map((claim) => claim.packetId))];
  if (packetIds.length === 1) {
    return {
      credited: [],
      complete: [],
      broken: [...broken, { packetId: packetIds[0]!, reason: error.message }],
    };
  }
  const settled: Settled = { credited: [], complete: [], broken };
  for (const packetId of packetIds) {
    const one = await settleClaims(
      dataSource,
      claims.filter((claim) => claim.packetId === packetId),
    );
    settled.credited.push(...one.credited);
    settled.complete.push(...one.complete);
    settled.broken.push(...one.broken);
  }
  return settled;
}

async function settleAll(
  manager: EntityManager,
  claims: readonly ClaimRecord[],
): Promise<Omit<Settled, 'broken'>> {
  const packetIds = [...new Set(claims.map((claim) => claim.packetId))];
  // The packets first, in order of their ids: settling and closing the same packet take turns.
  const rows = await manager.query<{ packetId: string; closed: boolean }[]>(
    `SELECT packet_id AS "packetId", closed_at IS NOT NULL AS closed FROM packets
     WHERE packet_id = ANY($1::uuid[]) ORDER BY packet_id FOR UPDATE`,
    [packetIds],
  );
  const columns = [
    claims.map((claim) => claim.packetId),
    claims.map((claim) => claim.ordinal),
    claims.map((claim) => claim.userId),
    claims.map((claim) => claim.amount),
    claims.map((claim) => claim.atMs),
  ];
  const unsettleable = packetIds.filter((id) => !rows.some((row) => row.packetId === id && !row.closed));
  if (unsettleable.length > 0) await assertAllSettledBefore(manager, columns, new Set(unsettleable));
  const credited = await manager.query<Credited[]>(SETTLE, columns);
  const unpaid = credited.find(({ transferId }) => transferId === null);
  if (unpaid)
    throw new Contradiction([{ packetId: unpaid.packetId, reason: 'it has no escrow to pay from' }]);
  if (credited.length < claims.length) await assertAllSettledBefore(manager, columns);
  const complete = await manager.query<{ packetId: string }[]>(
    `SELECT packet_id AS "packetId" FROM packets
     WHERE packet_id = ANY($1::uuid[]) AND claimed_count = count AND closed_at IS NULL`,
    [packetIds],
  );
  return { credited, complete: complete.map(({ packetId }) => packetId) };
}

/** Second deliveries are fine, also after the close; anything else is a broken invariant of its packet. */
async function assertAllSettledBefore(
  manager: EntityManager,
  columns: unknown[][],
  only?: Set<string>,
): Promise<void> {
  const rows = await manager.query<{ packetId: string; ordinal: number; userId: string; amount: number }[]>(
    CONTRADICTIONS,
    columns,
  );
  const broken = new Map<string, string>();
  for (const { packetId, ordinal, userId, amount } of rows) {
    if (only && !only.has(packetId)) continue;
    broken.set(
      packetId,
      `claim ${ordinal} of ${userId} over ${amount} is not what the ledger has or can take`,
    );
  }
  if (broken.size > 0)
    throw new Contradiction([...broken].map(([packetId, reason]) => ({ packetId, reason })));
}
