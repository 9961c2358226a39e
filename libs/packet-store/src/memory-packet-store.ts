import type { PacketRules } from '@app/contracts';
import { BACKLOG } from './grab-reply.js';
import { slotOf } from './keys.js';
import { MemoryCampaignStore } from './memory-campaign-store.js';
import { emptyPart, endOf, partsOf, remainingOf, type Part } from './memory-parts.js';
import { homeOf } from './partition-order.js';
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
  PacketTerms,
  RebuildOrder,
  Rechecked,
  RecheckOrder,
  StoredClaim,
  StoredPacket,
} from './packet-store.js';

export interface MemoryPacket extends Armed {
  terms: PacketTerms;
  frozen: boolean;
  parts: Part[];
  /** Of walks; a packet that was put back has another. */
  round: number;
}

/** The model: the same rules as the Lua scripts, written for reading. Its clock is given, so tests decide the time. */
export class MemoryPacketStore extends MemoryCampaignStore implements PacketStore, Outbox {
  protected packets = new Map<string, MemoryPacket>();
  protected entries = new Map<string, OutboxEntry & { readAtMs?: number }>();
  private entryCount = 0;

  constructor(
    clock: () => number,
    private readonly backlogMax = Infinity,
  ) {
    super(clock);
  }

  async arm({ terms, seed, opensAtMs, expiresInMs }: ArmOrder): Promise<Armed> {
    assertRules(terms);
    const before = this.packets.get(terms.packetId);
    if (before) return { opensAtMs: before.opensAtMs, expiresAtMs: before.expiresAtMs };
    const opens = opensAtMs || this.clock();
    const armed = { opensAtMs: opens, expiresAtMs: opens + expiresInMs };
    const parts = partsOf(seed, terms);
    this.packets.set(terms.packetId, { terms, frozen: false, ...armed, parts, round: 1 });
    return armed;
  }

  async grab({ packetId, ruled, partitions, visit }: PacketRef, grabs: readonly Grab[]): Promise<GrabAnswer> {
    if (partitions && !visit) throw new RangeError(`packet ${packetId} is spread: grab it with SpreadGrabs`);
    const packet = this.packets.get(packetId);
    if (!packet) return { status: 'unknown' };
    if (packet.frozen || (visit && visit.round !== String(packet.round))) return { status: 'shut' };
    const part = packet.parts[visit?.partition ?? 0]!;
    if (part.lost) return { status: 'shut' };
    const nowMs = this.clock();
    const won: StoredClaim[] = [];
    const rules = ruled && packet.terms.rules;
    const full = this.isFull(slotOf(packetId, visit?.partition));
    const decided = grabs.map((grab) => this.decide(packet, part, rules, grab, { nowMs, won, full }));
    const remaining = remainingOf([part]);
    const decisions = decided.map((one) =>
      one.outcome === 'not_eligible' && visit && remaining.amount === 0
        ? { ...one, dry: true as const }
        : one,
    );
    if (won.length > 0) {
      this.entryCount += 1;
      const id = `${this.entryCount}-0`;
      const slot = slotOf(packetId, visit?.partition);
      const spread = visit ? { partition: visit.partition } : {};
      this.entries.set(id, { slot, id, packetId, ...spread, claims: won, remaining });
    }
    return { status: 'decided', decisions, remaining };
  }

  private isFull(slot: number): boolean {
    return [...this.entries.values()].filter((entry) => entry.slot === slot).length >= this.backlogMax;
  }

  /** The grab rules of the interface, in their order. */
  private decide(
    packet: MemoryPacket,
    part: Part,
    rules: PacketRules | undefined,
    grab: Grab,
    { nowMs, won, full }: { nowMs: number; won: StoredClaim[]; full: boolean },
  ): GrabDecision {
    const { userId } = grab;
    const campaign = rules?.campaign;
    const isFirst = part === packet.parts[0];
    if (campaign && isFirst && !this.isListed(campaign, userId)) return { outcome: 'not_found' };
    const leftWhenAsked = part.shares.length + won.length;
    const closed = part.ended === 'expired' || (nowMs >= packet.expiresAtMs && leftWhenAsked > 0);
    if (!closed && nowMs < packet.opensAtMs) return { outcome: 'not_open', opensAtMs: packet.opensAtMs };
    const before = part.claims.get(userId);
    if (before) return { outcome: 'already', amount: before.amount, ordinal: before.ordinal };
    if (closed) return { outcome: 'closed' };
    if (campaign && this.isPaused(campaign)) return { outcome: 'not_eligible', reason: 'paused' };
    const refused = refusedByGates(part, rules, grab);
    if (refused) return refused;
    const share = part.shares[0];
    const reason = campaign && this.refusalBy(campaign, userId, share?.amount, nowMs);
    if (reason) return { outcome: 'not_eligible', reason };
    if (!share) return { outcome: 'empty' };
    const releasedAtMs = releaseOf(packet, part, rules);
    if (nowMs < releasedAtMs) return { outcome: 'not_open', opensAtMs: releasedAtMs };
    if (full) return BACKLOG;
    part.shares.shift();
    const claim = { userId, ...share, atMs: nowMs };
    part.claims.set(userId, claim);
    won.push(claim);
    // Of a packet that is spread nothing is counted.
    if (campaign && packet.parts.length === 1) this.count(campaign, claim);
    return { outcome: 'won', amount: share.amount, ordinal: share.ordinal };
  }

  async inspect(packetId: string): Promise<StoredPacket | undefined> {
    const packet = this.packets.get(packetId);
    if (!packet) return undefined;
    const { terms, opensAtMs, expiresAtMs, frozen, parts } = packet;
    const state = frozen ? ('frozen' as const) : endOf(parts);
    const claimCount = (await this.claims(packetId)).length;
    const remaining = remainingOf(parts);
    return { terms, state, opensAtMs, expiresAtMs, remaining, claimCount, nowMs: this.clock() };
  }

  async claims(packetId: string): Promise<StoredClaim[]> {
    return this.claimsNow(packetId);
  }

  /** The same at once, for whoever watches a run. */
  claimsNow(packetId: string): StoredClaim[] {
    const { parts = [] } = this.packets.get(packetId) ?? {};
    const byOrdinal = new Map(
      parts.flatMap(({ claims }) => [...claims.values()].map((claim) => [claim.ordinal, claim] as const)),
    );
    return [...byOrdinal.values()].sort((a, b) => a.ordinal - b.ordinal);
  }

  async wonHere(packetId: string, userIds: readonly string[]): Promise<boolean[]> {
    const { parts = [] } = this.packets.get(packetId) ?? {};
    return userIds.map((userId) => parts.some(({ claims }) => claims.has(userId)));
  }

  async close(packetId: string): Promise<CloseAnswer> {
    const packet = this.packets.get(packetId);
    if (!packet) return { state: 'unknown' };
    if (packet.frozen) return { state: 'frozen' };
    if (packet.parts.some(({ lost }) => lost)) return { state: 'shut' };
    const isDue = this.clock() >= packet.expiresAtMs;
    for (const part of packet.parts) {
      if (part.shares.length === 0) part.ended ??= 'finished';
      else if (isDue) part.ended ??= 'expired';
    }
    const state = endOf(packet.parts);
    if (state === 'open') return { state, dueInMs: packet.expiresAtMs - this.clock() };
    return { state, remaining: remainingOf(packet.parts) };
  }

  async cutShort(packetId: string): Promise<{ expiresAtMs: number } | undefined> {
    const packet = this.packets.get(packetId);
    if (!packet) return undefined;
    packet.expiresAtMs = Math.min(packet.expiresAtMs, this.clock());
    return { expiresAtMs: packet.expiresAtMs };
  }

  async retire(packetId: string): Promise<boolean> {
    for (const part of this.packets.get(packetId)?.parts ?? []) {
      part.ended ??= part.shares.length === 0 ? 'finished' : 'expired';
      part.shares = [];
    }
    return true;
  }

  async freeze(packetId: string): Promise<void> {
    const packet = this.packets.get(packetId);
    if (packet) packet.frozen = true;
  }

  async rebuild({ terms, seed, claims, opensAtMs, expiresAtMs }: RebuildOrder): Promise<boolean> {
    if (terms.partitions) throw new RangeError(`packet ${terms.packetId} is spread: recheck it`);
    this.putBack(terms, partsOf(seed, terms, claims), { opensAtMs, expiresAtMs });
    return true;
  }

  async recheck({ terms, seed, opensAtMs, expiresAtMs, claimsOf }: RecheckOrder): Promise<Rechecked> {
    const { packetId, partitions = 1 } = terms;
    const known = new Map((await this.claims(packetId)).map((claim) => [claim.ordinal, claim]));
    const [before, owners] = [known.size, this.packets.get(packetId)?.parts];
    for (let p = 0; p < partitions; p += 1) {
      for (const claim of await claimsOf(p)) {
        const other = known.get(claim.ordinal) ?? claim;
        if (other.userId !== claim.userId || other.amount !== claim.amount)
          return { is: 'broken', reason: `ordinal ${claim.ordinal} is known with two owners or amounts` };
        known.set(claim.ordinal, claim);
      }
    }
    const parts = partsOf(seed, terms, [...known.values()]);
    // Where its user's walk begins, too.
    for (const claim of known.values())
      parts[homeOf(packetId, claim.userId, partitions)]!.claims.set(claim.userId, claim);
    const left = remainingOf(owners ?? []).count;
    this.putBack(terms, parts, { opensAtMs, expiresAtMs });
    return { is: known.size === before && left === remainingOf(parts).count ? 'sound' : 'mended' };
  }

  private putBack(terms: PacketTerms, parts: Part[], times: Armed): void {
    const before = this.packets.get(terms.packetId);
    for (const [p, part] of parts.entries()) part.tries = before?.parts[p]?.tries ?? part.tries;
    const round = (before?.round ?? 0) + 1;
    this.packets.set(terms.packetId, { terms, frozen: false, ...times, parts, round });
  }

  async roundOf(packetId: string): ReturnType<PacketStore['roundOf']> {
    const packet = this.packets.get(packetId);
    return packet ? { round: String(packet.round) } : 'unknown';
  }

  /** As if the Redis of a partition had come back empty. */
  losePartition(packetId: string, partition: number): void {
    this.packets.get(packetId)!.parts[partition] = { ...emptyPart(), lost: true };
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
  { tries }: Part,
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
function releaseOf(
  { terms, opensAtMs }: MemoryPacket,
  { shares }: Part,
  rules: PacketRules | undefined,
): number {
  const taken = terms.count - shares.length;
  return opensAtMs + Math.ceil((taken * (rules?.campaign?.releaseMs ?? 0)) / terms.count);
}
