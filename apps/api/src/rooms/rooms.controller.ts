import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import {
  addMembersSchema,
  createRoomSchema,
  postMessageSchema,
  roomIdSchema,
  type Identity,
  type MemberView,
  type MessageView,
  type PacketView,
  type RoomSnapshot,
  type RoomView,
} from '@app/contracts';
import type { z } from 'zod';
import { Caller } from '../auth/auth.guard.js';
import { Checked } from '../http/checked.js';
import { listQuerySchema, sayNextCursor, type ListQuery } from '../http/page-of-list.js';
import { RoomsService } from './rooms.service.js';

type RoomParam = z.output<typeof roomIdSchema>;

@ApiTags('rooms')
@Controller('rooms')
@Checked()
export class RoomsController {
  constructor(private readonly rooms: RoomsService) {}

  @Post()
  @HttpCode(201)
  create(
    @Caller() caller: Identity,
    @Body({ schema: createRoomSchema }) { name, open }: z.output<typeof createRoomSchema>,
  ): Promise<{ roomId: string }> {
    return this.rooms.create(caller, name, open ?? false);
  }

  /** Rooms of the caller, last joined first. */
  @Get()
  async mine(
    @Caller() caller: Identity,
    @Query({ schema: listQuerySchema }) query: ListQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RoomView[]> {
    return paged(response, query, (limit, offset) => this.rooms.mine(caller, limit, offset));
  }

  /** Rooms that anyone may join. */
  @Get('open')
  async open(
    @Query({ schema: listQuerySchema }) query: ListQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RoomView[]> {
    return paged(response, query, (limit, offset) => this.rooms.open(limit, offset));
  }

  @Get(':roomId')
  view(
    @Caller() caller: Identity,
    @Param({ schema: roomIdSchema }) { roomId }: RoomParam,
  ): Promise<RoomView> {
    return this.rooms.view(caller, roomId);
  }

  /** The first half of `room:join`: members may come in, and an open room takes the caller in. */
  @Post(':roomId/entries')
  @HttpCode(200)
  enter(
    @Caller() caller: Identity,
    @Param({ schema: roomIdSchema }) { roomId }: RoomParam,
  ): Promise<{ roomId: string }> {
    return this.rooms.enter(caller, roomId);
  }

  /** The second half: the room, its last 50 messages and the packets still open. */
  @Get(':roomId/snapshot')
  snapshot(
    @Caller() caller: Identity,
    @Param({ schema: roomIdSchema }) { roomId }: RoomParam,
  ): Promise<RoomSnapshot> {
    return this.rooms.snapshot(caller, roomId);
  }

  @Post(':roomId/members')
  @HttpCode(201)
  async addMembers(
    @Caller() caller: Identity,
    @Param({ schema: roomIdSchema }) { roomId }: RoomParam,
    @Body({ schema: addMembersSchema }) { userIds }: z.output<typeof addMembersSchema>,
  ): Promise<{ userIds: string[] }> {
    await this.rooms.addMembers(caller, roomId, userIds);
    return { userIds };
  }

  @Get(':roomId/members')
  members(
    @Caller() caller: Identity,
    @Param({ schema: roomIdSchema }) { roomId }: RoomParam,
    @Query({ schema: listQuerySchema }) query: ListQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<MemberView[]> {
    return paged(response, query, (limit, offset) => this.rooms.members(caller, roomId, limit, offset));
  }

  @Post(':roomId/messages')
  @HttpCode(201)
  post(
    @Caller() caller: Identity,
    @Param({ schema: roomIdSchema }) { roomId }: RoomParam,
    @Body({ schema: postMessageSchema }) { text }: z.output<typeof postMessageSchema>,
  ): Promise<MessageView> {
    return this.rooms.post(caller, roomId, text);
  }

  /** The last ones, oldest first; `cursor`: the ones before a message. */
  @Get(':roomId/messages')
  async messages(
    @Caller() caller: Identity,
    @Param({ schema: roomIdSchema }) { roomId }: RoomParam,
    @Query({ schema: listQuerySchema }) { limit, cursor }: ListQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<MessageView[]> {
    const messages = await this.rooms.messages(caller, roomId, limit, cursor);
    if (messages.length === limit) sayNextCursor(response, messages[0]?.messageId);
    return messages;
  }

  /** Packets of the room that can still be grabbed. */
  @Get(':roomId/packets')
  packets(
    @Caller() caller: Identity,
    @Param({ schema: roomIdSchema }) { roomId }: RoomParam,
  ): Promise<PacketView[]> {
    return this.rooms.openPackets(caller, roomId);
  }
}

async function paged<T>(
  response: Response,
  { limit, cursor = 0 }: ListQuery,
  read: (limit: number, offset: number) => Promise<T[]>,
): Promise<T[]> {
  const items = await read(limit, cursor);
  if (items.length === limit) sayNextCursor(response, cursor + limit);
  return items;
}
