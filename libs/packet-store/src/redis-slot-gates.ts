import { randomUUID } from 'node:crypto';
import type { Redis } from '@app/redis';
import { cleanAppendOnlyFile } from './clean-append-only-file.js';
import { keys, SLOTS, slotOf } from './keys.js';
import { CHECKING } from './packet-gates.js';
import type { RunIdBySlot, SlotGates, StoredClaim } from './packet-store.js';
import { claimsWaiting } from './redis-outbox.js';
import type { GateToPass } from './redis-partition.js';
import type { RunIds } from './run-ids.js';
import { unretiredAt } from './unretired-packets.js';

/** A slot whose grabs are `busy`: no Redis serves it, or one that came back and was not checked against Postgres. */
export interface GatedSlot {
  slot: number;
  reason: 'no_redis' | 'not_checked';
}

/** A gate opened for another Redis process than the one that serves its slot stays shut. */
export class RedisSlotGates implements SlotGates {
  constructor(
    private readonly client: Redis,
    private readonly runIds: RunIds,
  ) {}

  /** For a packet that is whole; undefined while nobody serves its slot. */
  toPass(packetId: string): GateToPass | undefined {
    const slot = slotOf(packetId);
    const home = this.runIds.homeOf(slot);
    return home && { key: keys.gate(slot), word: home.runId };
  }

  async shutSlots(): Promise<{ runIds: RunIdBySlot; slots: number[] }> {
    const runIds = await this.runIds.read();
    const served = Array.from({ length: SLOTS }, (_, slot) => slot).filter((slot) => runIds[slot]);
    const gates = await Promise.all(
      served.map(async (slot) => this.runIds.homeOf(slot)?.node.get(keys.gate(slot))),
    );
    return { runIds, slots: served.filter((slot, k) => gates[k] !== runIds[slot]) };
  }

  /** The same for people, with the slots that nobody serves; never rejects: without an answer every slot is without a Redis. */
  async gatedSlots(): Promise<GatedSlot[]> {
    const shut = await this.shutSlots().catch(() => undefined);
    return Array.from({ length: SLOTS }, (_, slot) => slot).flatMap((slot): GatedSlot[] => {
      if (shut?.runIds[slot] === undefined) return [{ slot, reason: 'no_redis' }];
      return shut.slots.includes(slot) ? [{ slot, reason: 'not_checked' }] : [];
    });
  }

  async beginCheck(slots: readonly number[]): Promise<string> {
    const check = `${CHECKING}${randomUUID()}`;
    await Promise.all(slots.map((slot) => this.client.set(keys.gate(slot), check)));
    return check;
  }

  async shut(slot: number): Promise<void> {
    await this.client.del(keys.gate(slot));
  }

  async open(slot: number, runId: string | undefined): Promise<void> {
    if (runId !== undefined) await this.client.set(keys.gate(slot), runId);
  }

  async claimsInOutbox(slot: number): Promise<Map<string, StoredClaim[]>> {
    const node = this.runIds.homeOf(slot)?.node;
    if (!node) throw new Error(`the Redis of slot ${slot} is away`);
    return claimsWaiting(node, slot);
  }

  async cleanFiles(slots: readonly number[]): Promise<void> {
    const nodes = new Set(slots.flatMap((slot) => this.runIds.homeOf(slot)?.node ?? []));
    await Promise.all([...nodes].map(cleanAppendOnlyFile));
  }

  async unretiredPacketIds(slots: readonly number[]): Promise<string[]> {
    const nodes = new Set(slots.map((slot) => this.runIds.homeOf(slot)?.node));
    const found = await Promise.all(
      [...nodes].map((node) => {
        if (!node) throw new Error('a Redis that serves some of the slots went away');
        return unretiredAt(node, new Set(slots));
      }),
    );
    return [...new Set(found.flat())];
  }
}
