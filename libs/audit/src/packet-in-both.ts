import type { Redis } from 'ioredis';
import { splitLucky } from '@app/domain';
import type { SeedVault } from '@app/ledger';
import type { Snapshot } from './snapshot.js';
import type { StoredState } from './stored-packets.js';
import { readStored } from './stored-spread.js';

/** Bound on what is in memory at once, but for a single packet that is larger. */
const PACKETS_PER_PAGE_MAX = 500;
const SHARES_PER_BATCH_MAX = 20_000;

/** A packet's row, amounts in minor units, instants in epoch milliseconds. */
export interface PacketRow {
  packetId: string;
  roomId: string | null;
  senderId: string;
  kind: 'lucky' | 'fixed';
  currency: string;
  amount: number;
  count: number;
  partitions: number;
  shareMin: number;
  shareMax: number;
  state: 'funded' | 'open' | 'finished' | 'expired';
  commitment: string;
  seedSealed: Buffer;
  seed: string | null;
  epoch: number;
  opensAtMs: number | null;
  expiresAtMs: number | null;
  bestLuckOrdinal: number | null;
  closed: boolean;
  frozenReason: string | null;
}

export interface SettledClaim {
  ordinal: number;
  userId: string;
  amount: number;
}

/** The split as the seed gives it, or why it can't be had. `unknown`: no key was given, which is nobody's fault. */
export type Split = { seed: string; shares: number[] } | { unknown: true } | { fault: string };

/** One packet as Postgres and, read later, Redis have it. */
export interface PacketInBoth {
  row: PacketRow;
  settled: SettledClaim[];
  /** Undefined: Redis doesn't know it. */
  stored: StoredState | undefined;
  split: Split;
}

const MS = (column: string) => `(extract(epoch FROM date_trunc('milliseconds', ${column})) * 1000)::float8`;
const PAGE = `
SELECT packet_id::text AS "packetId", room_id::text AS "roomId", sender_id AS "senderId", kind, currency,
  amount::float8, count, partitions, share_min::float8 AS "shareMin", share_max::float8 AS "shareMax", state, commitment,
  seed_sealed AS "seedSealed", seed, epoch, ${MS('opens_at')} AS "opensAtMs", ${MS('expires_at')} AS "expiresAtMs",
  best_luck_ordinal AS "bestLuckOrdinal", closed_at IS NOT NULL AS closed, frozen_reason AS "frozenReason"
FROM packets WHERE ($1::uuid IS NULL OR packet_id > $1) AND ($2::uuid[] IS NULL OR packet_id = ANY($2)) ORDER BY packet_id LIMIT $3`;
const CLAIMS = `
SELECT packet_id::text AS "packetId", ordinal, user_id AS "userId", amount::float8 FROM claims
WHERE packet_id = ANY($1::uuid[]) ORDER BY packet_id, ordinal`;

/** All packets, or those of `only`, in order of their ids. */
export async function* packetsInBoth(
  db: Snapshot,
  money: Redis,
  vault: SeedVault | undefined,
  only?: readonly string[],
): AsyncGenerator<PacketInBoth> {
  for (let after: string | null = null; ;) {
    const page: PacketRow[] = await db.query<PacketRow>(PAGE, [after, only ?? null, PACKETS_PER_PAGE_MAX]);
    for (const batch of batchesOf(page)) yield* readBatch(db, money, vault, batch);
    if (page.length < PACKETS_PER_PAGE_MAX) return;
    after = page.at(-1)!.packetId;
  }
}

function* batchesOf(rows: readonly PacketRow[]): Generator<PacketRow[]> {
  let batch: PacketRow[] = [];
  let shares = 0;
  for (const row of rows) {
    if (batch.length > 0 && shares + row.count > SHARES_PER_BATCH_MAX) {
      yield batch;
      batch = [];
      shares = 0;
    }
    batch.push(row);
    shares += row.count;
  }
  if (batch.length > 0) yield batch;
}

async function* readBatch(
  db: Snapshot,
  money: Redis,
  vault: SeedVault | undefined,
  rows: PacketRow[],
): AsyncGenerator<PacketInBoth> {
  const ids = rows.map(({ packetId }) => packetId);
  const claims = await db.query<SettledClaim & { packetId: string }>(CLAIMS, [ids]);
  const byPacket = new Map<string, SettledClaim[]>(ids.map((id) => [id, []]));
  for (const { packetId, ...claim } of claims) byPacket.get(packetId)?.push(claim);
  const stored = await readStored(money, rows);
  for (const [k, row] of rows.entries()) {
    yield { row, settled: byPacket.get(row.packetId)!, stored: stored[k], split: splitOf(row, vault) };
  }
}

/** From the revealed seed of a closed packet, else from the sealed one. */
function splitOf(row: PacketRow, vault: SeedVault | undefined): Split {
  let seed = row.closed ? row.seed : null;
  if (!seed) {
    if (!vault) return { unknown: true };
    try {
      seed = vault.open(row.packetId, row.seedSealed);
    } catch {
      return { fault: 'its sealed seed does not open with this SEED_KEY' };
    }
  }
  try {
    return { seed, shares: splitLucky(seed, termsOf(row)) };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}

export function termsOf({ amount, count, shareMin, shareMax }: PacketRow) {
  return { amount, count, min: shareMin, max: shareMax };
}
