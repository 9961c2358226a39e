import type { DataSource } from 'typeorm';
import { packetOnSocket, type BestLuck, type ClaimView, type PacketView, type Proof } from '@app/contracts';
import { ClaimEntity, PacketEntity, UserEntity } from '@app/ledger';
import type { PacketStore, StoredClaim, StoredPacket } from '@app/packet-store';
import { In } from 'typeorm';

/** Packets as clients see them: the ledger's row, and the store's counts while the packet is open. */
export class PacketViews {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: PacketStore,
  ) {}

  async view(packet: PacketEntity): Promise<PacketView> {
    const [stored, names, bestLuck] = await Promise.all([
      packet.closedAt ? undefined : this.store.inspect(packet.packetId).catch(() => undefined),
      this.names([packet.senderId]),
      this.bestLuck(packet),
    ]);
    const opensAt = packet.opensAt ?? packet.createdAt;
    return {
      packetId: packet.packetId,
      roomId: packet.roomId,
      senderId: packet.senderId,
      senderName: names.get(packet.senderId)!,
      kind: packet.kind,
      amount: packet.amount,
      count: packet.count,
      currency: packet.currency,
      greeting: packet.greeting,
      state: stateOf(packet, stored),
      opensAt: opensAt.toISOString(),
      expiresAt: (packet.expiresAt ?? new Date(opensAt.getTime() + packet.expiresInMs)).toISOString(),
      remaining: remainingOf(packet, stored),
      commitment: packet.commitment,
      min: packet.shareMin,
      max: packet.shareMax,
      ...(packet.onlyUserIds ? { onlyUserIds: packet.onlyUserIds } : {}),
      ...(bestLuck ? { bestLuck } : {}),
      ...(packet.closedAt ? { refunded: packet.refunded } : {}),
    };
  }

  async socketView(packet: PacketEntity): Promise<PacketView<number>> {
    return packetOnSocket(await this.view(packet));
  }

  /** In grab order. What the store gave out and the ledger does not have yet stands as not settled. */
  async claims(packet: PacketEntity): Promise<ClaimView[]> {
    const { packetId } = packet;
    const [settled, stored] = await Promise.all([
      this.dataSource.getRepository(ClaimEntity).find({ where: { packetId }, order: { ordinal: 'ASC' } }),
      packet.closedAt ? [] : this.store.claims(packetId).catch((): StoredClaim[] => []),
    ]);
    const known = new Set(settled.map((claim) => claim.ordinal));
    const lines = [
      ...settled.map(({ ordinal, userId, amount, claimedAt }) => {
        return { ordinal, userId, amount, atMs: claimedAt.getTime(), settled: true };
      }),
      ...stored.filter((claim) => !known.has(claim.ordinal)).map((claim) => ({ ...claim, settled: false })),
    ].sort((a, b) => a.ordinal - b.ordinal);
    const names = await this.names(lines.map((line) => line.userId));
    return lines.map(({ ordinal, userId, amount, atMs, settled: isSettled }) => ({
      ordinal,
      userId,
      name: names.get(userId)!,
      amount,
      at: new Date(atMs).toISOString(),
      settled: isSettled,
      bestLuck: packet.bestLuckOrdinal === ordinal,
    }));
  }

  /** Undefined until the packet is closed. */
  async proof(packet: PacketEntity): Promise<Proof | undefined> {
    if (!packet.seed) return undefined;
    const claims = await this.dataSource.getRepository(ClaimEntity).find({
      where: { packetId: packet.packetId },
      order: { ordinal: 'ASC' },
      select: { ordinal: true, amount: true },
    });
    const { packetId, kind, seed, commitment, amount, count, shareMin: min, shareMax: max } = packet;
    const paid = claims.map(({ ordinal, amount: share }) => ({ ordinal, amount: share }));
    return {
      version: 'split-v1',
      packetId,
      kind,
      seed,
      commitment,
      amount,
      count,
      min,
      max,
      partitions: 1,
      claims: paid,
    };
  }

  async bestLuck({ packetId, bestLuckOrdinal }: PacketEntity): Promise<BestLuck | undefined> {
    if (bestLuckOrdinal === null) return undefined;
    const claim = await this.dataSource
      .getRepository(ClaimEntity)
      .findOneByOrFail({ packetId, ordinal: bestLuckOrdinal });
    const names = await this.names([claim.userId]);
    return {
      userId: claim.userId,
      name: names.get(claim.userId)!,
      amount: claim.amount,
      ordinal: claim.ordinal,
    };
  }

  /** Everyone has a name here: the last one seen, else the id. */
  private async names(userIds: string[]): Promise<Map<string, string>> {
    const names = new Map(userIds.map((userId) => [userId, userId]));
    if (names.size === 0) return names;
    const users = await this.dataSource.getRepository(UserEntity).findBy({ userId: In([...names.keys()]) });
    for (const { userId, name } of users) names.set(userId, name);
    return names;
  }
}

function stateOf(packet: PacketEntity, stored: StoredPacket | undefined): PacketView['state'] {
  if (packet.state === 'funded') return 'armed';
  if (packet.closedAt || packet.state !== 'open') return packet.state;
  if (stored?.remaining.count === 0) return 'finished';
  // By the store's clock, which also judges grabs. Without the store, what the ledger was last told.
  if (!stored) return 'open';
  if (stored.nowMs >= stored.expiresAtMs) return 'expired';
  return stored.nowMs < stored.opensAtMs ? 'armed' : 'open';
}

function remainingOf(packet: PacketEntity, stored: StoredPacket | undefined): PacketView['remaining'] {
  if (stored) return stored.remaining;
  // The ledger's word: right once the packet is closed, late by the settlement while the store can't be asked.
  return { count: packet.count - packet.claimedCount, amount: packet.amount - packet.claimedAmount };
}
