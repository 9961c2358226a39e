import type { Server, Socket } from 'socket.io';

/** As Nest gives it for each `@SubscribeMessage`, bound to the socket: called with the payload and the acknowledgement. */
export interface MessageHandler {
  message: string;
  callback: (payload: unknown, acknowledge: unknown) => unknown;
}

type Listener = (this: Socket, ...args: unknown[]) => void;

/**
 * Nest binds its handlers to each socket as it connects: by RxJS, 37 KB for 8 messages, idle or not (measured by B6), and
 * 0.7 KB for the bound functions alone. Here all sockets share one listener for each message, and Nest is asked to bind
 * when a request comes, for 2 µs; what it bound is garbage after that. What a handler returns is not sent: ours answer by
 * the acknowledgement that they are given, and nothing they throw comes out.
 */
export class SharedListeners {
  private bound: MessageHandler[] = [];
  private listeners: [message: string, listener: Listener][] | undefined;

  /** `bind`: Nest's, which gives its handlers to `take` before it returns. */
  listen(server: Server, bind: (socket: Socket) => void): void {
    const handlersFor = (socket: Socket) => {
      this.bound = [];
      bind(socket);
      return this.bound;
    };
    server.on('connection', (socket) => {
      this.listeners ??= handlersFor(socket).map(({ message }) => [
        message,
        listenerOf(message, handlersFor),
      ]);
      for (const [message, listener] of this.listeners) socket.on(message, listener);
    });
  }

  take(handlers: MessageHandler[]): void {
    this.bound.push(...handlers);
  }
}

function listenerOf(message: string, handlersFor: (socket: Socket) => MessageHandler[]): Listener {
  return function (...args) {
    const last = args.at(-1);
    const acknowledge = typeof last === 'function' ? last : undefined;
    const payload = acknowledge ? args.slice(0, -1) : args;
    const handler = handlersFor(this).find((one) => one.message === message);
    void handler?.callback(payload.length > 1 ? payload : payload[0], acknowledge);
  };
}
