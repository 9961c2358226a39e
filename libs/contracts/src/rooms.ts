import { z } from 'zod';
import { textSchema, userIdSchema, uuidSchema } from './text.js';
import type { PacketView } from './packets.js';

export const ROOM_NAME_CHARS_MAX = 64;
export const MESSAGE_CHARS_MAX = 2_000;
export const MEMBERS_PER_CALL_MAX = 1_000;
export const MESSAGES_ON_JOIN = 50;
export const CLOSED_PACKETS_ON_JOIN = 20;

/** `open`: anyone signed in may find the room (`GET /rooms/open`) and join it. Default: members only. */
export const createRoomSchema = z.strictObject({
  name: textSchema(1, ROOM_NAME_CHARS_MAX),
  open: z.boolean().optional(),
});
export const addMembersSchema = z.strictObject({
  userIds: z.array(userIdSchema).min(1).max(MEMBERS_PER_CALL_MAX),
});
export const postMessageSchema = z.strictObject({ text: textSchema(1, MESSAGE_CHARS_MAX) });
export const roomIdSchema = z.strictObject({ roomId: uuidSchema });
export const postMessageOnSocketSchema = postMessageSchema.extend({ roomId: uuidSchema });

export interface RoomView {
  roomId: string;
  name: string;
  open: boolean;
  /** How many people belong to it. */
  members: number;
}

/** A room as its members see it when they join: `online` counts people, not connections. */
export interface JoinedRoomView extends RoomView {
  online: number;
  /** Who is online, at most 100 of them, by name. */
  onlineUsers: { userId: string; name: string }[];
}

export interface MemberView {
  userId: string;
  name: string;
}

export interface MessageView<At = string> {
  messageId: string;
  roomId: string;
  userId: string;
  name: string;
  text: string;
  at: At;
}

/** What a member sees on entering a room; as JoinAck. */
export interface RoomSnapshot {
  room: RoomView;
  messages: MessageView[];
  packets: PacketView[];
  closedPackets: PacketView[];
}

/** The acknowledgement of `room:join`. */
export interface JoinAck {
  room: JoinedRoomView;
  /** The last 50, oldest first. */
  messages: MessageView<number>[];
  /** Those still open, oldest first. */
  packets: PacketView<number>[];
  /** The last 20 that are not, oldest first: what was there before a page was loaded again. */
  closedPackets: PacketView<number>[];
}
