/** What the service does by its code and defaults, and a plan has to know. None of it is a cost; each says where it stands. */
export const DESIGN = {
  /** libs/packet-store/src/keys.ts: a packet's slot, so also the most masters that can hold packets. */
  slots: 16,
  /** A packet of more shares than this is spread over partitions (docs/architecture.md). */
  sharesPerPartition: 100_000,
  /** libs/lifecycle: a packet's close is scheduled when it drops, and asked for again when its last share is settled. */
  jobsPerPacket: 2,
  /** Settings of the same names, at their defaults. */
  grabsPerCallMax: 256,
  grabsWaitingMax: 20_000,
  claimsPerJobMax: 1_000,
  /** apps/worker, relay.ts: claims that one read of the outbox aims at, and how long it gathers for them. */
  claimsPerRead: 500,
  gatherMs: { min: 25, max: 200 },
  /** apps/worker: settlement transactions of one worker at once; on two cores one. */
  transactionsAtOnce: 2,
  /** apps/gateway: `packet:progressed` of one packet at most once in this time. */
  progressMs: 550,
} as const;

/** What is assumed and was not measured here. A plan prints those it used. */
export const ASSUMED = {
  /** IPv4, TCP with timestamps, a TLS 1.3 record: 20 + 32 + 22. */
  framingBytes: 74,
  /** A Redis that rewrites its file may hold as much again of what changes meanwhile. */
  redisMemoryUse: 0.5,
  /** Of a gateway's memory: garbage that is not collected yet, and write buffers. */
  gatewayMemoryUse: 0.7,
  /** Of a gateway's core, for news of settled claims of people who are connected elsewhere; more needs another region. */
  hearingShare: 0.1,
  /** A turn of the packet Redis's loop, with its sync, in which half of a grab's wait is. */
  cycleMsMax: 5,
  /** A first tap comes within this time of the opening. */
  reactSeconds: 1,
} as const;
