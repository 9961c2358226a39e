import { io, type Socket } from 'socket.io-client';
import { RefusalError, type ClientEvents, type ErrorCode, type SocketError } from '@app/contracts';
import { UnansweredError } from './ask-again.js';

/** A request without an answer for so long is unknown, not refused. */
export const ANSWER_MS_MAX = 5_000;
const HANDSHAKE_MS_MAX = 8_000;
const RECONNECT_MS_MIN = 400;
const RECONNECT_MS_MAX = 5_000;
/** After the server hung up, or refused the handshake without a time: it is not asked again by Socket.IO. */
const HUNG_UP_MS = 1_000;
const REFUSED_MS = 3_000;
/** Refusals of a handshake that no waiting changes. Any other, also one that this version does not know, may pass. */
const FINAL: ReadonlySet<ErrorCode> = new Set(['unauthorized', 'forbidden']);

export type Request<E extends keyof ClientEvents> = Parameters<ClientEvents[E]>[0];
export type Answer<E extends keyof ClientEvents> = Exclude<
  Parameters<Parameters<ClientEvents[E]>[1]>[0],
  SocketError
>;

export interface ConnectionOptions {
  /** Where the gateway is, such as `http://127.0.0.1:8080`; in a page `/`, where it came from. */
  url: string;
  token: string;
  answerMsMax?: number;
}

/** What a connection tells of itself. `up`: it stands; `again`: not for the first time. `down`: it comes back by itself. */
export interface Listeners {
  up: (again: boolean) => void;
  down: () => void;
  ended: (reason: Error) => void;
}

/** One Socket.IO connection that comes back by itself until it is closed, or its token is no longer taken. */
export class Connection {
  readonly socket: Socket;
  private endedBy: Error | undefined;
  private wasUp = false;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private readonly answerMsMax: number;

  constructor(
    { url, token, answerMsMax = ANSWER_MS_MAX }: ConnectionOptions,
    private readonly tell: Listeners,
  ) {
    this.answerMsMax = answerMsMax;
    const socket = (this.socket = io(url, {
      transports: ['websocket'],
      auth: { token },
      forceNew: true,
      reconnectionDelay: RECONNECT_MS_MIN,
      reconnectionDelayMax: RECONNECT_MS_MAX,
      timeout: HANDSHAKE_MS_MAX,
    }));
    socket.on('connect', () => {
      const again = this.wasUp;
      this.wasUp = true;
      tell.up(again);
    });
    socket.on('disconnect', () => {
      if (this.endedBy) return;
      tell.down();
      if (!socket.active) this.connectLater(HUNG_UP_MS);
    });
    socket.on('connect_error', (error) => {
      if (this.endedBy) return;
      const refusal = socket.active ? undefined : refusalOfHandshake(error);
      if (refusal && FINAL.has(refusal.code)) return this.end(refusal);
      tell.down();
      if (refusal) this.connectLater(refusal.options.retryAfterMs ?? REFUSED_MS);
    });
  }

  /** Asks at once, instead of waiting for the next attempt. */
  connectNow(): void {
    if (this.endedBy || this.socket.connected) return;
    clearTimeout(this.retry);
    this.socket.disconnect();
    this.socket.connect();
  }

  /** Asked once. What is asked while the connection is away waits for it, as long as an answer may take. */
  async ask<E extends keyof ClientEvents>(event: E, request: Request<E>): Promise<Answer<E>> {
    if (this.endedBy) throw this.endedBy;
    let answer: Answer<E> | SocketError;
    try {
      answer = (await this.socket.timeout(this.answerMsMax).emitWithAck(event, request)) as typeof answer;
    } catch (error) {
      throw new UnansweredError(event, error);
    }
    const refused = (answer as Partial<SocketError> | null)?.error;
    if (refused) throw refusalOf(refused);
    return answer as Answer<E>;
  }

  end(reason: Error): void {
    if (this.endedBy) return;
    this.endedBy = reason;
    clearTimeout(this.retry);
    this.socket.disconnect();
    this.tell.ended(reason);
  }

  /** Half to one and a half times as late: those who were sent away together must not come back together. */
  private connectLater(waitMs: number): void {
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.socket.connect(), waitMs * (0.5 + Math.random()));
  }
}

/** The code is as the server said it: a newer one may have codes that this version does not name. */
function refusalOf({ code, message, retryAfterMs }: Partial<SocketError['error']>): RefusalError {
  return new RefusalError(code ?? 'internal', { detail: message, retryAfterMs });
}

/** Refused handshakes carry the code as the message, and may carry the whole error as data. */
function refusalOfHandshake({ message, data }: Error & { data?: Partial<SocketError['error']> }) {
  return refusalOf({ code: message as ErrorCode, ...data });
}
