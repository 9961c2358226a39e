import type { Audience, Caps, Tier } from './campaigns.js';
import type { Gate } from './gates.js';

/**
 * Who may win a packet and under which conditions: kept with it in Postgres and in the store, read by gateways and api,
 * never sent to a client, for it holds the right answers. Absent on plain room packets.
 */
export interface PacketRules {
  gates: Gate[];
  /** 32 hex characters of the packet's own: makes the order and the ids of a person's quiz options. */
  salt: string;
  /** Everything below: packets of a campaign's drop. */
  campaign?: CampaignRules;
}

export interface CampaignRules {
  campaignId: string;
  dropId: string;
  /** `base`, `tier:<n>`, or `round:<n>:<lane>`, each counted from 1: one packet of the drop each. */
  part: string;
  audience: Audience;
  /** The tier whose people this packet is for; absent on the drop's own packet. */
  tier?: Pick<Tier, 'segment' | 'audienceId' | 'neverWon'>;
  /** The lists that were set up for the grab script: of the audience, else of the tier. Both: the tier's. */
  audienceId?: string;
  caps: Caps;
  /** Starts of the days over which the packet can be open, in epoch milliseconds, each with its date in TIME_ZONE. */
  days: { startMs: number; day: string }[];
  /** One claim for a person over all packets that share this: those of one drop with tiers. */
  onceKey?: string;
  /** Shares are released evenly over so long from the opening. 0: all at once. */
  releaseMs: number;
  rain?: { round: number; rounds: number; roundSeconds: number; lane: number; catchesPerRound: number };
  shake?: { oddsPercent: number };
}
