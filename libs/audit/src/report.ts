export const INVARIANTS = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10'] as const;
export type Invariant = (typeof INVARIANTS)[number];

/** One way in which one invariant is broken, with everything that shows it. */
export interface Broken {
  invariant: Invariant;
  /**
   * What is wrong: a packet's id, `<packetId>:<ordinal>` for a claim, `<packetId>:<userId>` for a user on a packet, a
   * transfer's key, `<kind>:<owner>:<currency>` for an account, `<stream>:<entry>` or `<queue>:<job>`. At most
   * IDS_PER_LINE_MAX of them.
   */
  ids: string[];
  /** The problem, how many there are, and the first of them in figures. */
  detail: string;
}

/** What `npm run audit -- --json` prints. */
export interface AuditReport {
  ok: boolean;
  checked: { packets: number; claims: number; transfers: number };
  broken: Broken[];
}
