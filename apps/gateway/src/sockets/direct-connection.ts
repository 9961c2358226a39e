import type { Socket as TcpSocket } from 'node:net';

/**
 * Of an Engine.IO connection, what writing past it relies on; none of it is public. grab-lane.spec.ts and
 * direct-frames.spec.ts write through the versions that are installed, and fail where one of these is no more:
 *  - engine.io 6.6, socket.js and transports/websocket.js: `writeBuffer` is empty when everything before was handed on;
 *    `transport.writable` is false until what was written last has left; `transport.socket` is the ws WebSocket;
 *  - ws 8, websocket.js and sender.js: `_socket` is the TCP socket; without compression a frame is written to it at once.
 */
export interface EngineConnection {
  readyState: string;
  writeBuffer: unknown[];
  transport: {
    name: string;
    writable: boolean;
    perMessageDeflate: unknown;
    socket?: { readyState: number; _socket?: TcpSocket | null };
  };
  write(data: string): void;
}

/** Of ws. */
const OPEN = 1;

/** The TCP socket to which a frame can be written now, and come after all that was sent before it. */
export function tcpSocketOf({ readyState, writeBuffer, transport }: EngineConnection): TcpSocket | undefined {
  if (readyState !== 'open' || writeBuffer.length > 0) return undefined;
  if (transport.name !== 'websocket' || transport.perMessageDeflate) return undefined;
  const { socket } = transport;
  return socket?.readyState === OPEN ? (socket._socket ?? undefined) : undefined;
}
