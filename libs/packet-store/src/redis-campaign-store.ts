import { randomUUID } from 'node:crypto';
import type { Redis } from '@app/redis';
import type { CampaignCounts, CampaignStore } from './campaign-store.js';
import { keys, SLOTS, slotOf } from './keys.js';
import { dayAt } from './packet-rules.js';

/** One command with so many user ids takes Redis some 2 ms: grabs wait no longer than that. */
const IDS_PER_COMMAND_MAX = 5_000;
/** Counters that are being written and not yet in place; if the writer dies Redis forgets them. */
const UNFINISHED_SECONDS = 600;

/** What campaigns are counted by, on Redis. `client` is a money connection (libs/redis); the keys are in keys.ts. */
export class RedisCampaignStore implements CampaignStore {
  constructor(protected readonly client: Redis) {}

  async setPaused(campaignId: string, paused: boolean, partitions = 1): Promise<void> {
    // HSETNX and HDEL write nothing where it is so already: the sweep says it again every second, and each write is synced.
    await Promise.all(
      totalsOf(campaignId, partitions).map((totals) =>
        paused ? this.client.hsetnx(totals, 'paused', '1') : this.client.hdel(totals, 'paused'),
      ),
    );
  }

  async restoreCampaign(counts: CampaignCounts): Promise<void> {
    const { campaignId } = counts;
    const { totals, people } = countersOf(counts);
    const places = [
      { key: keys.totals(campaignId), fields: totals },
      { key: keys.people(campaignId), fields: people },
    ];
    // Written apart and put in place together: nobody sees half of the counters, and two who restore don't mix theirs.
    const written = await Promise.all(
      places.map(({ key, fields }) => this.writeApart(`${key}:${randomUUID()}`, fields)),
    );
    const swap = this.client.multi();
    for (const [k, { key }] of places.entries()) {
      const from = written[k];
      if (from) swap.rename(from, key).persist(key);
      else swap.del(key);
    }
    const replies = await swap.exec();
    const failed = replies?.find(([error]) => error);
    if (!replies || failed) throw failed?.[0] ?? new Error('the counters were not put in place');
  }

  /** Gives the key, or undefined where there is nothing to write. */
  private async writeApart(key: string, fields: Map<string, number>): Promise<string | undefined> {
    const entries = [...fields].map(([field, value]) => [field, String(value)]);
    for (const some of chunksOf(entries)) {
      await this.client.hset(key, ...some.flat());
      await this.client.expire(key, UNFINISHED_SECONDS);
    }
    return entries.length > 0 ? key : undefined;
  }

  async claimsCounted(campaignId: string): Promise<number> {
    return Number(await this.client.hget(keys.totals(campaignId), 'claims'));
  }

  async forgetCampaign(campaignId: string, keepSeconds: number, partitions = 1): Promise<void> {
    const places = [keys.people(campaignId), ...totalsOf(campaignId, partitions)];
    await Promise.all(places.map((key) => this.client.expire(key, keepSeconds)));
  }

  async wonBefore(campaignId: string, userIds: readonly string[]): Promise<boolean[]> {
    const won: boolean[] = [];
    for (const some of chunksOf(userIds)) {
      const claims = await this.client.hmget(keys.people(campaignId), ...some);
      won.push(...claims.map((count) => Number(count) > 0));
    }
    return won;
  }

  async addToAudience(campaignId: string, audienceId: string, userIds: readonly string[]): Promise<void> {
    const key = keys.audience(campaignId, audienceId);
    for (const some of chunksOf(userIds)) await this.client.sadd(key, ...some);
  }

  async audienceSize(campaignId: string, audienceId: string): Promise<number> {
    return this.client.scard(keys.audience(campaignId, audienceId));
  }

  async inAudience(campaignId: string, audienceId: string, userIds: readonly string[]): Promise<boolean[]> {
    const inIt: boolean[] = [];
    for (const some of chunksOf(userIds)) {
      const found = await this.client.smismember(keys.audience(campaignId, audienceId), ...some);
      inIt.push(...found.map((one) => one === 1));
    }
    return inIt;
  }

  async forgetAudience(campaignId: string, audienceId: string, keepSeconds: number): Promise<void> {
    await this.client.expire(keys.audience(campaignId, audienceId), keepSeconds);
  }

  async markTaskDone(tenantId: string, taskId: string, userIds: readonly string[]): Promise<void> {
    for (const some of chunksOf(userIds)) await this.client.sadd(keys.task(tenantId, taskId), ...some);
  }

  async forgetTask(tenantId: string, taskId: string): Promise<void> {
    await this.client.unlink(keys.task(tenantId, taskId));
  }

  async isTaskDone(tenantId: string, taskId: string, userId: string): Promise<boolean> {
    return (await this.client.sismember(keys.task(tenantId, taskId), userId)) === 1;
  }
}

/** In the campaign's own slot, and where the partitions of its packets lie, which are those that follow. */
function totalsOf(campaignId: string, partitions: number): string[] {
  const slots = Math.min(partitions, SLOTS);
  return Array.from({ length: slots }, (_, p) => keys.totals(campaignId, slotOf(campaignId, p)));
}

/** The counters that grabRuled-9.lua would have written. */
function countersOf({ paused, claims, days }: CampaignCounts) {
  const totals = new Map<string, number>([['claims', claims.length]]);
  const people = new Map<string, number>();
  const add = (counters: Map<string, number>, field: string, by: number) =>
    counters.set(field, (counters.get(field) ?? 0) + by);
  if (paused) totals.set('paused', 1);
  for (const { userId, amount, atMs, onceKey } of claims) {
    const day = dayAt(days, atMs);
    add(people, userId, 1);
    if (onceKey !== undefined) add(people, `${userId}#${onceKey}`, 1);
    if (day === undefined) continue;
    add(people, `${userId}:${day}`, 1);
    add(totals, `claims:${day}`, 1);
    add(totals, `amount:${day}`, amount);
  }
  return { totals, people };
}

export function* chunksOf<T>(items: readonly T[]): Generator<T[]> {
  for (let from = 0; from < items.length; from += IDS_PER_COMMAND_MAX) {
    yield items.slice(from, from + IDS_PER_COMMAND_MAX);
  }
}
