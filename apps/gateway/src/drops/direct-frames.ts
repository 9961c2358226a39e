import type { Socket as TcpSocket } from 'node:net';
import { tcpSocketOf, type EngineConnection } from '../sockets/direct-connection.js';
import type { HongbaoServer } from '../sockets/person.js';

/*
 * What is relied on, none of it public. A test sends through it on the versions that are installed, and fails where one
 * of these is no more:
 * - socket.io-adapter 2.5, in-memory-adapter.js: `broadcast` encodes once by `_encode`, which sets `wsPreEncodedFrame`,
 *   the WebSocket frame as header and payload; then it calls `client.writeToEngine(packets, options)` for each socket.
 * - socket.io 4.8, client.js: `writeToEngine` hands these to the Engine.IO connection `conn`.
 * - what direct-connection.ts names.
 */
interface FrameOptions {
  wsPreEncodedFrame?: Buffer[];
}

interface EncodingAdapter {
  _encode?(packet: unknown, options: FrameOptions): unknown;
}

interface SocketIoClient {
  conn: EngineConnection;
  writeToEngine(packets: unknown, options: FrameOptions): void;
}

const changed = new WeakSet<SocketIoClient>();

/**
 * A broadcast goes to each socket as one write of one buffer, past Engine.IO's packet, its flush and four events, which are
 * a third of the CPU of a push to 5,000 sockets. Only where nothing waits before it: the connection is open, its transport
 * is idle and the kernel has taken all that was written; else the usual way, so that order and buffering are as ever.
 */
export function writeFramesDirectly(server: HongbaoServer): void {
  const adapter = server.sockets.adapter as unknown as EncodingAdapter;
  const encode = adapter._encode;
  if (typeof encode !== 'function') return;
  adapter._encode = function (packet, options) {
    const encoded: unknown = encode.call(this, packet, options);
    const frame = options.wsPreEncodedFrame;
    if (frame && frame.length > 1) options.wsPreEncodedFrame = [Buffer.concat(frame)];
    return encoded;
  };
  server.on('connection', ({ client }) => {
    const shared = Object.getPrototypeOf(client) as SocketIoClient;
    if (changed.has(shared)) return;
    changed.add(shared);
    const usual = shared.writeToEngine;
    shared.writeToEngine = function (packets, options) {
      const frame = options.wsPreEncodedFrame;
      const tcp = frame?.length === 1 ? idleSocketOf(this) : undefined;
      if (tcp) tcp.write(frame![0]!);
      else usual.call(this, packets, options);
    };
  });
}

/** The TCP socket of a connection on which nothing waits to be written. */
function idleSocketOf({ conn }: SocketIoClient): TcpSocket | undefined {
  const tcp = conn.transport.writable ? tcpSocketOf(conn) : undefined;
  return tcp?.writableLength === 0 ? tcp : undefined;
}
