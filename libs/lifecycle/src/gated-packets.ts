import type { DataSource } from 'typeorm';
import type { GatedSlot, RedisPacketStore } from '@app/packet-store';
import { shutSpreadPackets } from './recover-spread.js';
import type { EndParts } from './end-packet.js';

/**
 * Why grabs are answered `busy`: no Redis serves the slot; its Redis came back and was not yet checked against Postgres; the
 * same of a partition of a packet that is spread; the packet's figures contradict each other.
 */
export const GATE_REASONS = ['no_redis', 'not_checked', 'partition_not_checked', 'frozen'] as const;
export type GateReason = (typeof GATE_REASONS)[number];

export interface Gated {
  slots: GatedSlot[];
  /** Packets that are not closed, by reason: how many, and the ids of the first GATED_IDS_MAX. */
  packets: Record<GateReason, { count: number; ids: string[] }>;
  /** Of the first GATED_IDS_MAX that are frozen. */
  frozen: { packetId: string; reason: string }[];
}

export const GATED_IDS_MAX = 20;

const BEHIND_SLOTS = `
SELECT count(*)::int AS count, (array_agg(packet_id::text ORDER BY packet_id))[1:${GATED_IDS_MAX}] AS ids
FROM packets WHERE retired_at IS NULL AND closed_at IS NULL AND frozen_reason IS NULL AND partitions = 1
AND right(packet_id::text, 1) = ANY($1)`;
const FROZEN = `
SELECT packet_id::text AS "packetId", frozen_reason AS reason, count(*) OVER ()::int AS count
FROM packets WHERE retired_at IS NULL AND frozen_reason IS NOT NULL ORDER BY packet_id LIMIT ${GATED_IDS_MAX}`;

/** What is kept from people at this moment, and why. Rejects when a store can't be asked. */
export async function gatedPackets(parts: EndParts & { store: RedisPacketStore }): Promise<Gated> {
  const { dataSource, store } = parts;
  const slots = await store.gates.gatedSlots();
  const [behind, spread, frozen] = await Promise.all([
    Promise.all(
      (['no_redis', 'not_checked'] as const).map((reason) => behindSlots(dataSource, slots, reason)),
    ),
    shutSpreadPackets(parts),
    dataSource.query<{ packetId: string; reason: string; count: number }[]>(FROZEN),
  ]);
  return {
    slots,
    packets: {
      no_redis: behind[0]!,
      not_checked: behind[1]!,
      partition_not_checked: { count: spread.length, ids: spread.slice(0, GATED_IDS_MAX) },
      frozen: { count: frozen[0]?.count ?? 0, ids: frozen.map(({ packetId }) => packetId) },
    },
    frozen: frozen.map(({ packetId, reason }) => ({ packetId, reason })),
  };
}

async function behindSlots(
  dataSource: DataSource,
  slots: readonly GatedSlot[],
  reason: GateReason,
): Promise<{ count: number; ids: string[] }> {
  const digits = slots.filter((one) => one.reason === reason).map(({ slot }) => slot.toString(16));
  if (digits.length === 0) return { count: 0, ids: [] };
  const rows = await dataSource.query<{ count: number; ids: string[] | null }[]>(BEHIND_SLOTS, [digits]);
  return { count: rows[0]!.count, ids: rows[0]!.ids ?? [] };
}
