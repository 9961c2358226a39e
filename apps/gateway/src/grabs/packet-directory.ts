import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { PacketRules } from '@app/contracts';
import { taskIdsOf } from '@app/eligibility';
import { packetRefOf, type PacketRef } from '@app/packet-store';
import type { Heard } from '@app/push';
import { SharedReads } from '../rooms/shared-reads.js';
import { GatewayParts } from '../parts.js';

/** What the gateway needs to know of a packet to judge who may grab: it never changes. */
export interface ListedPacket extends Heard {
  /** A user, or the tenant of a campaign. */
  senderId: string;
  currency: string;
  /** Only these can win; undefined: all of the audience. */
  only: Set<string> | undefined;
  rules: PacketRules | undefined;
  /** Among its gates are tasks, which have to be looked up for each person. */
  asksTasks: boolean;
  /** What a person answers or how their shake falls changes nothing: one grab of theirs stands for another. */
  isSameForAll: boolean;
  ref: PacketRef;
}

const PACKETS_KEPT_MAX = 20_000;

@Injectable()
export class PacketDirectory {
  private readonly packets = new LRUCache<string, ListedPacket>({ max: PACKETS_KEPT_MAX });

  /** Thousands tap in the second in which a packet is new here. */
  private readonly reads = new SharedReads<ListedPacket | undefined>();

  constructor(private readonly parts: GatewayParts) {}

  /** From memory. */
  known(packetId: string): ListedPacket | undefined {
    return this.packets.get(packetId);
  }

  /** From the store; undefined when it does not hold the packet. */
  async find(packetId: string): Promise<ListedPacket | undefined> {
    return this.packets.get(packetId) ?? this.reads.read(packetId, () => this.look(packetId));
  }

  private async look(packetId: string): Promise<ListedPacket | undefined> {
    const stored = await this.parts.store.inspect(packetId);
    if (!stored) return undefined;
    const { roomId, senderId, currency, onlyUserIds, rules } = stored.terms;
    const packet: ListedPacket = {
      ...{ packetId, roomId, senderId, currency, rules },
      only: onlyUserIds && new Set(onlyUserIds),
      asksTasks: rules !== undefined && taskIdsOf(rules).length > 0,
      isSameForAll: !rules || (rules.gates.length === 0 && !rules.campaign?.shake),
      ref: packetRefOf(stored.terms),
    };
    this.packets.set(packetId, packet);
    return packet;
  }
}
