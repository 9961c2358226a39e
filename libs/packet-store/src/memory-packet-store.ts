import type { PacketRules } from '@app/contracts';
import { splitLucky } from '@app/domain';
import { slotOf } from './keys.js';
import { MemoryCampaignStore } from './memory-campaign-store.js';
import { assertRules, triesMaxOf } from './packet-rules.js';
import type {
  ArmOrder,
  Armed,
  CloseAnswer,
  Grab,
  GrabAnswer,
  GrabDecision,
  Outbox,
  OutboxEntry,
  PacketRef,
  PacketStore,
  RebuildOrder,
  StoredClaim,
  StoredPacket,
} from './packet-store.js';

interface Share {
  ordinal: number;
  amount: number;
}

interface MemoryPacket extends Omit<StoredPacket, 'remaining' | 'claimCount' | 'nowMs'> {
  shares: Share[];
  claims: Map<string, StoredClaim>;
  /** Wrong tries by user. */
  tries: Map<string, number>;
}

/** The model: the same rules as the Lua scripts, written for reading. Its clock is given, so tests decide the time. */
export class MemoryPacketStore extends MemoryCampaignStore implements PacketStore, Outbox {
  private readonly packets = new Map<string, MemoryPacket>();
  private readonly entries = new Map<string, OutboxEntry & { readAtMs?: number }>();
  private entryCount = 0;

  async arm({ terms, seed, opensAtMs, expiresInMs }: ArmOrder): Promise<Armed> {
    assertRules(terms);
    const before = this.packets.get(terms.packetId);
    if (before) return { opensAtMs: before.opensAtMs, expiresAtMs: before.expiresAtMs };
    const opens = opensAtMs || this.clock();
    const armed = { opensAtMs: opens, expiresAtMs: opens + expiresInMs };
    this.packets.set(terms.packetId, {
      terms,
      state: 'open',
      ...armed,
      shares: sharesOf(seed, terms),
      claims: new Map(),
      tries: new Map(),
    });
    return armed;
  }

  async grab({ packetId, ruled }: PacketRef, grabs: readonly Grab[]): Promise<GrabAnswer> {
    const packet = this.packets.get(packetId);
    if (!packet) return { status: 'unknown' };
    if (packet.state === 'frozen') return { status: 'shut' };
    const nowMs = this.clock();
    const won: StoredClaim[] = [];
    const rules = ruled && packet.terms.rules;
    const decisions = grabs.map((grab) => this.decide(packet, rules, grab, nowMs, won));
    const remaining = remainingOf(packet);
    if (won.length > 0) {
      this.entryCount += 1;
      const id = `${this.entryCount}-0`;
      this.entries.set(id, { slot: slotOf(packetId), id, packetId, claims: won, remaining });
    }
    return { status: 'decided', decisions, remaining };
  }

  /** The grab rules of the interface, in their order. */
  private decide(
    packet: MemoryPacket,
    rules: PacketRules | undefined,
    grab: Grab,
    nowMs: number,
    won: StoredClaim[],
  ): GrabDecision {
    const { userId } = grab;
    const campaign = rules?.campaign;
    if (campaign && !this.isListed(campaign, userId)) return { outcome: 'not_found' };
    const leftWhenAsked = packet.shares.length + won.length;
    const closed = packet.state === 'expired' || (nowMs >= packet.expiresAtMs && leftWhenAsked > 0);
    if (!closed && nowMs < packet.opensAtMs) return { outcome: 'not_open', opensAtMs: packet.opensAtMs };
    const before = packet.claims.get(userId);
    if (before) return { outcome: 'already', amount: before.amount, ordinal: before.ordinal };
    if (closed) return { outcome: 'closed' };
    if (campaign && this.isPaused(campaign)) return { outcome: 'not_eligible', reason: 'paused' };
    const refused = refusedByGates(packet, rules, grab);
    if (refused) return refused;
    const share = packet.shares[0];
    const reason = campaign && this.refusalBy(campaign, userId, share?.amount, nowMs);
    if (reason) return { outcome: 'not_eligible', reason };
    if (!share) return { outcome: 'empty' };
    const releasedAtMs = releaseOf(packet, rules);
    if (nowMs < releasedAtMs) return { outcome: 'not_open', opensAtMs: releasedAtMs };
    packet.shares.shift();
    const claim = { userId, ...share, atMs: nowMs };
    packet.claims.set(userId, claim);
    won.push(claim);
    if (campaign) this.count(campaign, claim);
    return { outcome: 'won', amount: share.amount, ordinal: share.ordinal };
  }

  async inspect(packetId: string): Promise<StoredPacket | undefined> {
    const packet = this.packets.get(packetId);
    if (!packet) return undefined;
    const { shares: _shares, claims, tries: _tries, ...rest } = packet;
    return { ...rest, remaining: remainingOf(packet), claimCount: claims.size, nowMs: this.clock() };
  }

  async claims(packetId: string): Promise<StoredClaim[]> {
    return [...(this.packets.get(packetId)?.claims.values() ?? [])].sort((a, b) => a.ordinal - b.ordinal);
  }

  async wonHere(packetId: string, userIds: readonly string[]): Promise<boolean[]> {
    const claims = this.packets.get(packetId)?.claims;
    return userIds.map((userId) => claims?.has(userId) ?? false);
  }

  async close(packetId: string): Promise<CloseAnswer> {
    const packet = this.packets.get(packetId);
    if (!packet) return { state: 'unknown' };
    if (packet.state === 'open') {
      if (packet.shares.length === 0) packet.state = 'finished';
      else if (this.clock() >= packet.expiresAtMs) packet.state = 'expired';
      else return { state: 'open', dueInMs: packet.expiresAtMs - this.clock() };
    }
    if (packet.state === 'frozen' || packet.state === 'arming') return { state: packet.state };
    return { state: packet.state as 'finished' | 'expired', remaining: remainingOf(packet) };
  }

  async cutShort(packetId: string): Promise<{ expiresAtMs: number } | undefined> {
    const packet = this.packets.get(packetId);
    if (!packet) return undefined;
    packet.expiresAtMs = Math.min(packet.expiresAtMs, this.clock());
    return { expiresAtMs: packet.expiresAtMs };
  }

  async retire(packetId: string): Promise<void> {
    const packet = this.packets.get(packetId);
    if (packet) packet.shares = [];
  }

  async freeze(packetId: string): Promise<void> {
    const packet = this.packets.get(packetId);
    if (packet) packet.state = 'frozen';
  }

  async rebuild({ terms, seed, claims, opensAtMs, expiresAtMs }: RebuildOrder): Promise<void> {
    assertRules(terms);
    const taken = new Set(claims.map((claim) => claim.ordinal));
    const shares = sharesOf(seed, terms).filter((share) => !taken.has(share.ordinal));
    const byUser = new Map(claims.map((claim) => [claim.userId, claim]));
    this.packets.set(terms.packetId, {
      terms,
      state: 'open',
      opensAtMs,
      expiresAtMs,
      shares,
      claims: byUser,
      tries: this.packets.get(terms.packetId)?.tries ?? new Map(),
    });
  }

  async nowMs(): Promise<number> {
    return this.clock();
  }

  async readNew(entriesMax: number): Promise<OutboxEntry[]> {
    return this.read(
      [...this.entries.values()].filter((entry) => entry.readAtMs === undefined).slice(0, entriesMax),
    );
  }

  async takeStale(idleMs: number, entriesMax: number): Promise<OutboxEntry[]> {
    const idle = ({ readAtMs }: { readAtMs?: number }) =>
      readAtMs !== undefined && this.clock() - readAtMs >= idleMs;
    return this.read([...this.entries.values()].filter(idle).slice(0, entriesMax));
  }

  private read(entries: (OutboxEntry & { readAtMs?: number })[]): OutboxEntry[] {
    return entries.map((entry) => {
      entry.readAtMs = this.clock();
      const { readAtMs: _readAtMs, ...plain } = entry;
      return plain;
    });
  }

  async acknowledge(_slot: number, ids: readonly string[]): Promise<void> {
    for (const id of ids) this.entries.delete(id);
  }

  async backlog(): Promise<number> {
    return this.entries.size;
  }
}

/** A wrong answer is a try, where tries are limited. */
function refusedByGates(
  { tries }: MemoryPacket,
  rules: PacketRules | undefined,
  { userId, mark }: Grab,
): GrabDecision | undefined {
  const triesMax = rules && triesMaxOf(rules);
  const wrong = tries.get(userId) ?? 0;
  if (triesMax !== undefined && wrong >= triesMax) return { outcome: 'not_eligible', reason: 'tries' };
  if (mark === 'wrong' && triesMax !== undefined) tries.set(userId, wrong + 1);
  return mark === 'met' ? undefined : { outcome: 'not_eligible' };
}

/** When the next share is free: share k, from 0, at the opening and k parts of the release. */
function releaseOf({ terms, shares, opensAtMs }: MemoryPacket, rules: PacketRules | undefined): number {
  const taken = terms.count - shares.length;
  return opensAtMs + Math.ceil((taken * (rules?.campaign?.releaseMs ?? 0)) / terms.count);
}

function sharesOf(seed: string, terms: ArmOrder['terms']): Share[] {
  return splitLucky(seed, terms).map((amount, k) => ({ ordinal: k + 1, amount }));
}

function remainingOf({ shares }: MemoryPacket): { count: number; amount: number } {
  return { count: shares.length, amount: shares.reduce((sum, share) => sum + share.amount, 0) };
}
