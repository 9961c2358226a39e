import type { PacketRules } from '@app/contracts';
import type { SplitTerms } from '@app/domain';

/** What the store keeps of a packet besides its state: never changes once armed. */
export interface PacketTerms extends SplitTerms {
  packetId: string;
  /** Null for packets of a campaign. */
  roomId: string | null;
  senderId: string;
  currency: string;
  /** Only these can win; absent: everyone in the audience. */
  onlyUserIds?: string[];
  /** The epoch under which it was armed; Postgres knows it too. */
  epoch: number;
  /** Over how many partitions it is spread; absent: one. */
  partitions?: number;
  /** Gates and campaign packets have them; who grabs then names the packet with `ruled` (packetRefOf). */
  rules?: PacketRules;
}

/**
 * A packet to grab from. `ruled`: decided by its rules, with the ids of its campaign and of its list where it has them;
 * absent: a packet without rules.
 */
export interface PacketRef {
  packetId: string;
  ruled?: { campaignId?: string; audienceId?: string };
  /** Over how many partitions it is spread, at least two; absent: it is whole. */
  partitions?: number;
  /** Which of its partitions a call is to: set by SpreadGrabs alone. Then `line` names it in the batcher. */
  visit?: Visit;
  line?: string;
  /** So that terms can't be given in its place: their rules would be passed over. */
  rules?: never;
}

export interface Visit {
  /** From 0. */
  partition: number;
  /** Under which the walk began; a packet that was put back since has another one, and refuses the visit. */
  round: string;
}

export interface ArmOrder {
  terms: PacketTerms;
  /** 64 hex characters. The store uses it and keeps no copy. */
  seed: string;
  /** Epoch milliseconds; 0: as soon as armed. */
  opensAtMs: number;
  expiresInMs: number;
}

export interface Armed {
  opensAtMs: number;
  expiresAtMs: number;
}

export interface Remaining {
  count: number;
  amount: number;
}

/**
 * One grab as the store sees it; the mark is used only where nothing else decides before. `met`: the gates were met.
 * `unmet`: not, for instance nothing was answered. `wrong`: answered wrongly, a try where the packet limits them.
 */
export interface Grab {
  userId: string;
  mark: 'met' | 'unmet' | 'wrong';
}

/**
 * Amounts in minor units, ordinals from 1. `not_open` also while every share released so far is taken: `opensAtMs` is
 * then when the next one is released. `not_eligible` without a reason: by the mark. `not_found`: not in the packet's list.
 */
export type GrabDecision =
  | { outcome: 'won' | 'already'; amount: number; ordinal: number }
  | { outcome: 'not_open'; opensAtMs: number }
  // `dry`: of a visit to a partition that has no share left; nobody but SpreadGrabs is told.
  | { outcome: 'not_eligible'; reason?: 'cap' | 'tries' | 'paused' | 'members'; dry?: true }
  | { outcome: 'not_found' }
  | { outcome: 'closed' | 'empty' }
  // The outbox holds all it may: a share is left, and can be won once some claims have been settled.
  | { outcome: 'busy'; afterMs: number };

/**
 * `decided`: an answer for each grab, in order. `unknown`: no such packet here. `shut`: it can't be trusted right now
 * (being armed, frozen, or not yet checked since Redis restarted): ask again.
 */
export type GrabAnswer =
  { status: 'decided'; decisions: GrabDecision[]; remaining: Remaining } | { status: 'unknown' | 'shut' };

export interface StoredClaim {
  userId: string;
  ordinal: number;
  amount: number;
  atMs: number;
}

export interface StoredPacket extends Armed {
  /** The store's clock when it was read. */
  nowMs: number;
  terms: PacketTerms;
  state: 'arming' | 'open' | 'finished' | 'expired' | 'frozen';
  remaining: Remaining;
  claimCount: number;
}

export type CloseAnswer =
  | { state: 'finished' | 'expired'; remaining: Remaining }
  | { state: 'open'; dueInMs: number }
  /** `shut`: not yet checked since Redis restarted; ask again. */
  | { state: 'unknown' | 'arming' | 'frozen' | 'shut' };

/** All that is needed to put a packet back from Postgres and its seed. */
export interface RebuildOrder extends Armed {
  terms: PacketTerms;
  seed: string;
  claims: StoredClaim[];
  /** Of the check (SlotGates.beginCheck) that read them: another process may have taken the place of the one that was read. */
  check?: string;
}

/** All that is needed to check a packet that is spread, partition by partition: no more than one is held in memory. */
export interface RecheckOrder extends Armed {
  terms: PacketTerms;
  seed: string;
  /** Of the partition's own shares: every claim that the ledger, or a queue on the way to it, has. */
  claimsOf(partition: number): Promise<StoredClaim[]>;
}

/** `overtaken`: somebody else has begun to check it, and goes on. `broken`: a person has to look; it stays shut. */
export type Rechecked = { is: 'sound' | 'mended' | 'overtaken' } | { is: 'broken'; reason: string };

/**
 * The contended state: who has taken which share. Two forms, one suite of tests: Redis, and memory as the model.
 * Every method rejects when the store can't be reached; then nothing is known, and asking again is safe.
 */
export interface PacketStore {
  /**
   * Splits and opens a packet, block by block. Idempotent. `onBlock` is told after each of `blocks` blocks. Throws
   * RangeError for rules that can't be kept (assertRules).
   */
  arm(order: ArmOrder, onBlock?: (armed: number, blocks: number) => void): Promise<Armed>;
  grab(packet: PacketRef, grabs: readonly Grab[]): Promise<GrabAnswer>;
  inspect(packetId: string): Promise<StoredPacket | undefined>;
  /** By ordinal. */
  claims(packetId: string): Promise<StoredClaim[]>;
  /** Whether each has a claim on this very packet. */
  wonHere(packetId: string, userIds: readonly string[]): Promise<boolean[]>;
  /** Ends a packet that is due. Idempotent. */
  close(packetId: string): Promise<CloseAnswer>;
  /**
   * Ends its time now, or leaves it where it ended before: no claim is made after this. One that is being armed opens
   * closed. Gives undefined for a packet that is unknown here. Idempotent; `close` then ends it.
   */
  cutShort(packetId: string): Promise<{ expiresAtMs: number } | undefined>;
  /**
   * Forgets the shares of a closed packet at once and its claims and tries after `keepSeconds`. False while a gate of it is
   * shut: what is there has to be looked at first. Idempotent.
   */
  retire(packetId: string, keepSeconds: number): Promise<boolean>;
  /** Answers `shut` to every grab on it until a person has looked: its money does not add up. */
  freeze(packetId: string): Promise<void>;
  /**
   * A packet that is whole; replaces what is here. One that is spread is checked with `recheck`. False, and nothing is done, when
   * the slot's gate does not hold the `check` any more.
   */
  rebuild(order: RebuildOrder): Promise<boolean>;
  /**
   * Shuts every partition of a packet, brings together what they and the ledger know, puts back what is missing, and opens
   * them all under a new round. Nothing is given out meanwhile. Called by one at a time, or the later one goes on.
   */
  recheck(order: RecheckOrder): Promise<Rechecked>;
  /** The round under which a walk over a packet's partitions may begin. `shut`: none at the moment. */
  roundOf(packetId: string): Promise<{ round: string } | 'unknown' | 'shut'>;
  /** The store's clock, epoch milliseconds. */
  nowMs(): Promise<number>;
}

/** By slot; undefined where nobody who serves the slot could be asked. */
export type RunIdBySlot = readonly (string | undefined)[];

/** What recovery needs besides: a store whose process may come back as it was, empty, or older. Same two forms, same suite. */
export interface GatedStore extends PacketStore {
  readonly connected: boolean;
  readonly gates: SlotGates;
  /** For a packet that Postgres has closed and this store has from before: the ledger answers for it from now on. */
  forget(packetId: string): Promise<void>;
  /** Whether all partitions of a packet that is spread were checked since the last of their processes started. */
  isSpreadOpen(packetId: string, partitions: number): Promise<boolean>;
}

/** The gate of each slot, and what recovery reads of a slot, or has done to its process, while it is shut. */
export interface SlotGates {
  /**
   * Slots whose state has not been checked against Postgres since the process that serves them started; without
   * those that nobody serves at the moment. Rejects when no process answers.
   */
  shutSlots(): Promise<{ runIds: RunIdBySlot; slots: number[] }>;
  /**
   * Before anything of these slots is read: shuts their gates with a word that is given back. A process that comes back
   * empty has lost it; one that comes back as it was, or as it was during the check, still has it, and all that was read.
   */
  beginCheck(slots: readonly number[]): Promise<string>;
  /** Has a slot checked: it lacks something that must be there. */
  shut(slot: number): Promise<void>;
  /** Lets grabs on a slot's packets through, for as long as the process lives that `shutSlots` named for it. */
  open(slot: number, runId: string | undefined): Promise<void>;
  /** Claims of a slot that wait for settlement, read or not, by packet. */
  claimsInOutbox(slot: number): Promise<Map<string, StoredClaim[]>>;
  /** Has the processes that serve these slots write their files anew (clean-append-only-file.ts). */
  cleanFiles(slots: readonly number[]): Promise<void>;
  /** Packets of these slots that are not retired here. Reads every key once. */
  unretiredPacketIds(slots: readonly number[]): Promise<string[]>;
}

/** One outbox entry: the claims of one call of the grab script. */
export interface OutboxEntry {
  slot: number;
  id: string;
  packetId: string;
  /** Set for a packet that is spread: then `remaining` is of this partition alone. */
  partition?: number;
  claims: StoredClaim[];
  remaining: Remaining;
}

/** Claims on their way to the ledger, in the order made. An entry stays until it is acknowledged. */
export interface Outbox {
  /** Entries never read before; waits up to `blockMs` for the first. */
  readNew(entriesMax: number, blockMs: number): Promise<OutboxEntry[]>;
  /** Entries read but not acknowledged for `idleMs`: somebody died, or a job failed for good. */
  takeStale(idleMs: number, entriesMax: number): Promise<OutboxEntry[]>;
  acknowledge(slot: number, ids: readonly string[]): Promise<void>;
  /** Entries that are not acknowledged, read or not. */
  backlog(): Promise<number>;
}
