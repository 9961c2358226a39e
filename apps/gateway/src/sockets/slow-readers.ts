import { RefusalError, toSocketError } from '@app/contracts';
import type { HongbaoServer, HongbaoSocket } from './person.js';

/** Beyond what the system holds for a connection (some MB). Some 800 pushes; who reads at all is never that far behind. */
export const UNREAD_BYTES_MAX = 262_144;
const LOOK_MS = 1_000;
/** A reader that wakes up within this still learns why it was let go. */
const LAST_WORDS_MS = 5_000;

/** As Engine.IO has it: what waits for the WebSocket, and what the WebSocket itself could not hand to the system yet. */
interface Connection {
  writeBuffer: { data?: unknown }[];
  transport: { socket?: { bufferedAmount: number; terminate(): void } };
}
const connectionOf = (socket: HongbaoSocket) => socket.conn as unknown as Connection;

/**
 * Lets go of whoever does not read: one such socket in a busy room would take memory without end. Told by
 * `request:refused` with `reading_too_slow`, as far as it can still be told; what it missed it learns on coming back.
 */
export function letSlowReadersGo(server: HongbaoServer, onLetGo: () => void): void {
  const timer = setInterval(() => {
    for (const socket of server.sockets.sockets.values()) {
      if (unreadBytes(socket) <= UNREAD_BYTES_MAX) continue;
      onLetGo();
      letGo(socket);
    }
  }, LOOK_MS);
  timer.unref();
}

export function unreadBytes(socket: HongbaoSocket): number {
  const { writeBuffer, transport } = connectionOf(socket);
  let bytes = transport.socket?.bufferedAmount ?? 0;
  for (const { data } of writeBuffer) bytes += typeof data === 'string' ? data.length : 0;
  return bytes;
}

function letGo(socket: HongbaoSocket): void {
  const { writeBuffer, transport } = connectionOf(socket);
  // In the place of what it will not read. It has left its rooms when this returns, so nothing more is kept for it.
  writeBuffer.length = 0;
  const told = socket as { emit(name: string, payload: unknown): void };
  told.emit('request:refused', toSocketError(new RefusalError('reading_too_slow')));
  socket.disconnect(true);
  // An orderly close waits until all is written, and that may be never.
  setTimeout(() => transport.socket?.terminate(), LAST_WORDS_MS).unref();
}
