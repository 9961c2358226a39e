import type { CampaignRules } from '@app/contracts';

/** A claim as a campaign counts it. `amount` in minor units. */
export interface CountedClaim {
  userId: string;
  amount: number;
  atMs: number;
  /** Of the packet's rules. */
  onceKey?: string;
}

/** All that Postgres knows of what a campaign has given. `days`: all of its days, in order. */
export interface CampaignCounts {
  campaignId: string;
  paused: boolean;
  claims: readonly CountedClaim[];
  days: CampaignRules['days'];
}

/**
 * What the rules of packets look at besides the packet: what its campaign has given, whom its lists name, who has done a
 * task. Two forms, one suite of tests, as for PacketStore. Every method may be repeated.
 */
export interface CampaignStore {
  /**
   * Once it has resolved no packet of a paused campaign gives a share. `partitions`: the most that a packet of it is
   * spread over; the pause has to stand in each of their slots.
   */
  setPaused(campaignId: string, paused: boolean, partitions?: number): Promise<void>;
  /**
   * Replaces what is counted, and whether it is paused, as a whole: for recovery, while the gate of the slot is shut. Who
   * calls it sees to it that nobody pauses the campaign between the look into Postgres and the end of this.
   */
  restoreCampaign(counts: CampaignCounts): Promise<void>;
  /** Claims that the counters say were made; those on packets that are spread are not counted. */
  claimsCounted(campaignId: string): Promise<number>;
  /** Forgets what was counted after `keepSeconds`; when no packet of the campaign is open any more. */
  forgetCampaign(campaignId: string, keepSeconds: number, partitions?: number): Promise<void>;
  /** Whether each has a claim on any packet of the campaign. */
  wonBefore(campaignId: string, userIds: readonly string[]): Promise<boolean[]>;
  /** A list is set up for each campaign that uses it, and belongs to that one alone. Adding somebody twice is harmless. */
  addToAudience(campaignId: string, audienceId: string, userIds: readonly string[]): Promise<void>;
  audienceSize(campaignId: string, audienceId: string): Promise<number>;
  inAudience(campaignId: string, audienceId: string, userIds: readonly string[]): Promise<boolean[]>;
  /** After `keepSeconds`: until then somebody on it who grabs late is told what they won, or that it is closed. */
  forgetAudience(campaignId: string, audienceId: string, keepSeconds: number): Promise<void>;
  markTaskDone(tenantId: string, taskId: string, userIds: readonly string[]): Promise<void>;
  forgetTask(tenantId: string, taskId: string): Promise<void>;
  isTaskDone(tenantId: string, taskId: string, userId: string): Promise<boolean>;
}
