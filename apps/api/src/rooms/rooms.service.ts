import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import {
  messageOnSocket,
  RefusalError,
  CLOSED_PACKETS_ON_JOIN,
  MESSAGES_ON_JOIN,
  type Identity,
  type MemberView,
  type MessageView,
  type PacketView,
  type RoomSnapshot,
  type RoomView,
} from '@app/contracts';
import { PacketEntity, RoomEntity, RoomMemberEntity } from '@app/ledger';
import { ApiParts } from '../parts.js';

const ROOM_COLUMNS = `r.room_id AS "roomId", r.name, r.open, (SELECT count(*) FROM room_members c WHERE c.room_id = r.room_id) AS members`;
const OPEN_PACKETS_MAX = 200;

/** Rooms, who belongs to them, and what is said there. To anyone else a room is `not_found`, as if it did not exist. */
@Injectable()
export class RoomsService {
  constructor(private readonly parts: ApiParts) {}

  async create({ userId }: Identity, name: string, open: boolean): Promise<{ roomId: string }> {
    const roomId = uuidv7();
    await this.parts.dataSource.transaction(async (manager) => {
      await manager.insert(RoomEntity, { roomId, name, open, createdBy: userId });
      await manager.insert(RoomMemberEntity, { roomId, userId });
    });
    return { roomId };
  }

  mine({ userId }: Identity, limit: number, offset: number): Promise<RoomView[]> {
    return this.parts.dataSource.query(
      `SELECT ${ROOM_COLUMNS} FROM rooms r JOIN room_members m USING (room_id) WHERE m.user_id = $1
       ORDER BY m.joined_at DESC, r.room_id LIMIT $2 OFFSET $3`,
      [userId, limit, offset],
    );
  }

  open(limit: number, offset: number): Promise<RoomView[]> {
    return this.parts.dataSource.query(
      `SELECT ${ROOM_COLUMNS} FROM rooms r WHERE r.open ORDER BY r.created_at, r.room_id LIMIT $1 OFFSET $2`,
      [limit, offset],
    );
  }

  /** Members may bring anyone in. An open room takes in whoever asks for themselves. */
  async addMembers({ userId }: Identity, roomId: string, userIds: string[]): Promise<void> {
    const onlySelf = userIds.every((id) => id === userId);
    if (!(await this.isMember(roomId, userId)) && !(onlySelf && (await this.isOpen(roomId))))
      throw new RefusalError('not_found');
    await this.parts.dataSource.query(
      `INSERT INTO room_members (room_id, user_id) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING`,
      [roomId, userIds],
    );
  }

  /** Members may come in; an open room takes in whoever asks. Cheap, for everyone of a drop comes in at once. */
  async enter(identity: Identity, roomId: string): Promise<{ roomId: string }> {
    if (!(await this.isMember(roomId, identity.userId)))
      await this.addMembers(identity, roomId, [identity.userId]);
    return { roomId };
  }

  /** All that a member sees on coming in; the same for every member. */
  async snapshot(identity: Identity, roomId: string): Promise<RoomSnapshot> {
    const [room, messages, packets, closedPackets] = await Promise.all([
      this.view(identity, roomId),
      this.readMessages(roomId, MESSAGES_ON_JOIN),
      this.readOpenPackets(roomId),
      this.readClosedPackets(roomId),
    ]);
    return { room, messages, packets, closedPackets };
  }

  async view({ userId }: Identity, roomId: string): Promise<RoomView> {
    const [room] = await this.parts.dataSource.query<RoomView[]>(
      `SELECT ${ROOM_COLUMNS} FROM rooms r JOIN room_members m USING (room_id) WHERE r.room_id = $1 AND m.user_id = $2`,
      [roomId, userId],
    );
    if (!room) throw new RefusalError('not_found');
    return room;
  }

  async members(identity: Identity, roomId: string, limit: number, offset: number): Promise<MemberView[]> {
    await this.assertMember(roomId, identity.userId);
    return this.parts.dataSource.query(
      `SELECT m.user_id AS "userId", coalesce(u.name, m.user_id) AS name FROM room_members m LEFT JOIN users u USING (user_id)
       WHERE m.room_id = $1 ORDER BY m.joined_at, m.user_id LIMIT $2 OFFSET $3`,
      [roomId, limit, offset],
    );
  }

  async post({ userId, name }: Identity, roomId: string, text: string): Promise<MessageView> {
    await this.assertMember(roomId, userId);
    const [row] = await this.parts.dataSource.query<{ id: number; at: Date }[]>(
      `INSERT INTO messages (room_id, user_id, text) VALUES ($1, $2, $3) RETURNING message_id AS id, posted_at AS at`,
      [roomId, userId, text],
    );
    const message = { messageId: String(row!.id), roomId, userId, name, text, at: row!.at.toISOString() };
    this.parts.pusher.toRoom(roomId, 'message:posted', messageOnSocket(message));
    return message;
  }

  /** Oldest first; `before` a message id: the ones said before it. */
  async messages(
    { userId }: Identity,
    roomId: string,
    limit: number,
    before?: number,
  ): Promise<MessageView[]> {
    await this.assertMember(roomId, userId);
    return this.readMessages(roomId, limit, before);
  }

  private async readMessages(roomId: string, limit: number, before?: number): Promise<MessageView[]> {
    const rows = await this.parts.dataSource.query<(Omit<MessageView, 'at'> & { at: Date })[]>(
      `SELECT m.message_id::text AS "messageId", m.room_id AS "roomId", m.user_id AS "userId",
         coalesce(u.name, m.user_id) AS name, m.text, m.posted_at AS at
       FROM messages m LEFT JOIN users u USING (user_id)
       WHERE m.room_id = $1 AND ($3::bigint IS NULL OR m.message_id < $3) ORDER BY m.message_id DESC LIMIT $2`,
      [roomId, limit, before ?? null],
    );
    return rows.reverse().map((row) => ({ ...row, at: row.at.toISOString() }));
  }

  /** Packets that can still be grabbed there, oldest first. */
  async openPackets({ userId }: Identity, roomId: string): Promise<PacketView[]> {
    await this.assertMember(roomId, userId);
    return this.readOpenPackets(roomId);
  }

  private async readOpenPackets(roomId: string): Promise<PacketView[]> {
    const packets = await this.parts.dataSource
      .getRepository(PacketEntity)
      .find({ where: { roomId, state: 'open' }, order: { createdAt: 'ASC' }, take: OPEN_PACKETS_MAX });
    return Promise.all(packets.map((packet) => this.parts.views.view(packet)));
  }

  private async readClosedPackets(roomId: string): Promise<PacketView[]> {
    const packets = await this.parts.dataSource.getRepository(PacketEntity).find({
      where: { roomId, state: In(['finished', 'expired']) },
      order: { createdAt: 'DESC' },
      take: CLOSED_PACKETS_ON_JOIN,
    });
    return Promise.all(packets.toReversed().map((packet) => this.parts.views.view(packet)));
  }

  /** Whom a brand may drop a packet to: rooms that the caller belongs to, and open ones. */
  async mayAddress({ userId }: Identity, roomId: string): Promise<boolean> {
    return (await this.isMember(roomId, userId)) || (await this.isOpen(roomId));
  }

  async isMember(roomId: string, userId: string): Promise<boolean> {
    return this.parts.dataSource.getRepository(RoomMemberEntity).existsBy({ roomId, userId });
  }

  async assertMember(roomId: string, userId: string): Promise<void> {
    if (!(await this.isMember(roomId, userId))) throw new RefusalError('not_found');
  }

  private isOpen(roomId: string): Promise<boolean> {
    return this.parts.dataSource.getRepository(RoomEntity).existsBy({ roomId, open: true });
  }
}
