import { SLOTS, slotOf } from './keys.js';
import { MemoryPacketStore, type MemoryPacket } from './memory-packet-store.js';
import type {
  CloseAnswer,
  GatedStore,
  Grab,
  GrabAnswer,
  OutboxEntry,
  PacketRef,
  RebuildOrder,
  SlotGates,
  StoredClaim,
} from './packet-store.js';

const ALL_SLOTS = Array.from({ length: SLOTS }, (_, slot) => slot);

/** What a disk had at an instant. */
export interface MemoryState {
  packets: Map<string, MemoryPacket>;
  entries: Map<string, OutboxEntry & { readAtMs?: number }>;
  words: Map<number, string>;
  retired: Set<string>;
}

/**
 * The model, as a process that can end and start again with what was on a disk: as it was, older, or nothing. Each start has
 * a run id of its own, and a slot is open only while its gate holds that one. For packets that are whole.
 */
export class GatedMemoryStore extends MemoryPacketStore implements GatedStore {
  readonly connected = true;
  private starts = 1;
  /** By slot, what its gate holds. */
  private words = new Map<number, string>();
  private retired = new Set<string>();
  private checks = 0;

  readonly gates: SlotGates = {
    shutSlots: async () => ({ runIds: ALL_SLOTS.map(() => this.runId), slots: this.shutNow() }),
    beginCheck: async (slots) => {
      this.checks += 1;
      const check = `check-${this.checks}`;
      for (const slot of slots) this.words.set(slot, check);
      return check;
    },
    shut: async (slot) => void this.words.delete(slot),
    open: async (slot, runId) => {
      if (runId !== undefined) this.words.set(slot, runId);
    },
    claimsInOutbox: async (slot) => {
      const byPacket = new Map<string, StoredClaim[]>();
      for (const { slot: its, packetId, claims } of this.entries.values())
        if (its === slot) byPacket.set(packetId, [...(byPacket.get(packetId) ?? []), ...claims]);
      return byPacket;
    },
    // A copied map has no file.
    cleanFiles: async () => undefined,
    unretiredPacketIds: async (slots) =>
      [...this.packets.keys()].filter((id) => slots.includes(slotOf(id)) && !this.retired.has(id)),
  };

  get runId(): string {
    return `run-${this.starts}`;
  }

  /** Entries of the outbox: never read, and all. */
  get unread(): number {
    return [...this.entries.values()].filter(({ readAtMs }) => readAtMs === undefined).length;
  }

  get size(): number {
    return this.entries.size;
  }

  entriesNow(): OutboxEntry[] {
    return [...this.entries.values()];
  }

  /** All that is kept, copied. */
  copy(): MemoryState {
    const { packets, entries, words, retired } = this;
    return structuredClone({ packets, entries, words, retired });
  }

  /** The process ended and is back with `state`; without one, as it was. Ids of entries are never used again: they hold the time. */
  restart(state?: MemoryState): void {
    if (state) Object.assign(this, structuredClone(state));
    this.starts += 1;
  }

  protected isShut(packetId: string): boolean {
    return this.isSlotShut(slotOf(packetId));
  }

  /** Slots that are shut. */
  shutNow(): number[] {
    return ALL_SLOTS.filter((slot) => this.isSlotShut(slot));
  }

  isSlotShut(slot: number): boolean {
    return this.words.get(slot) !== this.runId;
  }

  override async grab(packet: PacketRef, grabs: readonly Grab[]): Promise<GrabAnswer> {
    return this.isShut(packet.packetId) ? { status: 'shut' } : super.grab(packet, grabs);
  }

  override async close(packetId: string): Promise<CloseAnswer> {
    return this.isShut(packetId) ? { state: 'shut' } : super.close(packetId);
  }

  override async retire(packetId: string): Promise<boolean> {
    if (!this.packets.has(packetId)) return true;
    if (this.isShut(packetId)) return false;
    this.retired.add(packetId);
    return super.retire(packetId);
  }

  override async rebuild(order: RebuildOrder): Promise<boolean> {
    const { check, terms } = order;
    if (check !== undefined && this.words.get(slotOf(terms.packetId)) !== check) return false;
    return super.rebuild(order);
  }

  async forget(packetId: string): Promise<void> {
    this.packets.delete(packetId);
    this.retired.delete(packetId);
  }

  async isSpreadOpen(packetId: string): Promise<boolean> {
    return !this.isShut(packetId);
  }
}

/** Nothing: a disk that is gone. */
export const NO_STATE: MemoryState = Object.freeze({
  packets: new Map(),
  entries: new Map(),
  words: new Map(),
  retired: new Set<string>(),
});
