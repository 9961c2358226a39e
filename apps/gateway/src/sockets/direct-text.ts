import { tcpSocketOf, type EngineConnection } from './direct-connection.js';
import type { HongbaoSocket } from './person.js';

/**
 * Socket.IO packets written straight to the TCP socket of a connection, several as one write: past Engine.IO's packets,
 * flush and events, and past ws's two buffers for each frame. A packet travels as a text message with a 4 before it; what
 * else it relies on stands in direct-connection.ts.
 */

/** FIN and opcode 1, text. */
const TEXT_FRAME = '\x81';
const SHORT_BYTES_MAX = 125;
/** In the place of a length: it follows in two bytes. */
const LENGTH_FOLLOWS = '\x7e';
const LONG_BYTES_MAX = 65_535;

/** `packets` as Socket.IO encodes them, each without the 4 of Engine.IO. A socket that is gone hears nothing, as ever. */
export function writePackets(socket: HongbaoSocket, packets: readonly string[]): void {
  const conn = socket.conn as unknown as EngineConnection;
  if (!socket.connected || conn.readyState !== 'open') return;
  const tcp = tcpSocketOf(conn);
  const frames = tcp && framesOf(packets);
  if (frames !== undefined) tcp!.write(frames, 'latin1');
  else for (const packet of packets) conn.write(packet);
}

/** A character for each byte; undefined where a packet is too long or not ASCII. */
function framesOf(packets: readonly string[]): string | undefined {
  let frames = '';
  for (const packet of packets) {
    const bytes = packet.length + 1;
    if (bytes > LONG_BYTES_MAX || Buffer.byteLength(packet) !== packet.length) return undefined;
    frames +=
      bytes <= SHORT_BYTES_MAX
        ? `${TEXT_FRAME}${String.fromCharCode(bytes)}4${packet}`
        : `${TEXT_FRAME}${LENGTH_FOLLOWS}${String.fromCharCode(bytes >> 8, bytes & 255)}4${packet}`;
  }
  return frames;
}
