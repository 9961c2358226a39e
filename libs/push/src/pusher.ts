import { Emitter } from '@socket.io/redis-emitter';
import type { Redis } from '@app/redis';
import type { PacketProgressed, ServerEvents, WalletChanged } from '@app/contracts';

/** Socket.IO rooms by what they stand for. */
export const socketRooms = {
  room: (roomId: string) => `room:${roomId}`,
  user: (userId: string) => `user:${userId}`,
};

/**
 * What api and worker tell every gateway, many items in one message: each gateway passes on what concerns its own
 * sockets. One message for each winner would cost every gateway a decode for each.
 */
export interface GatewayEvents {
  'wallets:changed': (changes: { userId: string; change: WalletChanged }[]) => void;
  'packets:progressed': (progress: PacketProgressed[]) => void;
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

  toGateways<E extends keyof GatewayEvents>(event: E, ...payload: Parameters<GatewayEvents[E]>): void {
    if (!this.canPublish()) return;
    this.emitter.serverSideEmit(event, ...payload);
  }

  /** The emitter does not wait for its publish, so a rejected one could only end the process: don't begin it. */
  private canPublish(): boolean {
    return this.client.status === 'ready';
  }
}
