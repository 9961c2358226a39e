/**
 * People, each counted once: in the audience (null when nobody can say: a segment), told of it, tapped, won, and refused
 * by reason. `settled` counts claims in the ledger.
 */
export interface Funnel {
  audience: number | null;
  reached: number;
  tapped: number;
  won: number;
  settled: number;
  refused: Record<string, number>;
}

/** Of one grab, from read to answered, in milliseconds. */
export interface LatencyView {
  count: number;
  p50: number;
  p95: number;
  p99: number;
}

export interface DropReport {
  dropId: string;
  packetId?: string;
  packets: {
    packetId: string;
    part: string;
    state: string;
    amount: number;
    spent: number;
    refunded: number;
  }[];
  opensAt: string;
  openedAt?: string;
  openedLateMs?: number;
  state: string;
  budget: number;
  spent: number;
  refunded: number;
  costPerWinner: number;
  funnel: Funnel;
  latency?: LatencyView;
}

/** `GET /campaigns/:id/report`. All amounts in minor units. `costPerWinner`: spent by person who won, rounded half up. */
export interface CampaignReport {
  campaignId: string;
  state: string;
  currency: string;
  budget: number;
  spent: number;
  /** Back in the tenant's account. */
  refunded: number;
  /** Not decided yet: with the campaign or in escrow of its packets. */
  held: number;
  costPerWinner: number;
  funnel: Funnel;
  latency?: LatencyView;
  drops: DropReport[];
  /** The same sums from the ledger's transfers alone; `matches` says that nothing differs. */
  ledger: { spent: number; refunded: number; held: number; matches: boolean };
  at: string;
}

/** `GET /campaigns/:id/series`: what happened, in buckets of `bucketSeconds`. `amounts`: how many claims in each range. */
export interface CampaignSeries {
  bucketSeconds: number;
  points: { at: string; winners: number; amount: number; stockLeft: number; budgetLeft: number }[];
  amounts: { from: number; to: number; claims: number }[];
}
