import type { DataSource, EntityManager } from 'typeorm';
import type { CampaignSeries } from '@app/contracts';

const POINTS_MAX = 120;
/** The last one is enough for PLAN_DAYS_MAX. */
const BUCKET_SECONDS = [1, 5, 10, 30, 60, 300, 900, 3_600, 10_800, 21_600, 86_400, 345_600];
const RANGES_MAX = 20;
/** Times powers of ten: each at most twice the one before, so that a range too narrow by one has a neighbour with over 10. */
const ROUND_WIDTHS = [1, 2, 2.5, 5];

/** `over`: when the last packet of a campaign that is over was closed. */
const FRAME = `
SELECT c.budget, now() AS now, c.ends_at AS "endsAt", p.first, p.over FROM campaigns c, LATERAL (
  SELECT min(opens_at) FILTER (WHERE state <> 'funded' AND opens_at <= now()) AS first,
    CASE WHEN c.state IN ('ended', 'cancelled') AND bool_and(closed_at IS NOT NULL) THEN max(closed_at) END AS over
  FROM packets WHERE campaign_id = c.campaign_id) p
WHERE c.campaign_id = $1`;

/** What lies outside, by clocks that differ, counts in the first or last bucket, so that no claim is missing. */
const bucketOf = (instant: string) =>
  `least(greatest(floor((date_part('epoch', ${instant}) - $2::float8) / $3::float8), 0), $4::float8)::int`;

const CLAIMS = `
SELECT ${bucketOf('c.claimed_at')} AS bucket, count(*) AS winners, sum(c.amount)::bigint AS amount,
  min(c.amount) AS least, max(c.amount) AS most
FROM claims c WHERE c.packet_id = ANY($1::uuid[]) GROUP BY 1`;

/** Shares that came with their packet, and those that went back with it. */
const STOCK = `
SELECT bucket, sum(shares)::bigint AS shares FROM (
  SELECT ${bucketOf('created_at')} AS bucket, count AS shares FROM packets WHERE campaign_id = $1 AND state <> 'funded'
  UNION ALL
  SELECT ${bucketOf('closed_at')}, claimed_count - count FROM packets WHERE campaign_id = $1 AND closed_at IS NOT NULL
) s GROUP BY bucket`;

const AMOUNTS = `
SELECT (c.amount - $2::bigint) / $3::bigint AS range, count(*) AS claims
FROM claims c WHERE c.packet_id = ANY($1::uuid[]) GROUP BY 1`;

interface Frame {
  budget: number;
  startSeconds: number;
  bucketSeconds: number;
  buckets: number;
}

type ClaimsInBucket = { bucket: number; winners: number; amount: number; least: number; most: number };

/**
 * What the ledger knows of a campaign's claims over time, from its first opening until now or its end. A point is of the
 * bucket that begins `at`: claims and their amount within it, and what was left when it ended, of the shares of packets
 * that were armed and not closed, and of the budget. Ranges of amounts hold `from` and do not hold `to`. No points before
 * the first opening, and no ranges before the first claim.
 */
export async function readCampaignSeries(
  dataSource: DataSource,
  campaignId: string,
): Promise<CampaignSeries> {
  return dataSource.transaction('REPEATABLE READ', async (manager) => {
    await manager.query(`SET TRANSACTION READ ONLY`);
    const frame = await readFrame(manager, campaignId);
    if (!frame) return { bucketSeconds: BUCKET_SECONDS[0]!, points: [], amounts: [] };
    const { startSeconds, bucketSeconds, buckets } = frame;
    const by = [startSeconds, bucketSeconds, buckets - 1];
    const packetIds = await readClaimed(manager, campaignId);
    const claims = await manager.query<ClaimsInBucket[]>(CLAIMS, [packetIds, ...by]);
    const stock = await manager.query<{ bucket: number; shares: number }[]>(STOCK, [campaignId, ...by]);
    const ranges = rangesOf(claims);
    const amounts = ranges.map((range) => ({ ...range, claims: 0 }));
    if (ranges[0]) {
      const { from, to } = ranges[0];
      const counts = await manager.query<{ range: number; claims: number }[]>(AMOUNTS, [
        packetIds,
        from,
        to - from,
      ]);
      for (const { range, claims: n } of counts) amounts[range]!.claims = n;
    }
    return { bucketSeconds, points: pointsOf(frame, claims, stock), amounts };
  });
}

/** By id: joined by their campaign, the planner walks all claims there are. */
async function readClaimed(manager: EntityManager, campaignId: string): Promise<string[]> {
  const rows = await manager.query<{ id: string }[]>(
    `SELECT packet_id AS id FROM packets WHERE campaign_id = $1 AND claimed_count > 0`,
    [campaignId],
  );
  return rows.map(({ id }) => id);
}

async function readFrame(manager: EntityManager, campaignId: string): Promise<Frame | undefined> {
  type Row = { budget: number; now: Date; endsAt: Date; first: Date | null; over: Date | null };
  const [row] = await manager.query<Row[]>(FRAME, [campaignId]);
  if (!row?.first) return undefined;
  const first = row.first.getTime() / 1_000;
  const end = (row.over ?? new Date(Math.min(row.now.getTime(), row.endsAt.getTime()))).getTime() / 1_000;
  return { budget: row.budget, ...bucketsBetween(first, Math.max(first, end)) };
}

/** Buckets of a length that people read easily, beginning at multiples of it; no more than POINTS_MAX. Seconds of the epoch. */
export function bucketsBetween(first: number, last: number): Omit<Frame, 'budget'> {
  const cut = (bucketSeconds: number) => {
    const startSeconds = Math.floor(first / bucketSeconds) * bucketSeconds;
    return { startSeconds, bucketSeconds, buckets: Math.floor((last - startSeconds) / bucketSeconds) + 1 };
  };
  const fitting = BUCKET_SECONDS.map(cut).find(({ buckets }) => buckets <= POINTS_MAX);
  return fitting ?? cut(BUCKET_SECONDS.at(-1)!);
}

/** Ranges of one round width that hold all amounts from `least` to `most`, as many as there may be. */
export function rangesBetween(least: number, most: number): { from: number; to: number }[] {
  for (let power = 1; ; power *= 10) {
    for (const round of ROUND_WIDTHS) {
      const width = round * power;
      const below = Math.floor(least / width);
      const count = Math.floor(most / width) - below + 1;
      if (!Number.isInteger(width) || count > RANGES_MAX) continue;
      return Array.from({ length: count }, (_, k) => ({
        from: (below + k) * width,
        to: (below + k + 1) * width,
      }));
    }
  }
}

function rangesOf(claims: readonly ClaimsInBucket[]): { from: number; to: number }[] {
  if (claims.length === 0) return [];
  return rangesBetween(
    Math.min(...claims.map(({ least }) => least)),
    Math.max(...claims.map(({ most }) => most)),
  );
}

function pointsOf(
  { budget, startSeconds, bucketSeconds, buckets }: Frame,
  claims: readonly ClaimsInBucket[],
  stock: readonly { bucket: number; shares: number }[],
): CampaignSeries['points'] {
  const claimsIn = new Map(claims.map((row) => [row.bucket, row]));
  const sharesIn = new Map(stock.map((row) => [row.bucket, row.shares]));
  let shares = 0;
  let budgetLeft = budget;
  return Array.from({ length: buckets }, (_, k) => {
    const { winners = 0, amount = 0 } = claimsIn.get(k) ?? {};
    shares += (sharesIn.get(k) ?? 0) - winners;
    budgetLeft -= amount;
    const at = new Date((startSeconds + k * bucketSeconds) * 1_000).toISOString();
    // A packet that closed by one clock before its last claim by another would show less than none.
    return { at, winners, amount, stockLeft: Math.max(0, shares), budgetLeft };
  });
}
