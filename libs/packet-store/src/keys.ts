/**
 * Every key of the packet store. A packet lives in one of 16 slots, by the last hex digit of its id; the slot in braces
 * is Redis Cluster's hash tag, so that a packet, the outbox its claims go to and the gate in front of it share a node.
 * Partition p of a packet that is spread lives p slots further, and its keys say p after the id; the first one's keys are
 * those of a packet that is whole.
 */
export const SLOTS = 16;

export function slotOf(packetId: string, partition = 0): number {
  const slot = Number.parseInt(packetId.slice(-1), 16);
  if (!(slot >= 0 && slot < SLOTS))
    throw new RangeError(`a packet id ends in a hex digit, not: ${packetId.slice(-1)}`);
  return (slot + partition) % SLOTS;
}

/** Of any key: what its braces hold. */
export function slotOfKey(key: string): number {
  return Number(key.slice(key.indexOf('{') + 1, key.indexOf('}')));
}

/** `uuid` made an id in the campaign's slot: a campaign's packets and its counters share a node. */
export function packetIdInSlotOf(campaignId: string, uuid: string): string {
  return `${uuid.slice(0, -1)}${slotOf(campaignId).toString(16)}`;
}

const packet = (packetId: string, partition: number) =>
  `hb:{${slotOf(packetId, partition)}}:packet:${packetId}${partition > 0 ? `:${partition}` : ''}`;

export const keys = {
  /** Hash: the packet's terms and state (fields in armBlock-2.lua). */
  meta: (packetId: string, partition = 0) => `${packet(packetId, partition)}:meta`,
  /** List: shares not taken, in grab order, each `ordinal:amount`. */
  shares: (packetId: string, partition = 0) => `${packet(packetId, partition)}:shares`,
  /** Hash: user id → `ordinal:amount:atMs`. */
  claims: (packetId: string, partition = 0) => `${packet(packetId, partition)}:claims`,
  /** Stream: claims on their way to the ledger. */
  outbox: (slot: number) => `hb:{${slot}}:outbox`,
  /** String: run id (run-ids.ts) of the Redis process whose state of this slot was checked against Postgres, or the word of a check. */
  gate: (slot: number) => `hb:{${slot}}:gate`,
  /** String without a meaning, written to stand behind claims (RedisPacketStore.told). */
  behind: (slot: number) => `hb:{${slot}}:behind`,
  /**
   * String: of a packet that is spread, in place of the slot's gate: the run id and the round (spread-grabs.ts) for which
   * this partition is open, or the token of who is checking the packet.
   */
  packetGate: (packetId: string, partition: number) => `${packet(packetId, partition)}:gate`,
  /** Hash: user id → wrong tries on the packet. */
  tries: (packetId: string, partition = 0) => `${packet(packetId, partition)}:tries`,
  /** Hash: `paused`, `claims`, `claims:<day>`, `amount:<day>`; in slots other than the campaign's only `paused`. */
  totals: (campaignId: string, slot = slotOf(campaignId)) => `hb:{${slot}}:campaign:${campaignId}:totals`,
  /** Hash: claims by `<user>`, `<user>:<day>` and `<user>#<onceKey>`. */
  people: (campaignId: string, slot = slotOf(campaignId)) => `hb:{${slot}}:campaign:${campaignId}:people`,
  /** Set: the user ids of a list, as set up for one campaign: another that uses the list may be forgotten before. */
  audience: (campaignId: string, audienceId: string, slot = slotOf(campaignId)) =>
    `hb:{${slot}}:audience:${audienceId}:${campaignId}`,
  /** Set: the users for whom a host app has said that the task is done. */
  task: (tenantId: string, taskId: string) => `hb:task:${tenantId}:${taskId}`,
};
