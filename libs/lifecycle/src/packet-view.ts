import type { DataSource } from 'typeorm';
import {
  coverUrl,
  packetOnSocket,
  type BestLuck,
  type ClaimView,
  type PacketView,
  type Proof,
} from '@app/contracts';
import { ClaimEntity, PacketEntity, PLAY_CURRENCY, UserEntity } from '@app/ledger';
import { gateViews } from '@app/eligibility';
import type { PacketStore, StoredClaim, StoredPacket } from '@app/packet-store';
import { In, MoreThan } from 'typeorm';

/** Room packets have at most 1,000. */
const SHARES_LISTED_MAX = 1_000;

/** An opening is spread over no more of a packet's life than this part of it. */
const STAGGER_PART_OF_LIFE = 4;

/** Packets as clients see them: the ledger's row, and the store's counts while the packet is open. */
export class PacketViews {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: PacketStore,
    private readonly staggerOpeningMs = 0,
  ) {}

  /** With gates as `userId` is to see them; without one, as far as they are the same for everyone. */
  async view(packet: PacketEntity, userId = ''): Promise<PacketView> {
    const [stored, names, bestLuck] = await Promise.all([
      packet.closedAt ? undefined : this.store.inspect(packet.packetId).catch(() => undefined),
      packet.senderName ? new Map<string, string>() : this.names([packet.senderId]),
      this.bestLuck(packet),
    ]);
    const opensAt = packet.opensAt ?? packet.createdAt;
    return {
      packetId: packet.packetId,
      roomId: packet.roomId,
      senderId: packet.senderId,
      senderName: packet.senderName ?? names.get(packet.senderId)!,
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
      ...(packet.coverId ? { coverUrl: coverUrl(packet.coverId) } : {}),
      ...ruleViews(packet, userId),
      ...staggerOf(packet, this.staggerOpeningMs),
    };
  }

  async socketView(packet: PacketEntity): Promise<PacketView<number>> {
    return packetOnSocket(await this.view(packet));
  }

  /**
   * In grab order, `limit` of them after the ordinal `after`. What the store gave out and the ledger does not have yet
   * stands as not settled; of packets with many shares the store is not asked, for it would have to list them all.
   */
  async claims(
    packet: PacketEntity,
    { after: asAsked, limit }: { after: number; limit: number },
  ): Promise<ClaimView[]> {
    const { packetId } = packet;
    // A cursor may be larger than any ordinal, and than the column's type.
    const after = Math.min(asAsked, packet.count);
    const asked = !packet.closedAt && packet.count <= SHARES_LISTED_MAX;
    const [settled, stored] = await Promise.all([
      this.dataSource
        .getRepository(ClaimEntity)
        .find({ where: { packetId, ordinal: MoreThan(after) }, order: { ordinal: 'ASC' }, take: limit }),
      !asked ? [] : this.store.claims(packetId).catch((): StoredClaim[] => []),
    ]);
    const known = new Set(settled.map((claim) => claim.ordinal));
    const lines = [
      ...settled.map(({ ordinal, userId, amount, claimedAt }) => {
        return { ordinal, userId, amount, atMs: claimedAt.getTime(), settled: true };
      }),
      ...stored
        .filter(({ ordinal }) => ordinal > after && !known.has(ordinal))
        .map((claim) => ({ ...claim, settled: false })),
    ]
      .sort((a, b) => a.ordinal - b.ordinal)
      .slice(0, limit);
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
    // Without an entity for each: there may be millions.
    const claims = await this.dataSource.query<Proof['claims']>(
      `SELECT ordinal, amount FROM claims WHERE packet_id = $1 ORDER BY ordinal`,
      [packet.packetId],
    );
    const { packetId, kind, seed, commitment, amount, count, shareMin: min, shareMax: max } = packet;
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
      partitions: packet.partitions,
      claims,
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

/** What rules let a client see. */
function ruleViews({ packetId, currency, rules }: PacketEntity, userId: string): Partial<PacketView> {
  if (!rules) return {};
  const gates = gateViews(rules, { packetId, userId }, coverUrl);
  const { campaign } = rules;
  return {
    ...(gates.length > 0 ? { gates } : {}),
    ...(campaign && {
      campaignId: campaign.campaignId,
      dropId: campaign.dropId,
      ...(campaign.rain ? { rain: campaign.rain } : {}),
      ...(campaign.shake ? { shake: campaign.shake } : {}),
      ...(campaign.releaseMs > 0 ? { releaseMs: campaign.releaseMs } : {}),
      ...(currency === PLAY_CURRENCY ? { rehearsal: true as const } : {}),
    }),
  };
}

/**
 * Only where all shares are there at the opening, and everyone may win one: rounds, shakes and shares that are released
 * over time spread the taps by themselves, and an instant of one's own would be cut out of one's round.
 */
export function staggerOf(
  { rules, expiresInMs }: Pick<PacketEntity, 'rules' | 'expiresInMs'>,
  staggerOpeningMs: number,
): { staggerMs?: number } {
  const campaign = rules?.campaign;
  if (!campaign || campaign.rain || campaign.shake || campaign.releaseMs > 0) return {};
  const staggerMs = Math.min(staggerOpeningMs, Math.floor(expiresInMs / STAGGER_PART_OF_LIFE));
  return staggerMs > 0 ? { staggerMs } : {};
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
