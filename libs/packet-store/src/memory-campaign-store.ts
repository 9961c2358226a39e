import type { CampaignRules } from '@app/contracts';
import type { CampaignCounts, CampaignStore, CountedClaim } from './campaign-store.js';
import { dayAt } from './packet-rules.js';
import type { StoredClaim } from './packet-store.js';

interface Counted extends CountedClaim {
  day: string | undefined;
}

interface MemoryCampaign {
  paused: boolean;
  claims: Counted[];
  forgetAtMs?: number;
}

interface MemoryList {
  userIds: Set<string>;
  forgetAtMs: number;
}

/** The model of what is counted over a campaign: its claims, each kept, and counted anew for every question. */
export class MemoryCampaignStore implements CampaignStore {
  private readonly campaigns = new Map<string, MemoryCampaign>();
  private readonly audiences = new Map<string, MemoryList>();
  private readonly tasks = new Map<string, MemoryList>();

  constructor(protected readonly clock: () => number) {}

  private campaign(campaignId: string): MemoryCampaign {
    const known = this.campaigns.get(campaignId);
    if (known && this.clock() < (known.forgetAtMs ?? Infinity)) return known;
    const fresh: MemoryCampaign = { paused: false, claims: [] };
    this.campaigns.set(campaignId, fresh);
    return fresh;
  }

  protected isListed({ campaignId, audienceId }: CampaignRules, userId: string): boolean {
    return (
      audienceId === undefined || this.listOf(this.audiences, campaignId, audienceId).userIds.has(userId)
    );
  }

  protected isPaused({ campaignId }: CampaignRules): boolean {
    return this.campaign(campaignId).paused;
  }

  /** Why `userId` may not win a share of `amount` now, if so. */
  protected refusalBy(
    rules: CampaignRules,
    userId: string,
    amount: number | undefined,
    nowMs: number,
  ): 'members' | 'cap' | undefined {
    const { caps, days, onceKey, tier } = rules;
    const { claims } = this.campaign(rules.campaignId);
    const mine = claims.filter((claim) => claim.userId === userId);
    if (tier?.neverWon && mine.length > 0) return 'members';
    const today = dayAt(days, nowMs);
    const ofToday = claims.filter(({ day }) => day === today);
    const spentToday = ofToday.reduce((sum, claim) => sum + claim.amount, 0);
    const reached = (cap: number | undefined, count: number) => cap !== undefined && count >= cap;
    return reached(caps.claimsPerPerson, mine.length) ||
      reached(caps.claimsPerPersonPerDay, mine.filter(({ day }) => day === today).length) ||
      (onceKey !== undefined && mine.some((claim) => claim.onceKey === onceKey)) ||
      reached(caps.claims, claims.length) ||
      reached(caps.claimsPerDay, ofToday.length) ||
      (amount !== undefined && spentToday + amount > (caps.amountPerDay ?? Infinity))
      ? 'cap'
      : undefined;
  }

  protected count({ campaignId, days, onceKey }: CampaignRules, { userId, amount, atMs }: StoredClaim): void {
    const once = onceKey === undefined ? {} : { onceKey };
    this.campaign(campaignId).claims.push({ userId, amount, atMs, ...once, day: dayAt(days, atMs) });
  }

  async setPaused(campaignId: string, paused: boolean): Promise<void> {
    this.campaign(campaignId).paused = paused;
  }

  async restoreCampaign({ campaignId, paused, claims, days }: CampaignCounts): Promise<void> {
    const counted = claims.map((claim) => ({ ...claim, day: dayAt(days, claim.atMs) }));
    this.campaigns.set(campaignId, { paused, claims: counted });
  }

  async forgetCampaign(campaignId: string, keepSeconds: number): Promise<void> {
    this.campaign(campaignId).forgetAtMs = this.clock() + keepSeconds * 1_000;
  }

  async claimsCounted(campaignId: string): Promise<number> {
    return this.campaign(campaignId).claims.length;
  }

  async wonBefore(campaignId: string, userIds: readonly string[]): Promise<boolean[]> {
    const winners = new Set(this.campaign(campaignId).claims.map((claim) => claim.userId));
    return userIds.map((userId) => winners.has(userId));
  }

  async addToAudience(campaignId: string, audienceId: string, userIds: readonly string[]): Promise<void> {
    for (const userId of userIds) this.listOf(this.audiences, campaignId, audienceId).userIds.add(userId);
  }

  async audienceSize(campaignId: string, audienceId: string): Promise<number> {
    return this.listOf(this.audiences, campaignId, audienceId).userIds.size;
  }

  async inAudience(campaignId: string, audienceId: string, userIds: readonly string[]): Promise<boolean[]> {
    const list = this.listOf(this.audiences, campaignId, audienceId).userIds;
    return userIds.map((userId) => list.has(userId));
  }

  async forgetAudience(campaignId: string, audienceId: string, keepSeconds: number): Promise<void> {
    this.listOf(this.audiences, campaignId, audienceId).forgetAtMs = this.clock() + keepSeconds * 1_000;
  }

  async markTaskDone(tenantId: string, taskId: string, userIds: readonly string[]): Promise<void> {
    for (const userId of userIds) this.listOf(this.tasks, tenantId, taskId).userIds.add(userId);
  }

  async forgetTask(tenantId: string, taskId: string): Promise<void> {
    this.tasks.delete([tenantId, taskId].join(':'));
  }

  async isTaskDone(tenantId: string, taskId: string, userId: string): Promise<boolean> {
    return this.listOf(this.tasks, tenantId, taskId).userIds.has(userId);
  }

  private listOf(lists: Map<string, MemoryList>, ...ids: string[]): MemoryList {
    const key = ids.join(':');
    const known = lists.get(key);
    if (known && this.clock() < known.forgetAtMs) return known;
    const fresh: MemoryList = { userIds: new Set(), forgetAtMs: Infinity };
    lists.set(key, fresh);
    return fresh;
  }
}
