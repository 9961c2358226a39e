import type { EntityManager } from 'typeorm';

/** The most that a packet of the campaign is spread over: its pause has to stand in so many slots. At least 1. */
export async function mostPartitions(
  manager: Pick<EntityManager, 'query'>,
  campaignId: string,
): Promise<number> {
  const [row] = await manager.query<{ most: number | null }[]>(
    `SELECT max(partitions) AS most FROM packets WHERE campaign_id = $1`,
    [campaignId],
  );
  return row?.most ?? 1;
}
