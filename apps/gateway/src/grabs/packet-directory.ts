import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { GatewayParts } from '../parts.js';

/** What the gateway needs to know of a packet to judge who may grab: it never changes. */
export interface ListedPacket {
  roomId: string;
  currency: string;
  /** Only these can win; undefined: all members of the room. */
  only: Set<string> | undefined;
}

const PACKETS_KEPT_MAX = 20_000;

@Injectable()
export class PacketDirectory {
  private readonly packets = new LRUCache<string, ListedPacket>({ max: PACKETS_KEPT_MAX });

  constructor(private readonly parts: GatewayParts) {}

  /** From memory. */
  known(packetId: string): ListedPacket | undefined {
    return this.packets.get(packetId);
  }

  /** From the store; undefined when it does not hold the packet. */
  async find(packetId: string): Promise<ListedPacket | undefined> {
    const stored = await this.parts.store.inspect(packetId);
    if (!stored) return undefined;
    const { roomId, currency, onlyUserIds } = stored.terms;
    const packet = { roomId, currency, only: onlyUserIds && new Set(onlyUserIds) };
    this.packets.set(packetId, packet);
    return packet;
  }
}
