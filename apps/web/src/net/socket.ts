import type { ClientEvents, ServerEvents, SocketError } from '@app/contracts';
import { io, type Socket } from 'socket.io-client';
import { Failure } from './failure.js';

/** A grab without an answer for so long is unknown, not refused. */
export const ANSWER_MS_MAX = 5_000;
const REFUSED_RETRY_MS = 3_000;

type Request<E extends keyof ClientEvents> = Parameters<ClientEvents[E]>[0];
type Answer<E extends keyof ClientEvents> = Exclude<
  Parameters<Parameters<ClientEvents[E]>[1]>[0],
  SocketError
>;

export interface LinkEvents {
  up: () => void;
  /** `willRetry`: the library tries again by itself. */
  down: () => void;
  unauthorized: () => void;
}

let socket: Socket<ServerEvents> | null = null;
let retry: ReturnType<typeof setTimeout> | undefined;

/** Opens the one socket of a signed-in person. It reconnects by itself until `disconnect`. */
export function connect(token: string, events: LinkEvents): Socket<ServerEvents> {
  disconnect();
  const opened: Socket<ServerEvents> = io('/', {
    transports: ['websocket'],
    auth: { token },
    reconnectionDelay: 400,
    reconnectionDelayMax: 5_000,
    randomizationFactor: 0.5,
    timeout: 8_000,
  });
  socket = opened;
  // A server that refuses a handshake or hangs up is not asked again by the library; we do, after a pause.
  const askAgain = () => {
    clearTimeout(retry);
    retry = setTimeout(() => opened.connect(), REFUSED_RETRY_MS * (0.5 + Math.random()));
  };
  opened.on('connect', events.up);
  opened.on('disconnect', (reason) => {
    if (reason === 'io client disconnect') return;
    events.down();
    if (!opened.active) askAgain();
  });
  opened.on('connect_error', (error) => {
    if (error.message === 'unauthorized') return events.unauthorized();
    events.down();
    if (!opened.active) askAgain();
  });
  return opened;
}

export function disconnect(): void {
  clearTimeout(retry);
  socket?.removeAllListeners();
  socket?.disconnect();
  socket = null;
}

/** Asks at once instead of waiting for the next attempt. */
export function connectNow(): void {
  if (!socket || socket.connected) return;
  socket.disconnect();
  socket.connect();
}

/** Throws a Failure: the server's code, or `no_answer` when nothing came in time. */
export function request<E extends keyof ClientEvents>(event: E, payload: Request<E>): Promise<Answer<E>> {
  return new Promise((resolve, reject) => {
    if (!socket) return reject(new Failure('offline'));
    const waiting = socket.timeout(ANSWER_MS_MAX) as unknown as {
      emit(event: string, payload: unknown, ack: (late: Error | null, answer: unknown) => void): void;
    };
    waiting.emit(event, payload, (late, answer) => {
      if (late) return reject(new Failure('no_answer'));
      const refused = (answer as Partial<SocketError> | null)?.error;
      if (refused) return reject(new Failure(refused.code, refused.retryAfterMs));
      resolve(answer as Answer<E>);
    });
  });
}
