import type { Socket } from 'socket.io';

/** As Nest gives it for each `@SubscribeMessage`, bound to the socket: called with the payload and the acknowledgement. */
export interface MessageHandler {
  message: string;
  callback: (payload: unknown, acknowledge: unknown) => unknown;
}

type Listener = (this: Socket, ...args: unknown[]) => void;

const CALLBACKS = Symbol('callbacks');

/** In the order of the messages, which is the same for every socket: their names need not be kept with each. */
interface Bound {
  [CALLBACKS]?: MessageHandler['callback'][];
}

const listeners = new Map<string, Listener>();

/**
 * Nest's own binding makes four RxJS subscriptions for each socket and each message, 37 KB for 8 messages, idle or not
 * (measured by B6); and each request goes through them. Here all sockets share one listener for each message. What a
 * handler returns is not sent: ours answer by the acknowledgement that they are given, and nothing they throw comes out.
 */
export function bindShared(socket: Socket, handlers: MessageHandler[]): void {
  (socket as Bound)[CALLBACKS] = handlers.map(({ callback }) => callback);
  for (const [place, { message }] of handlers.entries()) socket.on(message, listenerOf(message, place));
}

function listenerOf(message: string, place: number): Listener {
  const known = listeners.get(message);
  if (known) return known;
  const listener: Listener = function (...args) {
    const last = args.at(-1);
    const acknowledge = typeof last === 'function' ? last : undefined;
    const payload = acknowledge ? args.slice(0, -1) : args;
    void (this as Bound)[CALLBACKS]?.[place]?.(payload.length > 1 ? payload : payload[0], acknowledge);
  };
  listeners.set(message, listener);
  return listener;
}
