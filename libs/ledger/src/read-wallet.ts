import type { DataSource } from 'typeorm';
import {
  entryOnSocket,
  type EntryKind,
  type EntryView,
  type WalletChanged,
  type WalletView,
} from '@app/contracts';

const ENTRY_KINDS: Record<string, EntryKind> = {
  topup: 'topup',
  fund: 'packet_funded',
  settle: 'claim_settled',
  refund: 'packet_refunded',
};

/** `available` from the wallet; `held`: in escrow of the user's own packets that are not closed. Minor units. */
export async function readWallet(dataSource: DataSource, userId: string): Promise<WalletView> {
  const balances = await dataSource.query<WalletView['balances']>(
    `SELECT currency, sum(available)::bigint AS available, sum(held)::bigint AS held FROM (
       SELECT currency, balance AS available, 0 AS held FROM accounts WHERE kind = 'wallet' AND owner = $1
       UNION ALL
       SELECT p.currency, 0, a.balance FROM packets p JOIN accounts a ON a.kind = 'escrow' AND a.owner = p.packet_id::text
       WHERE p.sender_id = $1 AND p.campaign_id IS NULL AND p.closed_at IS NULL
     ) sums GROUP BY currency ORDER BY currency`,
    [userId],
  );
  return { balances };
}

/** Movements of the user's wallets, newest first. `before`: the entry id to go on from. */
export async function readEntries(
  dataSource: DataSource,
  userId: string,
  limit: number,
  before?: number,
): Promise<EntryView[]> {
  const rows = await dataSource.query<
    {
      transferId: number;
      kind: string;
      amount: number;
      currency: string;
      packetId: string | null;
      at: Date;
    }[]
  >(
    // Each account by its two indexes: with one OR the planner walks the whole table backwards (400,000 rows for 10).
    `SELECT e.* FROM accounts a, LATERAL (
       (SELECT transfer_id AS "transferId", kind, currency, packet_id AS "packetId", created_at AS at, amount
        FROM transfers WHERE credit_account = a.account_id AND ($2::bigint IS NULL OR transfer_id < $2)
        ORDER BY transfer_id DESC LIMIT $3)
       UNION ALL
       (SELECT transfer_id, kind, currency, packet_id, created_at, -amount
        FROM transfers WHERE debit_account = a.account_id AND ($2::bigint IS NULL OR transfer_id < $2)
        ORDER BY transfer_id DESC LIMIT $3)
     ) e WHERE a.kind = 'wallet' AND a.owner = $1 ORDER BY e."transferId" DESC LIMIT $3`,
    [userId, before ?? null, limit],
  );
  return rows.map((row) => entryView(row));
}

/** One transfer as the wallet it touched shows it; `amount` is signed. */
export function entryView(row: {
  transferId: number;
  kind: string;
  amount: number;
  currency: string;
  packetId: string | null;
  at: Date;
}): EntryView {
  return {
    entryId: String(row.transferId),
    kind: ENTRY_KINDS[row.kind]!,
    amount: row.amount,
    currency: row.currency,
    ...(row.packetId ? { packetId: row.packetId } : {}),
    at: row.at.toISOString(),
  };
}

/** What `wallet:changed` says after the user's last movement in a currency. Undefined without one. */
export async function tellWallet(
  dataSource: DataSource,
  userId: string,
  currency: string,
): Promise<WalletChanged | undefined> {
  const [[wallet], entries] = await Promise.all([
    dataSource.query<{ balance: number }[]>(
      `SELECT balance FROM accounts WHERE kind = 'wallet' AND owner = $1 AND currency = $2`,
      [userId, currency],
    ),
    readEntries(dataSource, userId, 10),
  ]);
  const entry = entries.find((candidate) => candidate.currency === currency);
  return wallet && entry && { currency, available: wallet.balance, entry: entryOnSocket(entry) };
}
