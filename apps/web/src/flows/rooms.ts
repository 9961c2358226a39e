import type { HongbaoClient } from '@app/client';
import type { JoinAck } from '@app/contracts';
import { api } from '../net/api.js';
import { failureOf } from '../net/failure.js';
import { join, request } from '../net/socket.js';
import { uuid } from '../net/uuid.js';
import { listCampaignPackets } from './campaigns.js';
import {
  addMessages,
  addPacketToLog,
  addUnread,
  changeLog,
  clearUnread,
  logOf,
  roomsStore,
} from '../state/rooms.js';
import { putPacket } from '../state/packets.js';
import { myId } from '../state/session.js';
import { remember, remembered } from '../state/storage.js';
import { goToRoom, isAway, uiStore } from '../state/ui.js';

export function hearRooms(client: HongbaoClient): void {
  client.on('message:posted', (message) => {
    addMessages(message.roomId, [message], myId());
    if (message.roomId !== uiStore.get().roomId) addUnread(message.roomId);
  });
  client.on('presence:changed', ({ roomId, online }) => {
    changeLog(roomId, ({ room }) => (room ? { room: { ...room, online } } : {}));
  });
}

/** The lists of my rooms and of the open ones. A server without open rooms still has mine. */
export async function loadRooms(): Promise<void> {
  try {
    const [mine, open] = await Promise.all([api.rooms(), api.openRooms().catch(() => [])]);
    const ids = new Set(mine.map(({ roomId }) => roomId));
    roomsStore.set({ mine, open: open.filter(({ roomId }) => !ids.has(roomId)), loaded: true, failed: null });
  } catch (error) {
    roomsStore.set({ failed: failureOf(error).code });
  }
}

/** After signing in: the room of the address, the last one, or where the newcomer will see something happen. */
export async function landInRoom(): Promise<void> {
  await loadRooms();
  const { mine, open } = roomsStore.get();
  // The address names a room: whoever shows it also joins it.
  if (uiStore.get().roomId) return;
  const known = [...mine, ...open];
  const last = remembered<string>(`room.${myId()}`);
  const target = known.find(({ roomId }) => roomId === last) ?? open[0] ?? mine[0];
  if (target) goToRoom(target.roomId);
}

/** Whatever was known already is merged by its id. */
export function takeIn({ room, messages, packets, closedPackets }: JoinAck): void {
  const { roomId } = room;
  changeLog(roomId, () => ({ room, failed: null }));
  addMessages(roomId, messages, myId());
  for (const packet of [...closedPackets, ...packets]) {
    putPacket(packet);
    addPacketToLog(roomId, packet.packetId, packet.opensAt);
  }
  roomsStore.set(({ mine, open }) => ({
    mine: mine.some((known) => known.roomId === roomId) ? mine : [...mine, room],
    open: open.filter((known) => known.roomId !== roomId),
  }));
}

/** From then on joined again by itself, with what was missed, after every lost connection. */
export async function joinRoom(roomId: string): Promise<void> {
  try {
    takeIn(await join(roomId));
    void listCampaignPackets();
    if (roomId === uiStore.get().roomId) remember(`room.${myId()}`, roomId);
  } catch (error) {
    changeLog(roomId, ({ room }) => (room ? {} : { failed: failureOf(error).code }));
  }
}

/** Called when the address names a room. */
export function enterRoom(roomId: string): void {
  clearUnread(roomId);
  if (!logOf(roomId).room) void joinRoom(roomId);
  else remember(`room.${myId()}`, roomId);
}

/** Throws a Failure. */
export async function createRoom(name: string, open: boolean): Promise<void> {
  const { roomId } = await api.createRoom(name, open);
  await loadRooms();
  goToRoom(roomId);
}

export async function postMessage(roomId: string, text: string, localId = uuid()): Promise<void> {
  const waiting = { localId, text, at: Date.now(), failed: null };
  changeLog(roomId, ({ pending }) => ({
    pending: [...pending.filter((other) => other.localId !== localId), waiting],
  }));
  try {
    const { messageId, at } = await request('message:post', { roomId, text });
    const { room, pending } = logOf(roomId);
    // The push may have come first and taken the pending one with it.
    if (!room || !pending.some((other) => other.localId === localId)) return;
    const name = room.onlineUsers.find(({ userId }) => userId === myId())?.name ?? '';
    addMessages(roomId, [{ messageId, roomId, userId: myId(), name, text, at }], myId());
    dropPending(roomId, localId);
  } catch (error) {
    const { code } = failureOf(error);
    // Without a connection nothing has left; with one, an answer that is late may still mean that it arrived.
    const failed = code === 'no_answer' && isAway() ? 'offline' : code;
    changeLog(roomId, (log) => ({
      pending: log.pending.map((other) => (other.localId === localId ? { ...other, failed } : other)),
    }));
  }
}

export function dropPending(roomId: string, localId: string): void {
  changeLog(roomId, ({ pending }) => ({ pending: pending.filter((other) => other.localId !== localId) }));
}
