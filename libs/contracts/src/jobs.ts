/** One claim on its way from the store to the ledger. `atMs` is Redis's clock at the grab. */
export interface ClaimRecord {
  packetId: string;
  userId: string;
  ordinal: number;
  amount: number;
  atMs: number;
}

/**
 * Queue `settlement`, job `settle-claims`: whole outbox entries, acknowledged after COMMIT. The claims themselves, and not only
 * the entries' names: the queues' Redis may be whole when the outbox's came back empty.
 */
export interface SettleClaimsJob {
  claims: PackedClaims[];
  entries: { slot: number; ids: string[] }[];
}

/** Claims of one packet at one instant; `<userId> <ordinal>:<amount> …`, as in the outbox. A third of their size as objects. */
export type PackedClaims = [packetId: string, atMs: number, claims: string];

/** User ids have no spaces: the outbox is written in the same way. */
export function packClaims(claims: readonly ClaimRecord[]): PackedClaims[] {
  const packed: PackedClaims[] = [];
  let last: PackedClaims | undefined;
  for (const { packetId, atMs, userId, ordinal, amount } of claims) {
    const words = `${userId} ${ordinal}:${amount}`;
    if (last?.[0] === packetId && last[1] === atMs) last[2] += ` ${words}`;
    else packed.push((last = [packetId, atMs, words]));
  }
  return packed;
}

/** Claims as they are, too: so they stand in jobs of the version before, which may be in the queue for a day. */
export function unpackClaims(packed: readonly (PackedClaims | ClaimRecord)[]): ClaimRecord[] {
  const claims: ClaimRecord[] = [];
  for (const group of packed) {
    if ('packetId' in group) {
      claims.push(group);
      continue;
    }
    const [packetId, atMs, words] = group;
    const parts = words.split(' ');
    for (let k = 0; k + 1 < parts.length; k += 2) {
      const share = parts[k + 1]!;
      const colon = share.indexOf(':');
      const [ordinal, amount] = [Number(share.slice(0, colon)), Number(share.slice(colon + 1))];
      claims.push({ packetId, userId: parts[k]!, ordinal, amount, atMs });
    }
  }
  return claims;
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
