import type { Socket as NetSocket } from 'node:net';
import type { Writable } from 'node:stream';
import type { GrabResult } from '@app/contracts';
import { writePackets } from './direct-text.js';
import type { HongbaoSocket } from './person.js';

/**
 * The lane of the hot message. A grab is taken off the TCP connection before ws, Engine.IO and Socket.IO make their buffers,
 * packets and events of it, and its acknowledgement's frame is written straight back: half of what a constant answer costs a
 * gateway through Socket.IO (docs/performance.md). Whatever is not exactly such a grab goes the normal way.
 *
 * It relies on these of socket.io 4.8.3, engine.io 6.6 and its ws 8, and its test fails when one of them changes:
 *  - `socket.conn.transport.socket` is the ws WebSocket, `_socket` its TCP socket, whose one `data` listener hands each chunk
 *    to `_receiver`; that is between two frames when it holds no bytes, is in its first state and in no fragmented message;
 *  - a request with an acknowledgement is the text message `42<id>["<event>",<payload>]`, the answer to it `43<id>[<answer>]`;
 *  - what direct-text.ts relies on to write it.
 */
const HEAD = '["packet:grab",{"packetId":"';
const TAIL = '"}]';
const UUID_LENGTH = 36;
/** Socket.IO reads an id as a number and writes it back: one with more digits, or a leading zero, is left to it. */
const ID_DIGITS_MAX = 9;
const DIGIT_0 = 48;
const DIGIT_9 = 57;

/** Longer payloads have another header. */
const SHORT_FRAME_BYTES_MAX = 125;
/** FIN and opcode 1, text. */
const TEXT_FRAME_BYTE = 0x81;
const MASKED = 0x80;
/** Two bytes and the mask. */
const HEADER_BYTES = 6;

interface EngineConnection {
  transport: { socket: WsSocket };
}

interface WsSocket {
  readyState: number;
  _socket: NetSocket | null;
  _receiver: Writable & { _bufferedBytes: number; _state: number; _fragmented: number };
}

const WS_OPEN = 1;
const BETWEEN_FRAMES = 0;

/** One grab that came in by the lane. */
export interface LaneGrab {
  packetId: string;
  /** The digits of the acknowledgement's id. */
  id: string;
}

/** Of the text of a message; undefined for whatever else it may be. */
export function readGrab(text: string): LaneGrab | undefined {
  let at = 2;
  for (; at < 2 + ID_DIGITS_MAX; at += 1) {
    const code = text.charCodeAt(at);
    if (!(code >= DIGIT_0 && code <= DIGIT_9)) break;
  }
  const packetAt = at + HEAD.length;
  if (text.length !== packetAt + UUID_LENGTH + TAIL.length || !text.startsWith('42')) return undefined;
  if (at === 2 || (at > 3 && text.charCodeAt(2) === DIGIT_0)) return undefined;
  if (!text.startsWith(HEAD, at) || !text.endsWith(TAIL)) return undefined;
  return { packetId: text.slice(packetAt, packetAt + UUID_LENGTH), id: text.slice(2, at) };
}

type Take = (socket: HongbaoSocket, grab: LaneGrab) => boolean;

/** Few words for each connection: thousands are idle. */
interface Lane {
  socket: HongbaoSocket;
  take: Take;
}

/** By TCP socket: who left the namespace may come back on the same connection. */
const lanes = new WeakMap<NetSocket, Lane>();

/**
 * `take` gets each grab, until the socket has left the namespace; false: it is for the normal way after all. Call it when
 * the socket is connected, and so authenticated. False: this is not the Socket.IO that the lane knows, and there is none.
 */
export function openLane(socket: HongbaoSocket, take: Take): boolean {
  const ws = (socket.conn as unknown as EngineConnection).transport.socket;
  const tcp = ws._socket;
  if (!tcp) return false;
  const lane = lanes.get(tcp);
  if (!lane) return lay(ws, tcp, { socket, take });
  lane.socket = socket;
  return true;
}

function lay(ws: WsSocket, tcp: NetSocket, lane: Lane): boolean {
  const [toWs, ...others] = tcp.listeners('data') as ((chunk: Buffer) => void)[];
  if (!toWs || others.length > 0 || ws._receiver._state !== BETWEEN_FRAMES) return false;
  lanes.set(tcp, lane);
  tcp.removeListener('data', toWs);
  tcp.on('data', (chunk: Buffer) => {
    // ws stops listening after an error or a close frame; what comes then is for nobody.
    if (!ws._receiver.writable) return;
    const at = isBetweenFrames(ws) ? takeGrabs(chunk, lane) : 0;
    if (at < chunk.length) toWs.call(tcp, at === 0 ? chunk : chunk.subarray(at));
  });
  return true;
}

/** Takes grabs from the front of what came in; where the rest of it begins. */
function takeGrabs(chunk: Buffer, { socket, take }: Lane): number {
  let at = 0;
  for (let end = frameEnd(chunk, 0); end > 0; end = frameEnd(chunk, at)) {
    const grab = socket.connected ? readGrab(unmask(chunk, at, end)) : undefined;
    if (!grab || !take(socket, grab)) break;
    at = end;
  }
  return at;
}

function isBetweenFrames({ readyState, _receiver: receiver }: WsSocket): boolean {
  return (
    readyState === WS_OPEN &&
    receiver._bufferedBytes === 0 &&
    receiver._state === BETWEEN_FRAMES &&
    receiver._fragmented === 0 &&
    receiver.writableLength === 0
  );
}

/** Where the short masked text frame that begins at `at` ends; 0: there is none, or not all of it. */
function frameEnd(chunk: Buffer, at: number): number {
  if (chunk.length - at < HEADER_BYTES || chunk[at] !== TEXT_FRAME_BYTE) return 0;
  const second = chunk[at + 1]!;
  const end = at + HEADER_BYTES + (second & ~MASKED);
  return second >= MASKED && second <= MASKED + SHORT_FRAME_BYTES_MAX && end <= chunk.length ? end : 0;
}

const unmasked = Buffer.allocUnsafe(SHORT_FRAME_BYTES_MAX);

/** Byte for byte: whatever is not ASCII is not a grab. */
function unmask(chunk: Buffer, at: number, end: number): string {
  const [from, length] = [at + HEADER_BYTES, end - at - HEADER_BYTES];
  for (let k = 0; k < length; k += 1) unmasked[k] = chunk[from + k]! ^ chunk[at + 2 + (k & 3)]!;
  return unmasked.toString('latin1', 0, length);
}

/** Acknowledges a grab; a socket that is gone hears nothing, as with Socket.IO. */
export function writeAck(socket: HongbaoSocket, id: string, answer: string): void {
  writePackets(socket, [`3${id}[${answer}]`]);
}

/** JSON of an answer; the words of most grabs are put together here, for JSON.stringify takes as long as the rest of it. */
export function encodeResult(result: GrabResult<number>): string {
  const { outcome, amount, ordinal, currency } = result;
  if (outcome === 'won' || outcome === 'already')
    return `{"outcome":"${outcome}","amount":${amount},"ordinal":${ordinal},"currency":"${currency}"}`;
  if (outcome === 'empty') return '{"outcome":"empty"}';
  return JSON.stringify(result);
}
