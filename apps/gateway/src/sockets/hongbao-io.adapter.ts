import type { IncomingMessage } from 'node:http';
import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { createAdapter } from '@socket.io/redis-adapter';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Server, ServerOptions, Socket } from 'socket.io';
import type { ErrorCode } from '@app/contracts';
import type { GatewayParts } from '../parts.js';
import { closeOnRefused, LONG_REQUEST_BYTES_MAX, type EngineSocket } from './refused-packets.js';
import { SharedListeners, type MessageHandler } from './shared-listeners.js';

/** Time to send CONNECT after the connection opened. */
const CONNECT_MS_MAX = 10_000;
const PING_INTERVAL_MS = 25_000;
const PING_TIMEOUT_MS = 20_000;
const WINDOW_SECONDS = 10;

type Allow = (error: string | null | undefined, allowed: boolean) => void;

/** Socket.IO as we run it: WebSocket only (no sticky sessions), small messages, known origins, one Redis between gateways. */
export class HongbaoIoAdapter extends IoAdapter {
  private readonly connections: RateLimiterMemory;
  private readonly listeners = new SharedListeners();

  constructor(
    app: INestApplicationContext,
    private readonly parts: GatewayParts,
  ) {
    super(app);
    const points = parts.config.ADDRESS_CONNECTIONS_PER_10_SECONDS;
    this.connections = new RateLimiterMemory({ points, duration: WINDOW_SECONDS });
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const server: Server = super.createIOServer(port, {
      ...options,
      transports: ['websocket'],
      maxHttpBufferSize: LONG_REQUEST_BYTES_MAX,
      connectTimeout: CONNECT_MS_MAX,
      pingInterval: PING_INTERVAL_MS,
      pingTimeout: PING_TIMEOUT_MS,
      perMessageDeflate: false,
      serveClient: false,
      // Also left off: connectionStateRecovery. Who comes back signs in, or a revoked token would not be asked for again.
      allowRequest: (request: IncomingMessage, allow: Allow) => this.allow(request, allow),
    } as ServerOptions) as Server;
    server.engine.use((request: EngineRequest, response: { req: unknown }, next: () => void) => {
      request.response = response;
      next();
    });
    server.engine.on('connection', (connection: EngineSocketWithRequest) => {
      closeOnRefused(connection);
      forgetRequest(connection);
    });
    server.adapter(createAdapter(this.parts.redis.publish, this.parts.redis.subscribe));
    return server;
  }

  /** Not as Nest does it, which keeps a lot for each socket: see SharedListeners. Nobody here has its `handleConnection`. */
  override bindClientConnect(server: Server, bind: (socket: Socket) => void): void {
    this.listeners.listen(server, bind);
  }

  override bindMessageHandlers(_socket: Socket, handlers: MessageHandler[]): void {
    this.listeners.take(handlers);
  }

  /** Nobody here has Nest's `handleDisconnect`. */
  override bindClientDisconnect(): void {}

  /** What is refused here is answered with its code as the body: there is no socket yet to say it on. */
  private allow(request: IncomingMessage, allow: Allow): void {
    const refuse = (code: ErrorCode) => allow(code, false);
    if (!this.isKnownOrigin(request)) {
      refuse('origin_refused');
      return;
    }
    this.connections.consume(request.socket.remoteAddress ?? 'unknown').then(
      () => allow(null, true),
      () => refuse('rate_limited'),
    );
  }

  /** Only browsers send Origin, and they can't forge it: our own pages and the ones that the settings name may connect. */
  private isKnownOrigin({ headers }: IncomingMessage): boolean {
    const { origin, host } = headers;
    if (origin === undefined) return true;
    if (this.parts.config.ALLOWED_ORIGINS.includes(origin)) return true;
    return URL.canParse(origin) && new URL(origin).host === host;
  }
}

interface EngineRequest {
  response?: { req: unknown };
}

interface EngineSocketWithRequest extends EngineSocket {
  request: EngineRequest | null;
}

/**
 * Origin and address were looked at, and Socket.IO does without the rest (its own advice); but the request, 2 KB, would be
 * kept as long as the connection, by Engine.IO and by what it made up as its response, which waits for the end.
 */
function forgetRequest(connection: EngineSocketWithRequest): void {
  const response = connection.request?.response;
  // Not deleted: that would make the response a dictionary, of 450 bytes more.
  if (response) response.req = undefined;
  connection.request = null;
}
