import type { SplitTerms } from '@app/domain';

/** What the store keeps of a packet besides its state: never changes once armed. */
export interface PacketTerms extends SplitTerms {
  packetId: string;
  roomId: string;
  senderId: string;
  currency: string;
  /** Only these can win; absent: everyone in the audience. */
  onlyUserIds?: string[];
  /** The epoch under which it was armed; Postgres knows it too. */
  epoch: number;
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

/** One grab as the store sees it. `eligible`: the gates were met; used only where nothing else decides before. */
export interface Grab {
  userId: string;
  eligible: boolean;
}

/** Amounts in minor units, ordinals from 1. */
export type GrabDecision =
  | { outcome: 'won' | 'already'; amount: number; ordinal: number }
  | { outcome: 'not_open'; opensAtMs: number }
  | { outcome: 'closed' | 'not_eligible' | 'empty' };

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
}

/**
 * The contended state: who has taken which share. Two forms, one suite of tests: Redis, and memory as the model.
 * Every method rejects when the store can't be reached; then nothing is known, and asking again is safe.
 */
export interface PacketStore {
  /** Splits and opens a packet, block by block. Idempotent. `onBlock` is told after each of `blocks` blocks. */
  arm(order: ArmOrder, onBlock?: (armed: number, blocks: number) => void): Promise<Armed>;
  grab(packetId: string, grabs: readonly Grab[]): Promise<GrabAnswer>;
  inspect(packetId: string): Promise<StoredPacket | undefined>;
  /** By ordinal. */
  claims(packetId: string): Promise<StoredClaim[]>;
  /** Ends a packet that is due. Idempotent. */
  close(packetId: string): Promise<CloseAnswer>;
  /** Forgets the shares of a closed packet at once and its claims after `keepSeconds`. */
  retire(packetId: string, keepSeconds: number): Promise<void>;
  /** Answers `shut` to every grab on it until a person has looked: its money does not add up. */
  freeze(packetId: string): Promise<void>;
  rebuild(order: RebuildOrder): Promise<void>;
  /** The store's clock, epoch milliseconds. */
  nowMs(): Promise<number>;
}

/** One outbox entry: the claims of one call of the grab script. */
export interface OutboxEntry {
  slot: number;
  id: string;
  packetId: string;
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
