import type { IncomingMessage } from 'node:http';
import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { createAdapter } from '@socket.io/redis-adapter';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Server, ServerOptions } from 'socket.io';
import { ERRORS } from '@app/contracts';
import type { GatewayParts } from '../parts.js';

/** Larger messages close the connection. */
const MESSAGE_BYTES_MAX = 4_096;
/** Time to send CONNECT after the connection opened. */
const CONNECT_MS_MAX = 10_000;
const PING_INTERVAL_MS = 25_000;
const PING_TIMEOUT_MS = 20_000;
const WINDOW_SECONDS = 10;

type Allow = (error: string | null | undefined, allowed: boolean) => void;

/** Socket.IO as we run it: WebSocket only (no sticky sessions), small messages, known origins, one Redis between gateways. */
export class HongbaoIoAdapter extends IoAdapter {
  private readonly connections: RateLimiterMemory;

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
      maxHttpBufferSize: MESSAGE_BYTES_MAX,
      connectTimeout: CONNECT_MS_MAX,
      pingInterval: PING_INTERVAL_MS,
      pingTimeout: PING_TIMEOUT_MS,
      perMessageDeflate: false,
      serveClient: false,
      allowRequest: (request: IncomingMessage, allow: Allow) => this.allow(request, allow),
    } as ServerOptions) as Server;
    server.adapter(createAdapter(this.parts.redis.publish, this.parts.redis.subscribe));
    return server;
  }

  private allow(request: IncomingMessage, allow: Allow): void {
    if (!this.isKnownOrigin(request)) {
      allow(ERRORS.origin_refused.message, false);
      return;
    }
    this.connections.consume(request.socket.remoteAddress ?? 'unknown').then(
      () => allow(null, true),
      () => allow(ERRORS.rate_limited.message, false),
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
