import { ASSUMED, DESIGN } from './design.ts';

/** What a plan is for. Rates are those of the busiest second. */
export interface Target {
  /** Grabs a second, all tries together. */
  peak: number;
  /** Connected at the peak. */
  people: number;
  /** Shares that Redis holds at once, and Postgres in the end. */
  shares: number;
  /** The time over which the shares are given out. */
  dropSeconds: number;
  /** Wins a second, where it is known better than `shares / dropSeconds`. */
  wins?: number | undefined;
  /** Packets sent a second in rooms; 0: one drop for all. */
  sends: number;
  /** Packets that a drop is divided into, each with a part of the people. */
  packets: number;
  /** In rooms. */
  sharesPerPacket: number;
  /** People who hear of a packet; of a drop all, unless said. */
  audience: number;
  /** How long a packet of a room stays open. */
  openSeconds: number;
  /** `packet:progressed` a second to each of the audience of an open packet. */
  progressPerSecond: number;
  /** A drop is to reach its whole audience within this time. */
  pushSeconds: number;
  /** People come within this time, or come back after an outage. */
  arriveSeconds: number;
  /** The opening is spread over this time by user; 0: not. */
  staggerSeconds: number;
  /** A claim is to be in the ledger within this time of its grab. */
  settleSeconds: number;
}

/** What the target asks of each part in the busiest second. */
export interface Demand {
  grabs: number;
  wins: number;
  /** Grabs that win nothing; some of them are the first that a gateway hears of the end. */
  misses: number;
  settled: number;
  /** Events written to single sockets while grabs come: progress, wallets, and what belongs to packets of rooms. */
  pushes: number;
  /** Events of one drop for everybody, within `pushSeconds`, before the grabs. */
  dropPushes: number;
  arrivals: number;
  /** Packets that are open, and that end in the busiest second. */
  open: number;
  endings: number;
  /** By how much staggering lowers the peak. */
  stagger: number;
}

export function demandOf(target: Target): Demand {
  const { people, shares, sends, audience, progressPerSecond } = target;
  const stagger =
    target.staggerSeconds > ASSUMED.reactSeconds ? ASSUMED.reactSeconds / target.staggerSeconds : 1;
  const grabs = target.peak * stagger;
  const wins = Math.min(grabs, target.wins ?? shares / target.dropSeconds);
  // A drop that ends soon leaves its last claims time to settle after it; one that goes on does not.
  const settled = (wins * target.dropSeconds) / (target.dropSeconds + target.settleSeconds);
  const ofPackets = sends * audience * (2 + progressPerSecond * target.openSeconds);
  const ofDrop = sends > 0 ? 0 : Math.min(audience, people);
  return {
    ...{ grabs, wins, misses: grabs - wins, settled, stagger },
    pushes: wins + ofPackets + ofDrop * progressPerSecond,
    dropPushes: ofDrop / target.pushSeconds,
    arrivals: people / target.arriveSeconds,
    open: sends > 0 ? sends * target.openSeconds : target.packets,
    endings: sends > 0 ? sends : Math.max(1, target.packets / target.dropSeconds),
  };
}

/** The busiest instant of first misses: a gateway asks the store once for each packet or partition that it does not know to be over. */
export function firstMissesOf(
  demand: Demand,
  of: { gateways: number; partitions: number; audience: number; callSeconds: number },
): number {
  const asking = Math.min(of.gateways * of.partitions, of.audience);
  return Math.min(demand.misses, demand.endings * asking + demand.misses * of.callSeconds);
}

export const PROGRESS_PER_SECOND = 1_000 / DESIGN.progressMs;
