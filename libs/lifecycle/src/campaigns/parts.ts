import type { Queue } from 'bullmq';
import type { PacketLimits } from '@app/domain';
import type { CampaignStore, GatedStore } from '@app/packet-store';
import type { EndParts } from '../end-packet.js';

type Settings = {
  TIME_ZONE: string;
  SHARE_MIN: number;
  SHARE_MAX: number;
  CAMPAIGN_PACKET_SHARES_MAX: number;
};

export function campaignSettingsOf(config: Settings): CampaignParts['campaignSettings'] {
  const { TIME_ZONE: timeZone, SHARE_MIN: shareMin, SHARE_MAX: shareMax } = config;
  return { timeZone, limits: { shareMin, shareMax, sharesMax: config.CAMPAIGN_PACKET_SHARES_MAX } };
}

/** What moving a campaign along needs beside what its packets need. */
export interface CampaignParts extends EndParts {
  store: GatedStore & CampaignStore;
  campaignsQueue: Queue;
  /** An audience was told that its drop is open, so long after its planned instant. */
  onOpened?: (lateMs: number) => void;
  campaignSettings: { timeZone: string; limits: PacketLimits };
}
