import type { Socket as NetSocket } from 'node:net';
import type { HongbaoSocket } from './person.js';

/**
 * Socket.IO packets written straight to the TCP socket of a connection, several as one write: past Engine.IO's packets,
 * flush and events, and past ws's two buffers for each frame. It relies on these of socket.io 4.8.3, engine.io 6.6 and its
 * ws 8, and grab-lane.spec.ts fails when one of them changes:
 *  - `conn.writeBuffer` is empty when Engine.IO has handed on everything before, `conn.transport.socket` is the ws WebSocket,
 *    and that, which does not compress here, writes to its `_socket` at once: so order is kept;
 *  - a packet travels as a text message with a 4 before it.
 */
interface EngineConnection {
  readyState: string;
  writeBuffer: unknown[];
  transport: { socket: { readyState: number; _socket: NetSocket | null } };
  write(data: string): void;
}

const WS_OPEN = 1;
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
  const { readyState, _socket: tcp } = conn.transport.socket;
  const frames = conn.writeBuffer.length === 0 && readyState === WS_OPEN ? framesOf(packets) : undefined;
  if (frames !== undefined && tcp) tcp.write(frames, 'latin1');
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
