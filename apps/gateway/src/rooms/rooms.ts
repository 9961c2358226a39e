import { Injectable } from '@nestjs/common';
import {
  messageOnSocket,
  packetOnSocket,
  type JoinAck,
  type PacketView,
  type RoomSnapshot,
} from '@app/contracts';
import { quietly } from '@app/observability';
import { socketRooms } from '@app/push';
import { viewFor } from '../drops/drops.js';
import { Memberships } from '../grabs/memberships.js';
import { PacketDirectory } from '../grabs/packet-directory.js';
import { ApiClient } from '../http/api-client.js';
import { GatewayParts } from '../parts.js';
import type { HongbaoServer, HongbaoSocket } from '../sockets/person.js';
import { Presence } from './presence.js';
import { SharedReads } from './shared-reads.js';

const PRESENCE_INTERVAL_MS = 1_000;

/** Joining and leaving: membership is the api's to say, presence is kept here. */
@Injectable()
export class Rooms {
  private readonly due = new Set<string>();
  private readonly snapshots = new SharedReads<RoomSnapshot>();
  private readonly report;

  constructor(
    private readonly parts: GatewayParts,
    private readonly api: ApiClient,
    private readonly memberships: Memberships,
    private readonly presence: Presence,
    private readonly directory: PacketDirectory,
  ) {
    this.report = quietly((_key, error) => this.parts.logger.warn({ err: error }, 'presence'));
  }

  listen(server: HongbaoServer): void {
    this.presence.onGatewayGone((roomIds) => {
      for (const roomId of roomIds) this.tellPresence(server, roomId);
    });
  }

  /** Joined before it reads, so that what happens meanwhile is not missed; clients know messages and packets by id. */
  async join(server: HongbaoServer, socket: HongbaoSocket, roomId: string): Promise<JoinAck> {
    const { person } = socket.data;
    const { userId, name } = person;
    if (!this.memberships.known(roomId, userId)) {
      await this.api.post(person, `/rooms/${roomId}/entries`, {});
      this.memberships.add(roomId, userId);
    }
    socket.data.caller.rooms.add(roomId);
    const isNew = !socket.rooms.has(socketRooms.room(roomId));
    await socket.join(socketRooms.room(roomId));
    if (isNew && socket.connected) {
      await this.presence.enter(roomId, userId, name).catch((error: Error) => this.report('enter', error));
      this.tellPresence(server, roomId);
    }
    const read = () => this.api.get<RoomSnapshot>(person, `/rooms/${roomId}/snapshot`);
    // One read for all, asked by one of them: a refusal is that one's (a token that ends, a limit), not everyone's.
    const shared = this.snapshots.read(roomId, read).catch(read);
    const { room, messages, packets, closedPackets } = await shared;
    const [online, onlineUsers] = await Promise.all([
      this.presence.count(roomId).catch(() => 1),
      this.presence.list(roomId).catch(() => [{ userId, name }]),
    ]);
    return {
      room: { ...room, online, onlineUsers },
      messages: messages.map(messageOnSocket),
      packets: await Promise.all(packets.map((packet) => this.viewFor(socket, packet))),
      closedPackets: closedPackets.map(packetOnSocket),
    };
  }

  /** What is the same for every member was read once for all; with a quiz, each has an order of their own. */
  private async viewFor(socket: HongbaoSocket, packet: PacketView): Promise<PacketView<number>> {
    const view = packetOnSocket(packet);
    const listed = view.gates && (await this.directory.find(view.packetId).catch(() => undefined));
    return listed ? viewFor(view, listed, socket) : view;
  }

  async leave(server: HongbaoServer, socket: HongbaoSocket, roomId: string): Promise<void> {
    if (!socket.rooms.has(socketRooms.room(roomId))) return;
    await socket.leave(socketRooms.room(roomId));
    await this.presence
      .leave(roomId, socket.data.person.userId)
      .catch((error: Error) => this.report('leave', error));
    this.tellPresence(server, roomId);
  }

  async leaveAll(server: HongbaoServer, socket: HongbaoSocket): Promise<void> {
    const prefix = socketRooms.room('');
    const joined = [...socket.rooms]
      .filter((room) => room.startsWith(prefix))
      .map((room) => room.slice(prefix.length));
    await Promise.all(joined.map((roomId) => this.leave(server, socket, roomId)));
  }

  /** At most once a second for a room, however many come and go. */
  private tellPresence(server: HongbaoServer, roomId: string): void {
    if (this.due.has(roomId)) return;
    this.due.add(roomId);
    setTimeout(() => {
      this.due.delete(roomId);
      this.presence.count(roomId).then(
        (online) => server.to(socketRooms.room(roomId)).emit('presence:changed', { roomId, online }),
        (error: Error) => this.report('count', error),
      );
    }, PRESENCE_INTERVAL_MS).unref();
  }
}
