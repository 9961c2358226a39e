import type { Event } from 'socket.io';
import { RefusalError, toSocketError, type ClientEvents } from '@app/contracts';
import { busyResult } from '@app/packet-store';
import { socketRooms } from '@app/push';
import { takeTurn, type Callers } from '../grabs/callers.js';
import type { GatewayParts } from '../parts.js';
import type { HongbaoServer, HongbaoSocket } from './person.js';

/** Node's timers hold no more than this. */
const TIMER_MS_MAX = 2_147_483_647;

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
export function keepDoor(server: HongbaoServer, { tokens }: GatewayParts, callers: Callers): void {
  server.use((socket, next) => {
    const { token } = socket.handshake.auth as { token?: unknown };
    tokens.verify(token).then(
      (identity) => {
        socket.data.person = { ...identity, token: token as string, address: socket.handshake.address };
        next();
      },
      (error: RefusalError) =>
        next(Object.assign(new Error('unauthorized'), { data: toSocketError(error).error })),
    );
  });

  server.on('connection', (socket) => {
    const { userId, expiresAtMs, address } = socket.data.person;
    socket.data.caller = callers.enter(userId, address);
    socket.once('disconnect', () => callers.leave(userId, address));
    void socket.join(socketRooms.user(userId));
    endWhenExpired(socket, expiresAtMs);
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
}

function endWhenExpired(socket: HongbaoSocket, expiresAtMs: number): void {
  const leftMs = expiresAtMs - Date.now();
  const end = () => {
    const told = socket as { emit(name: string, payload: unknown): void };
    told.emit('request:refused', toSocketError(new RefusalError('unauthorized')));
    socket.disconnect(true);
  };
  const look = () => (leftMs > TIMER_MS_MAX ? endWhenExpired(socket, expiresAtMs) : end());
  const timer = setTimeout(look, Math.min(leftMs, TIMER_MS_MAX));
  socket.once('disconnect', () => clearTimeout(timer));
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
