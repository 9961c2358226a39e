import { setTimeout as delay } from 'node:timers/promises';
import type { PacketView } from '@app/contracts';
import { Pusher } from '@app/push';
import { connectPublisher, whenReady, type Redis } from '@app/redis';
import { Tokens, type TokenSettings } from '@app/identity';
import { parseFrame, requestFrame } from '../../lib/frames.ts';
import { serveParent } from '../helper.js';
import { listen, openSocketIo } from './lean-client.js';
import { LeanSocket } from './lean-socket.js';

/** Handshakes under way at once; those of a service cost it a few reads each. */
const CONNECTING_MAX = 64;
const ANSWER_MS_MAX = 30_000;
const PUSH_MS_MAX = 20_000;
const REQUEST_ID = 1;

/** Where the frames of a push are counted. */
interface Crowd {
  sockets: LeanSocket[];
  /** Told of each message that nobody else waits for. */
  onMessage: (data: Buffer) => void;
}

export interface CrowdOrder {
  name: string;
  url: string;
  count: number;
  /** Socket.IO: says CONNECT, signed in when there are settings for tokens, and joins the room when one is named. */
  socketIo?: { tokens?: TokenSettings; roomId?: string };
}

export interface PushOrder {
  name: string;
  redisUrl: string;
  view: PacketView<number>;
  /** `gateways`: as the worker tells of a campaign's packet. `room`: as it tells a room. `channel`: bare. */
  via: { kind: 'gateways' } | { kind: 'room'; roomId: string } | { kind: 'channel'; channel: string };
}

const crowds = new Map<string, Crowd>();
let redis: Redis | undefined;

/** A crowd of clients in a process of its own, as cheap as they can be: frames by hand on TCP. */
serveParent({
  async open({ name, url, count, socketIo }: CrowdOrder) {
    const crowd: Crowd = { sockets: [], onMessage: () => {} };
    crowds.set(name, crowd);
    const tokens = socketIo?.tokens && new Tokens(socketIo.tokens);
    let next = 0;
    const worker = async () => {
      while (next < count) {
        next += 1;
        const auth = tokens
          ? { token: await tokens.sign({ userId: `crowd-${next}`, name: `Crowd ${next}` }) }
          : {};
        const room = socketIo?.roomId;
        const opening = socketIo
          ? () => open(crowd, url, auth, room)
          : () => LeanSocket.open(url, (data) => crowd.onMessage(data));
        crowd.sockets.push(await opening());
      }
    };
    await Promise.all(Array.from({ length: CONNECTING_MAX }, worker));
    return crowd.sockets.length;
  },

  /** Milliseconds from the publication on Redis until the last of the crowd has the packet. */
  async push({ name, redisUrl, view, via }: PushOrder) {
    const { sockets } = crowds.get(name)!;
    redis ??= connectPublisher(redisUrl, (role, error) => console.error(role, error.message));
    await whenReady(redis, ANSWER_MS_MAX);
    const pusher = new Pusher(redis);
    const text = `42${JSON.stringify(['packet:dropped', view])}`;
    const expected = Buffer.from(text);
    const seen = received(crowds.get(name)!, expected, sockets.length);
    const startedMs = performance.now();
    if (via.kind === 'gateways') pusher.toGateways('packets:dropped', [view]);
    else if (via.kind === 'room') pusher.toRoom(via.roomId, 'packet:dropped', view);
    else void redis.publish(via.channel, text);
    return (await seen) - startedMs;
  },

  async close({ name }: { name: string }) {
    for (const socket of crowds.get(name)?.sockets ?? []) socket.terminate();
    crowds.delete(name);
    await delay(0);
  },
});

function received(crowd: Crowd, expected: Buffer, count: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let left = count;
    const tooLong = setTimeout(() => {
      reject(new Error(`${left} of ${count} did not get the packet within ${PUSH_MS_MAX} ms`));
    }, PUSH_MS_MAX);
    crowd.onMessage = (data) => {
      if (data.length !== expected.length || !data.equals(expected)) return;
      left -= 1;
      if (left > 0) return;
      const lastMs = performance.now();
      clearTimeout(tooLong);
      crowd.onMessage = () => {};
      resolve(lastMs);
    };
  });
}

/** Resolves once it is let in, and into the room where there is one. */
async function open(
  crowd: Crowd,
  url: string,
  auth: Record<string, unknown>,
  roomId: string | undefined,
): Promise<LeanSocket> {
  const socket = await openSocketIo(url, auth);
  if (roomId) await join(socket, roomId);
  listen(socket, (data) => crowd.onMessage(data));
  return socket;
}

function join(socket: LeanSocket, roomId: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const tooLong = setTimeout(() => reject(new Error(`no answer of room ${roomId}`)), ANSWER_MS_MAX);
    listen(socket, (data) => {
      const frame = parseFrame(data.toString());
      if (frame.kind !== 'ack') return;
      clearTimeout(tooLong);
      if (frame.args.startsWith('[{"error"')) reject(new Error(`could not join: ${frame.args}`));
      else resolve();
    });
    socket.send(requestFrame(REQUEST_ID, 'room:join', { roomId }));
  });
}
