import {
  Ack,
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  type OnGatewayInit,
} from '@nestjs/websockets';
import { z } from 'zod';
import {
  claimOnSocket,
  grabOnSocketSchema,
  packetIdSchema,
  packetOnSocket,
  postMessageOnSocketSchema,
  roomIdSchema,
  sendPacketOnSocketSchema,
  type ClaimView,
  type GrabResult,
  type MessageView,
  type PacketView,
} from '@app/contracts';
import { busyResult } from '@app/packet-store';
import { Drops } from '../drops/drops.js';
import { Callers, takeTurn } from '../grabs/callers.js';
import { Grabs } from '../grabs/grabs.js';
import { ApiClient } from '../http/api-client.js';
import { GatewayParts } from '../parts.js';
import { Rooms } from '../rooms/rooms.js';
import { encodeResult, openLane, writeAck, type LaneGrab } from './grab-lane.js';
import { keepDoor } from './door.js';
import type { HongbaoServer, HongbaoSocket } from './person.js';
import { Pushes } from './pushes.js';
import { admitOneAtATime } from './refused-packets.js';
import { answer, errorAnswer, type Reply } from './requests.js';
import { Revoked } from './revoked.js';
import { letSlowReadersGo } from './slow-readers.js';

/** What a client may ask on the sockets, one method each. The shapes are in libs/contracts. */
@WebSocketGateway()
export class HongbaoGateway implements OnGatewayInit {
  @WebSocketServer()
  private readonly server!: HongbaoServer;

  constructor(
    private readonly parts: GatewayParts,
    private readonly api: ApiClient,
    private readonly grabs: Grabs,
    private readonly callers: Callers,
    private readonly rooms: Rooms,
    private readonly drops: Drops,
    private readonly pushes: Pushes,
    private readonly revoked: Revoked,
  ) {
    const count = () => this.server?.sockets.sockets.size ?? 0;
    parts.metrics.gauge('hongbao_sockets_connected', 'Sockets signed in to this gateway', count);
  }

  afterInit(server: HongbaoServer): void {
    admitOneAtATime(server);
    keepDoor(server, this.parts, this.callers);
    this.pushes.listen(server);
    this.revoked.listen(server);
    this.drops.listen(server);
    this.rooms.listen(server);
    const slow = this.parts.metrics.counter(
      'hongbao_slow_readers_total',
      'Sockets let go for reading too slowly',
    );
    letSlowReadersGo(server, () => slow.inc());
    const { rooms } = this;
    // One for all sockets: a closure of its own would be kept with each.
    const leave = function (this: HongbaoSocket) {
      void rooms.leaveAll(server, this);
    };
    const take = (socket: HongbaoSocket, grab: LaneGrab) => this.grabByLane(socket, grab);
    server.on('connection', (socket) => {
      if (!openLane(socket, take))
        this.parts.logger.warn('grabs take the slow way: Socket.IO is not as the lane knows it');
      socket.on('disconnecting', leave);
    });
  }

  /** `grab` below, without Nest and Socket.IO around it, where nothing has to be asked first. */
  private grabByLane(socket: HongbaoSocket, { packetId, id }: LaneGrab): boolean {
    const { person, caller } = socket.data;
    const packet = Date.now() < person.expiresAtMs && this.grabs.knownFor(socket.data, packetId);
    if (!packet) return false;
    const reply = (result: GrabResult<number> | Error) =>
      writeAck(socket, id, result instanceof Error ? this.encodeError(result) : encodeResult(result));
    const waitMs = takeTurn(caller);
    if (waitMs > 0) reply(busyResult(waitMs));
    else this.grabs.grabAtOnce(socket.data, packet, reply);
    return true;
  }

  private encodeError(error: Error): string {
    return JSON.stringify(errorAnswer(error, this.parts.logger));
  }

  @SubscribeMessage('packet:grab')
  grab(
    @ConnectedSocket() socket: HongbaoSocket,
    @MessageBody() payload: unknown,
    @Ack() reply: Reply,
  ): Promise<void> {
    return this.answer(socket, reply, grabOnSocketSchema, payload, ({ packetId, answers }) =>
      this.grabs.grab(socket.data, packetId, answers),
    );
  }

  @SubscribeMessage('room:join')
  join(
    @ConnectedSocket() socket: HongbaoSocket,
    @MessageBody() payload: unknown,
    @Ack() reply: Reply,
  ): Promise<void> {
    return this.answer(socket, reply, roomIdSchema, payload, ({ roomId }) =>
      this.rooms.join(this.server, socket, roomId),
    );
  }

  @SubscribeMessage('room:leave')
  leave(
    @ConnectedSocket() socket: HongbaoSocket,
    @MessageBody() payload: unknown,
    @Ack() reply: Reply,
  ): Promise<void> {
    return this.answer(socket, reply, roomIdSchema, payload, async ({ roomId }) => {
      await this.rooms.leave(this.server, socket, roomId);
      return {};
    });
  }

  @SubscribeMessage('message:post')
  post(
    @ConnectedSocket() socket: HongbaoSocket,
    @MessageBody() payload: unknown,
    @Ack() reply: Reply,
  ): Promise<void> {
    return this.answer(socket, reply, postMessageOnSocketSchema, payload, async ({ roomId, text }) => {
      const message = await this.api.post<MessageView>(socket.data.person, `/rooms/${roomId}/messages`, {
        text,
      });
      return { messageId: message.messageId, at: Date.parse(message.at) };
    });
  }

  @SubscribeMessage('packet:send')
  send(
    @ConnectedSocket() socket: HongbaoSocket,
    @MessageBody() payload: unknown,
    @Ack() reply: Reply,
  ): Promise<void> {
    return this.answer(
      socket,
      reply,
      sendPacketOnSocketSchema,
      payload,
      async ({ idempotencyKey, ...request }) => {
        const { person } = socket.data;
        const packet = await this.api.post<PacketView>(person, '/packets', request, idempotencyKey);
        return { packet: packetOnSocket(packet) };
      },
    );
  }

  @SubscribeMessage('packet:inspect')
  inspect(
    @ConnectedSocket() socket: HongbaoSocket,
    @MessageBody() payload: unknown,
    @Ack() reply: Reply,
  ): Promise<void> {
    return this.answer(socket, reply, packetIdSchema, payload, async ({ packetId }) => {
      const { person } = socket.data;
      const [packet, claims] = await Promise.all([
        this.api.get<PacketView>(person, `/packets/${packetId}`),
        this.api.get<ClaimView[]>(person, `/packets/${packetId}/claims`),
      ]);
      return { packet: packetOnSocket(packet), claims: claims.map(claimOnSocket) };
    });
  }

  @SubscribeMessage('packets:list')
  list(
    @ConnectedSocket() socket: HongbaoSocket,
    @MessageBody() payload: unknown,
    @Ack() reply: Reply,
  ): Promise<void> {
    return this.answer(socket, reply, z.unknown(), payload, async () => ({
      packets: await this.drops.listFor(socket),
    }));
  }

  @SubscribeMessage('clock:sync')
  clock(
    @ConnectedSocket() socket: HongbaoSocket,
    @MessageBody() payload: unknown,
    @Ack() reply: Reply,
  ): Promise<void> {
    return this.answer(socket, reply, z.unknown(), payload, async () => ({
      serverTimeMs: await this.parts.store.nowMs(),
    }));
  }

  private answer<S extends z.ZodType>(
    socket: HongbaoSocket,
    reply: Reply,
    schema: S,
    payload: unknown,
    handle: (request: z.output<S>) => Promise<unknown>,
  ): Promise<void> {
    const { logger } = this.parts;
    return answer({ socket: socket as never, reply, logger }, schema, payload, handle);
  }
}
