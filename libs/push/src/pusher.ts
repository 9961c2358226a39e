import { Emitter } from '@socket.io/redis-emitter';
import type { Redis } from '@app/redis';
import type { PacketProgressed, PacketRules, PacketView, ServerEvents, WalletChanged } from '@app/contracts';
import type { SettledClaims } from './settled-claims.js';

/** Socket.IO rooms by what they stand for. */
export const socketRooms = {
  room: (roomId: string) => `room:${roomId}`,
  user: (userId: string) => `user:${userId}`,
  /** Sockets of a campaign packet's audience, where that is not everyone; members of a room need not have joined it. */
  packet: (packetId: string) => `packet:${packetId}`,
};

/** A packet, as far as it says who is to hear of it. */
export interface Heard {
  packetId: string;
  roomId: string | null;
  rules?: PacketRules | null;
}

/** The Socket.IO room in which a packet's audience is; undefined: everyone who is signed in. */
export function audienceRoomOf({ packetId, roomId, rules }: Heard): string | undefined {
  if (roomId) return socketRooms.room(roomId);
  const campaign = rules?.campaign;
  // With tiers, everyone gets one packet of several.
  if (campaign?.audience.kind === 'everyone' && !campaign.onceKey) return undefined;
  return socketRooms.packet(packetId);
}

/**
 * What api and worker tell every gateway, many items in one message: each gateway passes on what concerns its own
 * sockets. One message for each winner would cost every gateway a decode for each.
 */
export interface GatewayEvents {
  'wallets:changed': (changes: { userId: string; change: WalletChanged }[]) => void;
  /** The same for winners, by the thousand. */
  'claims:settled': (settled: SettledClaims[]) => void;
  'packets:progressed': (progress: PacketProgressed[]) => void;
  /** Packets whose audience, or whose gates, only a gateway can tell apart person by person. */
  'packets:announced': (packets: PacketView<number>[]) => void;
  'packets:dropped': (packets: PacketView<number>[]) => void;
}

/** Pushes from processes that hold no sockets. Best effort: what is lost here, a client learns on joining or asking. */
export class Pusher {
  private readonly emitter: Emitter<ServerEvents>;

  constructor(private readonly client: Redis) {
    this.emitter = new Emitter<ServerEvents>(client);
  }

  toRoom<E extends keyof ServerEvents>(
    roomId: string,
    event: E,
    ...payload: Parameters<ServerEvents[E]>
  ): boolean {
    if (!this.canPublish()) return false;
    return this.emitter.to(socketRooms.room(roomId)).emit(event, ...(payload as unknown as never));
  }

  /** The same words for everyone who heard of the packet. */
  toAudience<E extends keyof ServerEvents>(
    packet: Heard,
    event: E,
    ...payload: Parameters<ServerEvents[E]>
  ): boolean {
    if (!this.canPublish()) return false;
    const room = audienceRoomOf(packet);
    const told = room === undefined ? this.emitter : this.emitter.to(room);
    return told.emit(event, ...(payload as unknown as never));
  }

  /** After its close nobody is told of a packet any more: sockets leave the room that was made for it. */
  dismissAudience(packet: Heard): void {
    const room = audienceRoomOf(packet);
    if (room === socketRooms.packet(packet.packetId) && this.canPublish())
      this.emitter.in(room).socketsLeave(room);
  }

  toGateways<E extends keyof GatewayEvents>(event: E, ...payload: Parameters<GatewayEvents[E]>): boolean {
    if (!this.canPublish()) return false;
    this.emitter.serverSideEmit(event, ...payload);
    return true;
  }

  /** The emitter does not wait for its publish, so a rejected one could only end the process: don't begin it. */
  private canPublish(): boolean {
    return this.client.status === 'ready';
  }
}
