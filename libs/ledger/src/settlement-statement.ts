import type { EntityManager } from 'typeorm';
import type { ClaimRecord } from '@app/contracts';
import { int8ToNumber } from './int8.js';

/** A packet that has claims in the batch, as its row stood when it was locked. `escrowId` is null when it has no escrow. */
export interface LockedPacket {
  packetId: string;
  currency: string;
  closed: boolean;
  count: number;
  claimedCount: number;
  escrowId: number | null;
}

/** What a claim did to its winner's wallet: `available` is the balance after the whole batch. */
export interface Credit {
  transferId: number;
  available: number;
}

/** In order of their ids, and before any account: settling, closing and recovering a packet take turns on its row. */
const LOCK = `
SELECT p.packet_id AS "packetId", p.currency, p.closed_at IS NOT NULL AS closed, p.count, p.claimed_count AS "claimedCount",
  e.account_id AS "escrowId"
FROM packets p LEFT JOIN accounts e ON e.kind = 'escrow' AND e.owner = p.packet_id::text AND e.currency = p.currency
WHERE p.packet_id = ANY($1::uuid[]) ORDER BY p.packet_id FOR UPDATE OF p`;

export function lockPackets(manager: EntityManager, packetIds: readonly string[]): Promise<LockedPacket[]> {
  return manager.query(LOCK, [plainArray(packetIds)]);
}

/** `$1…$5`: packet ids, ordinals, user ids, amounts, instants in ms, one each for a claim; `n` counts them from 1. */
const GIVEN = `SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::bigint[], $5::float8[]) WITH ORDINALITY
  AS g (packet_id, ordinal, user_id, amount, at_ms, n)`;

/**
 * Claims, escrows, wallets, transfers and progress in one statement, for claims that are all new; any other breaks a unique
 * key and with it the whole. `$6…$9` are sums by packet, `$10…$12` by wallet, in the order of their owners: every batch locks
 * wallets in that order, and escrows before, so no two can wait for each other in a circle.
 *
 * Transfers are numbered before they are written, for an INSERT that returns its rows would have to be joined to the claims
 * again by text. The answer is one row, since 1,000 of them cost the client more than the whole of its part now does.
 */
const SETTLE = `
WITH given AS MATERIALIZED (${GIVEN}),
sums AS MATERIALIZED (
  SELECT * FROM unnest($6::uuid[], $7::bigint[], $8::int[], $9::bigint[]) AS s (packet_id, escrow, claims, amount)
),
claimed AS (
  INSERT INTO claims (packet_id, ordinal, user_id, amount, claimed_at)
  SELECT packet_id, ordinal, user_id, amount, to_timestamp(at_ms / 1000) FROM given
),
escrows AS (
  UPDATE accounts SET balance = balance - s.amount FROM sums s WHERE account_id = s.escrow
  RETURNING account_id, s.packet_id, currency
),
wallets AS (
  INSERT INTO accounts (kind, owner, currency, balance)
  SELECT 'wallet', owner, currency, amount FROM unnest($10::text[], $11::text[], $12::bigint[]) AS w (owner, currency, amount)
  ON CONFLICT (kind, owner, currency) DO UPDATE SET balance = accounts.balance + EXCLUDED.balance
  RETURNING account_id, owner, currency, balance
),
numbered AS MATERIALIZED (
  SELECT nextval(pg_get_serial_sequence('transfers', 'transfer_id')) AS transfer_id, g.n, g.packet_id, g.ordinal, g.amount,
    e.account_id AS debit, w.account_id AS credit, w.currency, w.balance
  FROM given g JOIN escrows e USING (packet_id) JOIN wallets w ON w.owner = g.user_id AND w.currency = e.currency
),
moved AS (
  INSERT INTO transfers
    (transfer_id, transfer_key, kind, debit_account, credit_account, amount, currency, packet_id) OVERRIDING SYSTEM VALUE
  SELECT transfer_id, 'settle:' || packet_id || ':' || ordinal, 'settle', debit, credit, amount, currency, packet_id FROM numbered
),
progress AS (
  UPDATE packets p SET claimed_count = p.claimed_count + s.claims, claimed_amount = p.claimed_amount + s.amount
  FROM sums s WHERE p.packet_id = s.packet_id
)
SELECT string_agg(n || ' ' || transfer_id || ' ' || balance, ' ') AS credits, now() AS at FROM numbered`;

/** Settles claims that are all new, of locked packets that can pay. Gives what each did, in their order. */
export async function settleNew(
  manager: EntityManager,
  claims: readonly ClaimRecord[],
  packets: ReadonlyMap<string, LockedPacket>,
): Promise<{ credits: Credit[]; at: Date }> {
  const byPacket = new Map<string, { claims: number; amount: number }>();
  const byWallet = new Map<string, { owner: string; currency: string; amount: number }>();
  for (const { packetId, userId, amount } of claims) {
    const sum = byPacket.get(packetId);
    if (sum) {
      sum.claims += 1;
      sum.amount += amount;
    } else byPacket.set(packetId, { claims: 1, amount });
    const { currency } = packets.get(packetId)!;
    const key = `${userId} ${currency}`;
    const wallet = byWallet.get(key);
    if (wallet) wallet.amount += amount;
    else byWallet.set(key, { owner: userId, currency, amount });
  }
  const packetIds = [...byPacket.keys()];
  const sums = [...byPacket.values()];
  const wallets = [...byWallet.keys()].sort().map((key) => byWallet.get(key)!);
  const [row] = await manager.query<[{ credits: string | null; at: Date }]>(SETTLE, [
    ...columnsOf(claims),
    plainArray(packetIds),
    plainArray(packetIds.map((packetId) => packets.get(packetId)!.escrowId!)),
    plainArray(sums.map((sum) => sum.claims)),
    plainArray(sums.map((sum) => sum.amount)),
    textArray(wallets.map((wallet) => wallet.owner)),
    textArray(wallets.map((wallet) => wallet.currency)),
    plainArray(wallets.map((wallet) => wallet.amount)),
  ]);
  return { credits: creditsOf(row.credits ?? '', claims.length), at: row.at };
}

/** Throws unless every claim was paid: a join that dropped one would make a claim without its transfer. */
function creditsOf(words: string, claims: number): Credit[] {
  const numbers = words.split(' ');
  if (numbers.length !== 3 * claims) throw new Error(`${numbers.length / 3} of ${claims} claims were paid`);
  const credits: Credit[] = Array.from({ length: claims });
  for (let k = 0; k < numbers.length; k += 3) {
    credits[Number(numbers[k]) - 1] = {
      transferId: int8ToNumber(numbers[k + 1]!),
      available: int8ToNumber(numbers[k + 2]!),
    };
  }
  return credits;
}

/** Of claims that share ordinal or user with one in the ledger: whether it is the very same claim. */
const KNOWN = `
SELECT g.n::int AS n, bool_and(c.ordinal = g.ordinal AND c.user_id = g.user_id AND c.amount = g.amount) AS same
FROM (${GIVEN}) g JOIN claims c ON c.packet_id = g.packet_id AND (c.ordinal = g.ordinal OR c.user_id = g.user_id) GROUP BY g.n`;

/** Asked with their packets locked, so that the answer holds until COMMIT. */
export async function readKnown(
  manager: EntityManager,
  claims: readonly ClaimRecord[],
): Promise<Map<ClaimRecord, 'settled' | 'contradicted'>> {
  const rows = await manager.query<{ n: number; same: boolean }[]>(KNOWN, columnsOf(claims));
  return new Map(rows.map(({ n, same }) => [claims[n - 1]!, same ? 'settled' : 'contradicted']));
}

function columnsOf(claims: readonly ClaimRecord[]): string[] {
  return [
    plainArray(claims.map((claim) => claim.packetId)),
    plainArray(claims.map((claim) => claim.ordinal)),
    textArray(claims.map((claim) => claim.userId)),
    plainArray(claims.map((claim) => claim.amount)),
    plainArray(claims.map((claim) => claim.atMs)),
  ];
}

/** An array in Postgres's text form. pg escapes every element with two regular expressions, numbers too. */
function plainArray(values: readonly (string | number | null)[]): string {
  return `{${values.join(',')}}`;
}

function textArray(values: readonly string[]): string {
  const quoted = values.map((value) => (/["\\]/.test(value) ? value.replace(/["\\]/g, '\\$&') : value));
  return quoted.length === 0 ? '{}' : `{"${quoted.join('","')}"}`;
}
