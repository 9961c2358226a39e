import type { JoinedRoomView, RoomView } from '@app/contracts';
import type { FailureCode } from '../net/failure.js';
import { mergeMessages, type Message } from './merge.js';
import { createStore } from './store.js';

/** A message on its way: shown at once, marked when it could not be sent. */
export interface PendingMessage {
  localId: string;
  text: string;
  at: number;
  failed: FailureCode | null;
}

export interface RoomLog {
  room: JoinedRoomView | null;
  messages: Message[];
  pending: PendingMessage[];
  packets: { packetId: string; at: number }[];
  failed: FailureCode | null;
}

export interface RoomsState {
  mine: RoomView[];
  open: RoomView[];
  loaded: boolean;
  failed: FailureCode | null;
  logs: Record<string, RoomLog>;
  /** Messages and packets that came while another room was shown. */
  unread: Record<string, number>;
}

export const NO_LOG: RoomLog = { room: null, messages: [], pending: [], packets: [], failed: null };
const PACKETS_KEPT = 120;

const empty: RoomsState = { mine: [], open: [], loaded: false, failed: null, logs: {}, unread: {} };

export const roomsStore = createStore<RoomsState>(empty);

export function clearRooms(): void {
  roomsStore.set(empty);
}

export function logOf(roomId: string): RoomLog {
  return roomsStore.get().logs[roomId] ?? NO_LOG;
}

export function changeLog(roomId: string, change: (log: RoomLog) => Partial<RoomLog>): void {
  roomsStore.set(({ logs }) => {
    const log = logs[roomId] ?? NO_LOG;
    return { logs: { ...logs, [roomId]: { ...log, ...change(log) } } };
  });
}

export function addUnread(roomId: string): void {
  roomsStore.set(({ unread }) => ({ unread: { ...unread, [roomId]: (unread[roomId] ?? 0) + 1 } }));
}

export function clearUnread(roomId: string): void {
  if (!roomsStore.get().unread[roomId]) return;
  roomsStore.set(({ unread }) => ({ unread: { ...unread, [roomId]: 0 } }));
}

/** Adds messages; one of my own takes the place of its pending form, whichever of ack and push came first. */
export function addMessages(roomId: string, incoming: readonly Message[], me: string): void {
  changeLog(roomId, (log) => {
    const messages = mergeMessages(log.messages, incoming);
    if (messages === log.messages) return {};
    const known = new Set(log.messages.map(({ messageId }) => messageId));
    const pending = [...log.pending];
    for (const { userId, text, messageId } of incoming) {
      if (userId !== me || known.has(messageId)) continue;
      const at = pending.findIndex((waiting) => waiting.text === text);
      if (at >= 0) pending.splice(at, 1);
    }
    return { messages, pending };
  });
}

export function addPacketToLog(roomId: string, packetId: string, at: number): boolean {
  if (logOf(roomId).packets.some((known) => known.packetId === packetId)) return false;
  changeLog(roomId, (log) => ({ packets: [...log.packets, { packetId, at }].slice(-PACKETS_KEPT) }));
  return true;
}
