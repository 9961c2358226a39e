/**
 * Every key of the funnel, all in the sockets' Redis, which may be lost and is a single server: people of several drops
 * are counted there together. User ids hold no `:`; reasons are our own words.
 */
export const funnelKeys = {
  /** Set of user ids that were told of the drop. */
  reached: (dropId: string) => `hb:funnel:${dropId}:reached`,
  /** Set of user ids that asked for a share at least once. */
  tapped: (dropId: string) => `hb:funnel:${dropId}:tapped`,
  /** Set of user ids that were refused for this reason at least once. */
  refused: (dropId: string, reason: string) => `hb:funnel:${dropId}:refused:${reason}`,
  /** Set of the reasons seen, so that none is looked for by SCAN. */
  reasons: (dropId: string) => `hb:funnel:${dropId}:reasons`,
  /** Hash: number of a bucket (latency-buckets.ts) → grabs answered within it. */
  latency: (dropId: string) => `hb:funnel:${dropId}:latency`,
  /** Set, for the time of one count over several drops. */
  union: (countId: string) => `hb:funnel:union:${countId}`,
};

/** From the last change of a key. */
export const FUNNEL_KEPT_SECONDS = 35 * 86_400;
