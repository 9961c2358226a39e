import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { readFunnel, readFunnelOf, type FunnelFigures } from '@app/funnel';
import { keepFunnel } from '@app/ledger';
import { quietly } from '@app/observability';
import { WorkerParts } from '../parts.js';

const LOOK_MS = 2_000;
const DROPS_PER_LOOK = 1_000;
/** Grabs after the close are noted too; and who comes back late is told once more. */
const AFTER_CLOSE = `interval '10 minutes'`;
/** No drop is open for longer (PACKET_EXPIRES_SECONDS_MAX and the rounds of a rain), so none closed later than this. */
const OPEN_AT_MOST = `interval '4 days'`;
/** Counting everyone once over several drops may take seconds of Redis (libs/funnel); it then gets at most this part of its time. */
const PART_FOR_COUNTING = 0.1;

const UNDER_WAY = `
SELECT d.drop_id AS "dropId", d.campaign_id AS "campaignId" FROM campaign_drops d
WHERE d.state IN ('announced', 'open')
  OR (d.state = 'closed' AND d.opens_at > now() - ${OPEN_AT_MOST} AND EXISTS (SELECT 1 FROM packets p
    WHERE p.drop_id = d.drop_id AND p.closed_at > now() - ${AFTER_CLOSE}))
ORDER BY d.opens_at DESC, d.drop_id LIMIT ${DROPS_PER_LOOK}`;

type Seen = { dropId: string; figures: FunnelFigures };

/**
 * Keeps the funnel's figures, which live in a Redis that may be lost, in Postgres: of drops under way and for a while after
 * their close, when they have changed. Two workers may keep at once: no kept figure falls.
 */
@Injectable()
export class FunnelKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer?: NodeJS.Timeout;
  private looking: Promise<void> | undefined;
  /** What this process wrote last, by drop; and what it had seen of a campaign when it last counted over all its drops. */
  private kept = new Map<string, string>();
  private counted = new Map<string, { of: string; nextAtMs: number }>();
  private readonly report;

  constructor(private readonly parts: WorkerParts) {
    this.report = quietly((what, error) => parts.logger.warn({ what, err: error }, 'funnel keeper'));
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  private look(): void {
    this.looking ??= this.run()
      .catch((error: Error) => this.report('look', error))
      .finally(() => {
        this.looking = undefined;
      });
  }

  private async run(): Promise<void> {
    const { dataSource, redis } = this.parts;
    if (redis.sockets.status !== 'ready') return;
    const rows = await dataSource.query<{ dropId: string; campaignId: string }[]>(UNDER_WAY);
    const campaigns = new Map<string, Seen[]>();
    for (const { dropId, campaignId } of rows) {
      const seen = { dropId, figures: await readFunnel(redis.sockets, dropId) };
      campaigns.set(campaignId, [...(campaigns.get(campaignId) ?? []), seen]);
      await this.keepDrop(seen);
    }
    for (const [campaignId, drops] of campaigns) await this.keepCampaign(campaignId, drops);
    const underWay = new Set(rows.map(({ dropId }) => dropId));
    this.kept = new Map([...this.kept].filter(([dropId]) => underWay.has(dropId)));
    this.counted = new Map([...this.counted].filter(([campaignId]) => campaigns.has(campaignId)));
  }

  private async keepDrop({ dropId, figures }: Seen): Promise<void> {
    const text = JSON.stringify(figures);
    if (this.kept.get(dropId) === text || isEmpty(figures)) return;
    await keepFunnel(this.parts.dataSource, dropId, figures);
    this.kept.set(dropId, text);
  }

  /** Everyone once over all its drops, kept with one of those under way. A campaign of one drop has those figures already. */
  private async keepCampaign(campaignId: string, seen: readonly Seen[]): Promise<void> {
    const { dataSource, redis } = this.parts;
    const of = JSON.stringify(seen);
    const before = this.counted.get(campaignId);
    if (before && (before.of === of || Date.now() < before.nextAtMs)) return;
    const noted = seen.find(({ figures }) => !isEmpty(figures));
    if (!noted) return;
    const drops = await dataSource.query<{ dropId: string }[]>(
      `SELECT drop_id AS "dropId" FROM campaign_drops WHERE campaign_id = $1 AND funded_at IS NOT NULL`,
      [campaignId],
    );
    if (drops.length < 2) return;
    const startedMs = performance.now();
    const campaign = await readFunnelOf(
      redis.sockets,
      drops.map(({ dropId }) => dropId),
    );
    const tookMs = performance.now() - startedMs;
    await keepFunnel(dataSource, noted.dropId, { ...noted.figures, campaign });
    this.counted.set(campaignId, { of, nextAtMs: Date.now() + tookMs / PART_FOR_COUNTING });
  }
}

function isEmpty({ reached, tapped, refused }: FunnelFigures): boolean {
  return reached === 0 && tapped === 0 && Object.keys(refused).length === 0;
}
