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
  type MessageView,
  type PacketView,
} from '@app/contracts';
import { Drops } from '../drops/drops.js';
import { Grabs } from '../grabs/grabs.js';
import { ApiClient } from '../http/api-client.js';
import { GatewayParts } from '../parts.js';
import { Rooms } from '../rooms/rooms.js';
import { keepDoor } from './door.js';
import type { HongbaoServer, HongbaoSocket } from './person.js';
import { Pushes } from './pushes.js';
import { answer, type Reply } from './requests.js';
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
    private readonly rooms: Rooms,
    private readonly drops: Drops,
    private readonly pushes: Pushes,
  ) {
    const count = () => this.server?.sockets.sockets.size ?? 0;
    parts.metrics.gauge('hongbao_sockets_connected', 'Sockets signed in to this gateway', count);
  }

  afterInit(server: HongbaoServer): void {
    keepDoor(server, this.parts);
    this.pushes.listen(server);
    this.drops.listen(server);
    this.rooms.listen(server);
    const slow = this.parts.metrics.counter(
      'hongbao_slow_readers_total',
      'Sockets let go for reading too slowly',
    );
    letSlowReadersGo(server, () => slow.inc());
    server.on('connection', (socket) => {
      socket.on('disconnecting', () => void this.rooms.leaveAll(server, socket));
    });
  }

  @SubscribeMessage('packet:grab')
  grab(
    @ConnectedSocket() socket: HongbaoSocket,
    @MessageBody() payload: unknown,
    @Ack() reply: Reply,
  ): Promise<void> {
    return this.answer(socket, reply, grabOnSocketSchema, payload, ({ packetId, answers }) =>
      this.grabs.grab(socket.data.person, packetId, answers),
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
