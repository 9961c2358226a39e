import type { DataSource } from 'typeorm';
import type { LatencyView } from '@app/contracts';

/** People in front of a drop, each counted once, as the sockets' Redis has them; `refused` by reason. */
export interface FunnelPeople {
  reached: number;
  tapped: number;
  refused: Record<string, number>;
  latency?: LatencyView;
}

/** `campaign`: over all drops of its campaign, as counted when this was kept. */
export interface KeptFunnel extends FunnelPeople {
  campaign?: FunnelPeople;
}

export const NO_PEOPLE: FunnelPeople = { reached: 0, tapped: 0, refused: {} };

/**
 * Figure by figure the larger. People are only ever added to what is counted, so the smaller of two looks is the older
 * one, or one at a Redis that has lost some.
 */
export function largerFunnel(a: FunnelPeople, b: FunnelPeople): FunnelPeople {
  const refused: Record<string, number> = {};
  for (const reason of [...Object.keys(a.refused), ...Object.keys(b.refused)].sort())
    refused[reason] = Math.max(a.refused[reason] ?? 0, b.refused[reason] ?? 0);
  // Quantiles of two counts can't be put together: those of more grabs stand.
  const latency = (a.latency?.count ?? 0) >= (b.latency?.count ?? 0) ? a.latency : b.latency;
  return {
    reached: Math.max(a.reached, b.reached),
    tapped: Math.max(a.tapped, b.tapped),
    refused,
    ...(latency && { latency }),
  };
}

/**
 * Keeps figures of a drop where no Redis can lose them. No kept figure ever falls, whoever writes, in whatever order: two
 * workers may keep at once.
 */
export async function keepFunnel(dataSource: DataSource, dropId: string, seen: KeptFunnel): Promise<void> {
  await dataSource.transaction(async (manager) => {
    const fresh = await manager.query<unknown[]>(
      `INSERT INTO drop_funnels (drop_id, figures) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING drop_id`,
      [dropId, JSON.stringify(seen)],
    );
    if (fresh.length > 0) return;
    const [kept] = await manager.query<{ figures: KeptFunnel }[]>(
      `SELECT figures FROM drop_funnels WHERE drop_id = $1 FOR UPDATE`,
      [dropId],
    );
    const figures = largerKept(kept!.figures, seen);
    await manager.query(
      `UPDATE drop_funnels SET figures = $2, at = now() WHERE drop_id = $1 AND figures <> $2::jsonb`,
      [dropId, JSON.stringify(figures)],
    );
  });
}

/** What was kept of a campaign's drops, by drop id; drops of which nothing was are absent. */
export async function readKeptFunnels(
  dataSource: DataSource,
  campaignId: string,
): Promise<Map<string, KeptFunnel>> {
  const rows = await dataSource.query<{ dropId: string; figures: KeptFunnel }[]>(
    `SELECT drop_id AS "dropId", figures FROM drop_funnels JOIN campaign_drops USING (drop_id) WHERE campaign_id = $1`,
    [campaignId],
  );
  return new Map(rows.map(({ dropId, figures }) => [dropId, figures]));
}

function largerKept(a: KeptFunnel, b: KeptFunnel): KeptFunnel {
  if (!a.campaign && !b.campaign) return largerFunnel(a, b);
  return { ...largerFunnel(a, b), campaign: largerFunnel(a.campaign ?? NO_PEOPLE, b.campaign ?? NO_PEOPLE) };
}
