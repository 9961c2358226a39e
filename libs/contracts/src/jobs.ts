/** One claim on its way from the store to the ledger. `atMs` is Redis's clock at the grab. */
export interface ClaimRecord {
  packetId: string;
  userId: string;
  ordinal: number;
  amount: number;
  atMs: number;
}

/** Queue `settlement`, job `settle-claims`: whole outbox entries, acknowledged after COMMIT. */
export interface SettleClaimsJob {
  claims: ClaimRecord[];
  entries: { slot: number; ids: string[] }[];
}

/** Queue `packets`, job `close-packet`: at expiry, or when the last share is settled. */
export interface ClosePacketJob {
  packetId: string;
}

/** Queue `campaigns`, job `advance-drop`: when the drop's next step is due. */
export interface AdvanceDropJob {
  dropId: string;
}

/**
 * Queue `rehearsals`, job `play-rehearsal`: robots are the audience of this rehearsal until it is over. `endsAtMs`: of the
 * campaign, by the store's clock. What there is to answer, they read from its drops.
 */
export interface PlayRehearsalJob {
  rehearsalId: string;
  tenantId: string;
  robots: number;
  /** The most tiers that a drop of it has. */
  tiers: number;
  endsAtMs: number;
}

export const REHEARSAL_ROBOTS_DEFAULT = 60;
export const REHEARSAL_ROBOTS_MAX = 200;

/** `tier`: of every drop, 0 for none. `isSure`: meets every gate that can be met at its first try; two of three are. */
export interface RehearsalRobot {
  userId: string;
  tier: number;
  isSure: boolean;
}

/** The robots of a rehearsal, as the api names them in its gates and the robots sign in. */
export function castOf(job: Pick<PlayRehearsalJob, 'rehearsalId' | 'robots' | 'tiers'>): RehearsalRobot[] {
  const { rehearsalId, robots, tiers } = job;
  const kinds = tiers + 1;
  return Array.from({ length: Math.min(robots, REHEARSAL_ROBOTS_MAX) }, (_, k) => ({
    userId: `robot.${rehearsalId.slice(-8)}.${k + 1}`,
    tier: k % kinds,
    isSure: Math.floor(k / kinds) % 3 < 2,
  }));
}

export const QUEUES = {
  settlement: 'settlement',
  packets: 'packets',
  campaigns: 'campaigns',
  rehearsals: 'rehearsals',
} as const;
export const JOBS = {
  settleClaims: 'settle-claims',
  closePacket: 'close-packet',
  advanceDrop: 'advance-drop',
  playRehearsal: 'play-rehearsal',
} as const;
