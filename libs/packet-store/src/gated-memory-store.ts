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
  RunIdBySlot,
  StoredClaim,
} from './packet-store.js';

/** What a disk had at an instant. */
export interface MemoryState {
  packets: Map<string, MemoryPacket>;
  entries: Map<string, OutboxEntry & { readAtMs?: number }>;
  gates: Map<number, string>;
  retired: Set<string>;
}

/**
 * The model, as a process that can end and start again with what was on a disk: as it was, older, or nothing. Each start has
 * a run id of its own, and a slot is open only while its gate holds that one. For packets that are whole.
 */
export class GatedMemoryStore extends MemoryPacketStore implements GatedStore {
  readonly connected = true;
  private starts = 1;
  private gates = new Map<number, string>();
  private retired = new Set<string>();
  private checks = 0;

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
    const { packets, entries, gates, retired } = this;
    return structuredClone({ packets, entries, gates, retired });
  }

  /** The process ended and is back with `state`; without one, as it was. Ids of entries are never used again: they hold the time. */
  restart(state?: MemoryState): void {
    if (state) Object.assign(this, structuredClone(state));
    this.starts += 1;
  }

  protected isShut(packetId: string): boolean {
    return this.isSlotShut(slotOf(packetId));
  }

  isSlotShut(slot: number): boolean {
    return this.gates.get(slot) !== this.runId;
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

  async shutSlots(): Promise<{ runIds: RunIdBySlot; slots: number[] }> {
    const all = Array.from({ length: SLOTS }, (_, slot) => slot);
    return { runIds: all.map(() => this.runId), slots: all.filter((slot) => this.isSlotShut(slot)) };
  }

  async beginCheck(slots: readonly number[]): Promise<string> {
    this.checks += 1;
    const check = `check-${this.checks}`;
    for (const slot of slots) this.gates.set(slot, check);
    return check;
  }

  async shutGate(slot: number): Promise<void> {
    this.gates.delete(slot);
  }

  override async rebuild(order: RebuildOrder): Promise<boolean> {
    const { check, terms } = order;
    if (check !== undefined && this.gates.get(slotOf(terms.packetId)) !== check) return false;
    return super.rebuild(order);
  }

  async openGate(slot: number, runId: string | undefined): Promise<void> {
    if (runId !== undefined) this.gates.set(slot, runId);
  }

  async claimsInOutbox(slot: number): Promise<Map<string, StoredClaim[]>> {
    const byPacket = new Map<string, StoredClaim[]>();
    for (const { slot: its, packetId, claims } of this.entries.values())
      if (its === slot) byPacket.set(packetId, [...(byPacket.get(packetId) ?? []), ...claims]);
    return byPacket;
  }

  /** A copied map has no file. */
  async cleanFiles(): Promise<void> {}

  async unretiredPacketIds(slots: readonly number[]): Promise<string[]> {
    return [...this.packets.keys()].filter((id) => slots.includes(slotOf(id)) && !this.retired.has(id));
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
  gates: new Map(),
  retired: new Set<string>(),
});
