import type { HongbaoServer } from './person.js';

/** Larger messages close the connection, */
const MESSAGE_BYTES_MAX = 4_096;
/** but for these two: 2,000 characters may be 6 KB of Chinese, and 100 names 7 KB. The schema bounds what they hold. */
const LONG_REQUEST = /^2\d*\["(message:post|packet:send)"/;
export const LONG_REQUEST_BYTES_MAX = 16_384;
/**
 * Sign-ins on one connection, by whoever leaves and comes back; the door closes it on one that is refused. Each costs a look
 * at a token, and Socket.IO takes any number, while connections are limited by address.
 */
const CONNECTS_MAX = 4;

const [CONNECT, BINARY_EVENT, BINARY_ACK] = ['0', '5', '6'];

export interface EngineSocket {
  on(event: 'packet', listener: (this: EngineSocket, packet: { data?: unknown }) => void): void;
  close(discard: boolean): void;
  connects?: number;
}

/** Closes the connection on what no client of ours sends, before Socket.IO makes anything of it. */
export function closeOnRefused(connection: EngineSocket): void {
  connection.on('packet', look);
}

function look(this: EngineSocket, { data }: { data?: unknown }): void {
  if (data === undefined) return;
  if (typeof data !== 'string' || isRefused(data) || (data[0] === CONNECT && hasTriedEnough(this)))
    this.close(true);
}

/** Nothing of ours is binary. A binary event without its attachments would be waited for as long as the connection lasts. */
function isRefused(data: string): boolean {
  if (data[0] === BINARY_EVENT || data[0] === BINARY_ACK) return true;
  if (data.length * 3 <= MESSAGE_BYTES_MAX) return false;
  return Buffer.byteLength(data) > MESSAGE_BYTES_MAX && !LONG_REQUEST.test(data);
}

function hasTriedEnough(connection: EngineSocket): boolean {
  connection.connects = (connection.connects ?? 0) + 1;
  return connection.connects > CONNECTS_MAX;
}

/**
 * Signing in takes a moment, and Socket.IO only closes the connection that signs in again once it is signed in: several at
 * once would each get a socket, and everything pushed be sent as often. Who was refused connects anew. Call it before
 * anything else looks at who comes.
 */
export function admitOneAtATime(server: HongbaoServer): void {
  const comingIn = new WeakSet<object>();
  server.use((socket, next) => {
    if (comingIn.has(socket.conn)) {
      socket.conn.close(true);
      next(new Error('closed'));
      return;
    }
    comingIn.add(socket.conn);
    next();
  });
  server.on('connection', (socket) => comingIn.delete(socket.conn));
}
