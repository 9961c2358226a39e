import { IsNull } from 'typeorm';
import { ClaimEntity, PacketEntity } from '@app/ledger';
import { slotOf, type RedisPacketStore, type StoredClaim } from '@app/packet-store';
import { termsOf } from './drop-packet.js';
import { freezePacket, type EndParts } from './end-packet.js';

/**
 * Checks one slot of a Redis that has just come back against Postgres, then opens its gate. Redis may be as it was,
 * empty, or older: a packet that lacks a settled claim is put back from its seed and every claim that either side knows.
 * Empty or old state is never taken for "sold out", and an ordinal is never given twice.
 * Returns how many packets were looked at and how many had to be rebuilt.
 */
export async function recoverSlot(
  parts: EndParts & { store: RedisPacketStore },
  slot: number,
): Promise<{ checked: number; rebuilt: number }> {
  const open = await parts.dataSource
    .getRepository(PacketEntity)
    .findBy({ state: 'open', closedAt: IsNull(), frozenReason: IsNull() });
  const packets = open.filter((packet) => slotOf(packet.packetId) === slot);
  let rebuilt = 0;
  for (const packet of packets) {
    if (await recoverPacket(parts, packet)) rebuilt += 1;
  }
  await parts.store.openGate(slot);
  return { checked: packets.length, rebuilt };
}

async function recoverPacket(
  parts: EndParts & { store: RedisPacketStore },
  packet: PacketEntity,
): Promise<boolean> {
  const { packetId } = packet;
  const [stored, inStore, rows] = await Promise.all([
    parts.store.inspect(packetId),
    parts.store.claims(packetId),
    parts.dataSource.getRepository(ClaimEntity).findBy({ packetId }),
  ]);
  const settled: StoredClaim[] = rows.map(({ userId, ordinal, amount, claimedAt }) => {
    return { userId, ordinal, amount, atMs: claimedAt.getTime() };
  });
  const byUser = new Map(inStore.map((claim) => [claim.userId, claim]));
  const missing = settled.filter(({ userId, ordinal }) => byUser.get(userId)?.ordinal !== ordinal);
  const sameTerms = stored?.terms.epoch === packet.epoch && stored.state !== 'arming';
  if (sameTerms && missing.length === 0) return false;

  const owners = new Map(settled.map((claim) => [claim.ordinal, claim.userId]));
  const conflict = inStore.find(({ ordinal, userId }) => (owners.get(ordinal) ?? userId) !== userId);
  if (conflict) {
    await freezePacket(
      parts,
      packetId,
      `ordinal ${conflict.ordinal} has one owner in the store and another in the ledger`,
    );
    return false;
  }
  const claims = new Map([...settled, ...inStore].map((claim) => [claim.ordinal, claim]));
  await parts.store.rebuild({
    terms: termsOf(packet),
    seed: parts.vault.open(packetId, packet.seedSealed),
    claims: [...claims.values()],
    opensAtMs: packet.opensAt!.getTime(),
    expiresAtMs: packet.expiresAt!.getTime(),
  });
  return true;
}
