/**
 * What the service says of a run's money, as fetched from it; the checks look at nothing else. Amounts are minor units.
 */
export interface Evidence {
  rooms: PacketEvidence[];
  senders: SenderEvidence[];
  campaigns: CampaignEvidence[];
  tenants: TenantEvidence[];
}

export interface ClaimEvidence {
  ordinal: number;
  userId: string;
  amount: number;
  settled: boolean;
}

export interface PacketEvidence {
  packetId: string;
  /** Who funded it: a person, or a campaign. */
  funder: string;
  amount: number;
  /** Shares; undefined where the service doesn't say. */
  count?: number;
  /** As the packet's own row counts them, where it does. */
  claimedCount?: number;
  state: string;
  refunded: number;
  claims: ClaimEvidence[];
}

export interface SenderEvidence {
  userId: string;
  /** Topped up before the run, into an empty wallet. */
  funded: number;
  available: number;
  held: number;
}

/** Its account was empty when the budgets of its campaigns had been set aside. */
export interface TenantEvidence {
  tenantId: string;
  available: number;
  held: number;
}

export interface CampaignEvidence {
  campaignId: string;
  tenantId: string;
  state: string;
  budget: number;
  /** By its own rows, and by transfers alone. */
  spent: number;
  refunded: number;
  held: number;
  ledger: { spent: number; refunded: number; held: number };
  packets: PacketEvidence[];
}

export function allPackets(evidence: Evidence): PacketEvidence[] {
  return [...evidence.rooms, ...evidence.campaigns.flatMap(({ packets }) => packets)];
}
