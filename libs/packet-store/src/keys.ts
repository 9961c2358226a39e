/**
 * Every key of the packet store. A packet lives in one of 16 slots, by the last hex digit of its id; the slot in braces
 * is Redis Cluster's hash tag, so that a packet, the outbox its claims go to and the gate in front of it share a node.
 */
export const SLOTS = 16;

export function slotOf(packetId: string): number {
  const slot = Number.parseInt(packetId.slice(-1), 16);
  if (!(slot >= 0 && slot < SLOTS))
    throw new RangeError(`a packet id ends in a hex digit, not: ${packetId.slice(-1)}`);
  return slot;
}

/** `uuid` made an id in the campaign's slot: a campaign's packets and its counters share a node. */
export function packetIdInSlotOf(campaignId: string, uuid: string): string {
  return `${uuid.slice(0, -1)}${slotOf(campaignId).toString(16)}`;
}

export const keys = {
  /** Hash: the packet's terms and state (fields in armBlock-2.lua). */
  meta: (packetId: string) => `hb:{${slotOf(packetId)}}:packet:${packetId}:meta`,
  /** List: shares not taken, in grab order, each `ordinal:amount`. */
  shares: (packetId: string) => `hb:{${slotOf(packetId)}}:packet:${packetId}:shares`,
  /** Hash: user id → `ordinal:amount:atMs`. */
  claims: (packetId: string) => `hb:{${slotOf(packetId)}}:packet:${packetId}:claims`,
  /** Stream: claims on their way to the ledger. */
  outbox: (slot: number) => `hb:{${slot}}:outbox`,
  /** String: run id (run-ids.ts) of the Redis process whose state of this slot was checked against Postgres. */
  gate: (slot: number) => `hb:{${slot}}:gate`,
  /** String without a meaning, written to stand behind claims (RedisPacketStore.told). */
  behind: (slot: number) => `hb:{${slot}}:behind`,
  /** Hash: user id → wrong tries on the packet. */
  tries: (packetId: string) => `hb:{${slotOf(packetId)}}:packet:${packetId}:tries`,
  /** Hash: `paused`, `claims`, `claims:<day>`, `amount:<day>`. */
  totals: (campaignId: string) => `hb:{${slotOf(campaignId)}}:campaign:${campaignId}:totals`,
  /** Hash: claims by `<user>`, `<user>:<day>` and `<user>#<onceKey>`. */
  people: (campaignId: string) => `hb:{${slotOf(campaignId)}}:campaign:${campaignId}:people`,
  /** Set: the user ids of a list, as set up for one campaign: another that uses the list may be forgotten before. */
  audience: (campaignId: string, audienceId: string) =>
    `hb:{${slotOf(campaignId)}}:audience:${audienceId}:${campaignId}`,
  /** Set: the users for whom a host app has said that the task is done. */
  task: (tenantId: string, taskId: string) => `hb:task:${tenantId}:${taskId}`,
};
