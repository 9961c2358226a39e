import { readFunnel, readFunnelOf } from '@app/funnel';
import { largerFunnel, NO_PEOPLE, readKeptFunnels, type FunnelPeople } from '@app/ledger';
import type { ApiParts } from '../parts.js';

/**
 * People that one report counts once over several drops in Redis, which takes 2 µs for each (libs/funnel). For more, what
 * the worker kept stands, some seconds old.
 */
const COUNTED_TOGETHER_MAX = 50_000;

type Parts = Pick<ApiParts, 'dataSource' | 'redis'>;

/** `drops`: by drop id. `campaign`: everyone once, in however many of its drops. */
export interface CampaignFunnels {
  drops: Map<string, FunnelPeople>;
  campaign: FunnelPeople;
}

/**
 * Who was told, who tapped, who was refused: figure by figure the larger of what the sockets' Redis has and what was kept
 * of it. Redis may be away, or have come back empty.
 */
export async function readFunnels(
  { dataSource, redis }: Parts,
  campaignId: string,
  dropIds: readonly string[],
): Promise<CampaignFunnels> {
  const [kept, live] = await Promise.all([
    readKeptFunnels(dataSource, campaignId),
    readLive(redis.sockets, dropIds).catch(() => undefined),
  ]);
  const drops = new Map(
    dropIds.map((dropId) => {
      const own = largerFunnel(kept.get(dropId) ?? NO_PEOPLE, live?.drops.get(dropId) ?? NO_PEOPLE);
      return [dropId, own] as const;
    }),
  );
  // Whoever was counted in one drop is counted in the campaign, also where nobody has counted over all drops yet.
  const known = [...drops.values(), ...[...kept.values()].map(({ campaign = NO_PEOPLE }) => campaign)];
  return { drops, campaign: known.reduce(largerFunnel, live?.together ?? NO_PEOPLE) };
}

async function readLive(sockets: ApiParts['redis']['sockets'], dropIds: readonly string[]) {
  if (sockets.status !== 'ready') return undefined;
  const drops = new Map<string, FunnelPeople>();
  await Promise.all(
    dropIds.map(async (dropId) => {
      drops.set(dropId, await readFunnel(sockets, dropId));
    }),
  );
  const isCheap = peopleInSeveral([...drops.values()]) <= COUNTED_TOGETHER_MAX;
  return { drops, together: isCheap ? await readFunnelOf(sockets, dropIds) : undefined };
}

/** How many entries have to be looked at to count over all drops; one drop alone says its number. */
function peopleInSeveral(drops: readonly FunnelPeople[]): number {
  const figures = drops.map(({ reached, tapped, refused }) => ({
    ...refused,
    ' reached': reached,
    ' tapped': tapped,
  }));
  const sums = new Map<string, { people: number; drops: number }>();
  for (const [name, people] of figures.flatMap((figure) => Object.entries<number>(figure))) {
    const sum = sums.get(name) ?? { people: 0, drops: 0 };
    if (people > 0) sums.set(name, { people: sum.people + people, drops: sum.drops + 1 });
  }
  return [...sums.values()].reduce((all, sum) => all + (sum.drops > 1 ? sum.people : 0), 0);
}
