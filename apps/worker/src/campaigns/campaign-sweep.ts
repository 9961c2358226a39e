import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { advanceCampaign, advanceDrop, noteClosedDrops } from '@app/lifecycle';
import { quietly } from '@app/observability';
import { WorkerParts } from '../parts.js';

const LOOK_MS = 1_000;
/** Of so many looks one takes all campaigns that are under way. */
const LOOKS_AT_ALL = 10;
const DROPS_PER_LOOK = 200;
const CAMPAIGNS_PER_LOOK = 500;

/**
 * Finds drops and campaigns that are due and that no job moved on: after a crash, with the queue empty or its clock wrong,
 * or planned further ahead than jobs are made for. By a timer of its own; two workers may look at once.
 */
@Injectable()
export class CampaignSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer?: NodeJS.Timeout;
  private looks = -1;
  private looking: Promise<void> | undefined;
  private readonly moving = new Map<string, Promise<void>>();
  private readonly report;

  constructor(private readonly parts: WorkerParts) {
    this.report = quietly((what, error) => parts.logger.warn({ what, err: error }, 'campaign sweep'));
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(), LOOK_MS);
    this.look();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
    await Promise.all(this.moving.values());
  }

  private look(): void {
    this.looking ??= this.run()
      .catch((error: Error) => this.report('look', error))
      .finally(() => {
        this.looking = undefined;
      });
  }

  private async run(): Promise<void> {
    const { dataSource } = this.parts;
    this.looks += 1;
    const [campaigns, drops] = await Promise.all([
      dataSource.query<{ id: string }[]>(
        // At their start or end, or over and not paid back; now and then all, for the store may have missed a pause.
        `SELECT campaign_id AS id FROM campaigns WHERE state <> 'draft' AND settled_up_at IS NULL
           AND ($1 OR ends_at <= now() OR (state = 'scheduled' AND starts_at <= now()) OR state IN ('ended', 'cancelled'))
         ORDER BY state IN ('ended', 'cancelled') DESC, ends_at LIMIT ${CAMPAIGNS_PER_LOOK}`,
        [this.looks % LOOKS_AT_ALL === 0],
      ),
      dataSource.query<{ id: string }[]>(
        `SELECT d.drop_id AS id FROM campaign_drops d JOIN campaigns c USING (campaign_id)
         WHERE c.state <> 'draft' AND (d.state IN ('planned', 'announced') OR d.state = 'open' AND EXISTS (
             SELECT 1 FROM packets p WHERE p.drop_id = d.drop_id AND p.announced_at IS NULL AND p.closed_at IS NULL))
           AND d.opens_at < now() + make_interval(secs => d.announce_seconds + 60)
         ORDER BY d.opens_at LIMIT ${DROPS_PER_LOOK}`,
      ),
    ]);
    // Not waited for: a drop that takes long to arm keeps no other from its opening.
    for (const { id } of drops) this.moveOn(id);
    await noteClosedDrops(dataSource);
    for (const { id } of campaigns) await this.each('campaign', id, () => advanceCampaign(this.parts, id));
  }

  /**
   * Until its next step is further away than the next look: the job that should have come at that instant may have died
   * with its worker, and counts as stalled only after half a minute (seen as drops that opened up to a second late).
   */
  private moveOn(dropId: string): void {
    if (this.moving.has(dropId)) return;
    const move = async () => {
      for (;;) {
        const advanced = await advanceDrop(this.parts, dropId);
        if (advanced.status === 'idle' || advanced.inMs > LOOK_MS) return;
        await new Promise((resolve) => setTimeout(resolve, advanced.inMs));
      }
    };
    const moved = this.each('drop', dropId, move).finally(() => this.moving.delete(dropId));
    this.moving.set(dropId, moved);
  }

  private async each(what: string, id: string, step: () => Promise<unknown>): Promise<void> {
    await step().catch((error: Error) => this.report(`${what} ${id}`, error));
  }
}
