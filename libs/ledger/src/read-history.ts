import type { DataSource } from 'typeorm';
import type { HistoryLine, HistoryView, PacketState } from '@app/contracts';

export interface HistoryQuery {
  userId: string;
  year: number;
  /** Whose midnight begins the year, as Postgres names zones. */
  timeZone: string;
  limit: number;
  /** Lines to pass over. */
  offset: number;
}

const YEAR = (column: string) =>
  `${column} >= make_timestamptz($2, 1, 1, 0, 0, 0, $3) AND ${column} < make_timestamptz($2 + 1, 1, 1, 0, 0, 0, $3)`;

const SENT = `SELECT packet_id AS "packetId", room_id AS "roomId", kind, currency, greeting, created_at AS at, amount, count,
    claimed_count AS claimed, refunded, CASE state WHEN 'funded' THEN 'armed' ELSE state END AS state
  FROM packets WHERE sender_id = $1 AND campaign_id IS NULL AND ${YEAR('created_at')}`;

const RECEIVED = `SELECT p.packet_id AS "packetId", p.room_id AS "roomId", p.kind, p.currency, p.greeting, c.claimed_at AS at,
    c.amount, p.sender_id AS "senderId", coalesce(p.sender_name, u.name, p.sender_id) AS "senderName",
    coalesce(p.best_luck_ordinal = c.ordinal, false) AS "bestLuck", 0 AS refunded
  FROM claims c JOIN packets p USING (packet_id) LEFT JOIN users u ON u.user_id = p.sender_id
  WHERE c.user_id = $1 AND ${YEAR('c.claimed_at')}`;

/** Packets sent or received in a year, newest first, with the totals of the whole year for each currency. */
export async function readHistory(
  dataSource: DataSource,
  direction: 'sent' | 'received',
  { userId, year, timeZone, limit, offset }: HistoryQuery,
): Promise<HistoryView> {
  const lines = direction === 'sent' ? SENT : RECEIVED;
  const own =
    direction === 'sent'
      ? 'sum(refunded)::bigint AS refunded'
      : 'count(*) FILTER (WHERE "bestLuck") AS "bestLuck"';
  const [rows, totals] = await Promise.all([
    dataSource.query<(Omit<HistoryLine, 'at' | 'state'> & { at: Date; state?: PacketState })[]>(
      `SELECT * FROM (${lines}) l ORDER BY at DESC, "packetId" DESC LIMIT $4 OFFSET $5`,
      [userId, year, timeZone, limit + 1, offset],
    ),
    dataSource.query<HistoryView['totals']>(
      `SELECT currency, count(*) AS count, sum(amount)::bigint AS amount, ${own} FROM (${lines}) l
       GROUP BY currency ORDER BY currency`,
      [userId, year, timeZone],
    ),
  ]);
  const items = rows.slice(0, limit).map(({ at, ...line }) => {
    if (direction === 'received') delete line.refunded;
    return { ...line, at: at.toISOString() };
  });
  return { items, totals, ...(rows.length > limit ? { nextCursor: String(offset + limit) } : {}) };
}
