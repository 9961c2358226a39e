import type { Event } from 'socket.io';
import { RefusalError, toSocketError, type ClientEvents, type Identity } from '@app/contracts';
import { busyResult } from '@app/packet-store';
import { socketRooms } from '@app/push';
import { takeTurn, type Callers } from '../grabs/callers.js';
import type { GatewayParts } from '../parts.js';
import type { HongbaoServer, HongbaoSocket, Person } from './person.js';
import { end } from './revoked.js';

/** One look at all sockets for those whose token has ended; a request by one of these is refused before that. */
const EXPIRY_LOOK_MS = 500;

const EVENTS: Record<keyof ClientEvents, true> = {
  'room:join': true,
  'room:leave': true,
  'message:post': true,
  'packet:send': true,
  'packet:grab': true,
  'packet:inspect': true,
  'packets:list': true,
  'clock:sync': true,
};

/** Lets people in by their token, keeps out what we don't know, and slows down whoever sends too much. */
export function keepDoor(
  server: HongbaoServer,
  { tokens, revocations }: GatewayParts,
  callers: Callers,
): void {
  server.use((socket, next) => {
    const { token } = socket.handshake.auth as { token?: unknown };
    tokens.verify(token).then(
      (identity) => {
        socket.data.person = personOf(identity, token as string, socket.handshake.address);
        next();
      },
      (error: RefusalError) => {
        next(Object.assign(new Error(error.code), { data: toSocketError(error).error }));
        // One try for a connection: each costs a signature's check, and connections are counted by address.
        setImmediate(() => socket.conn.close());
      },
    );
  });

  // One for all sockets: a closure of its own would be kept with each.
  const leave = function (this: HongbaoSocket) {
    callers.leave(this.data.person.userId, this.data.person.address);
  };
  server.on('connection', (socket) => {
    const { userId, expiresAtMs, address } = socket.data.person;
    if (revocations.cover(socket.data.person)) {
      // It became known between the token's check and this moment, when the socket could not be found yet.
      end(socket);
      return;
    }
    socket.data.caller = callers.enter(userId, address);
    socket.once('disconnect', leave);
    void socket.join(socketRooms.user(userId));
    forgetHandshake(socket);
    socket.use((event, next) => {
      if (Date.now() >= expiresAtMs) {
        refuse(socket, event, new RefusalError('unauthorized'));
        socket.disconnect(true);
      } else if (!Object.hasOwn(EVENTS, event[0])) {
        refuse(socket, event, new RefusalError('invalid_request', { detail: 'there is no such request' }));
      } else {
        const waitMs = takeTurn(socket.data.caller);
        if (waitMs === 0) next();
        else refuseForRate(socket, event, waitMs);
      }
    });
  });
  endWhenExpired(server);
}

/** Not spread: V8 then makes a shape of its own for each person, 240 bytes (seen in a heap snapshot). */
function personOf(identity: Identity, token: string, address: string): Person {
  const { userId, name, role, expiresAtMs, tenantId, attributes, tokenId, issuedAtMs } = identity;
  const person: Person = { userId, name, role, expiresAtMs, token, address };
  if (tenantId !== undefined) person.tenantId = tenantId;
  if (attributes !== undefined) person.attributes = attributes;
  if (tokenId !== undefined) person.tokenId = tokenId;
  if (issuedAtMs !== undefined) person.issuedAtMs = issuedAtMs;
  return person;
}

/** A timer for each socket, with what belongs to it, would be 400 bytes of each. */
function endWhenExpired(server: HongbaoServer): void {
  const look = () => {
    const nowMs = Date.now();
    for (const socket of server.sockets.sockets.values())
      if (nowMs >= socket.data.person.expiresAtMs) end(socket);
  };
  const timer = setInterval(look, EXPIRY_LOOK_MS);
  timer.unref();
  server.engine.once('close', () => clearInterval(timer));
}

type Handshake = HongbaoSocket['handshake'];

const FORGOTTEN: Handshake = Object.freeze({
  ...{ headers: {}, time: '', address: '', xdomain: false, secure: false },
  ...{ issued: 0, url: '', query: {}, auth: {} },
});

/** Of Socket.IO 4.8, client.js, which leaves it in place when it has ended. */
interface Awaiting {
  connectTimeout?: NodeJS.Timeout | undefined;
}

/** Everything that is needed of it is in `socket.data.person` by now; it would be kept as long as the socket. */
function forgetHandshake(socket: HongbaoSocket): void {
  (socket as { handshake: Handshake }).handshake = FORGOTTEN;
  const client = socket.client as unknown as Awaiting;
  clearTimeout(client.connectTimeout);
  client.connectTimeout = undefined;
}

function refuseForRate(socket: HongbaoSocket, event: Event, retryAfterMs: number): void {
  // A grab has a word of its own for "not now", and clients know how to wait on it.
  if (event[0] === 'packet:grab') acknowledge(socket, event, busyResult(retryAfterMs));
  else refuse(socket, event, new RefusalError('rate_limited', { retryAfterMs }));
}

function refuse(socket: HongbaoSocket, event: Event, refusal: RefusalError): void {
  acknowledge(socket, event, toSocketError(refusal));
}

function acknowledge(socket: HongbaoSocket, event: Event, answer: unknown): void {
  const reply: unknown = event.at(-1);
  if (typeof reply === 'function') reply(answer);
  else (socket as { emit(name: string, payload: unknown): void }).emit('request:refused', answer);
}
