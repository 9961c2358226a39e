import { io, type Socket } from 'socket.io-client';
import type {
  Answers,
  ClientEvents,
  ErrorCode,
  GrabResult,
  JoinAck,
  ServerEvents,
  SocketError,
} from '@app/contracts';
import { ERRORS, RefusalError } from '@app/contracts';
import { askAgain, patience as defaultPatience, UnansweredError, type Patience } from './ask-again.js';

/** A request without an answer for so long is unknown, not refused. */
export const ANSWER_MS_MAX = 5_000;
/** How long the first connection may take. */
export const CONNECT_MS_MAX = 10_000;
const RECONNECT_MS_MIN = 500;
const RECONNECT_MS_MAX = 5_000;
/** Refusals of a handshake that pass by themselves; any other one ends the client. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['busy', 'rate_limited', 'internal']);

export type Request<E extends keyof ClientEvents> = Parameters<ClientEvents[E]>[0];
export type Answer<E extends keyof ClientEvents> = Exclude<
  Parameters<Parameters<ClientEvents[E]>[1]>[0],
  SocketError
>;

export interface ClientOptions {
  /** Where the gateway is, such as `http://127.0.0.1:8080`. */
  url: string;
  token: string;
  connectMsMax?: number;
  answerMsMax?: number;
  patience?: Patience;
}

/**
 * One person's connection, by WebSocket. It comes back by itself when it was lost; whoever listens to `onReconnected`
 * joins its rooms again, for a new connection is in none. Amounts are minor units, instants epoch milliseconds.
 * Requests throw RefusalError with the server's code, or UnansweredError when it is unknown whether they were done.
 */
export class HongbaoClient {
  private endedBy: Error | undefined;
  private wasConnected = false;
  private retry: NodeJS.Timeout | undefined;
  private readonly reconnectedListeners: (() => void)[] = [];
  private readonly endedListeners: ((reason: Error) => void)[] = [];

  private constructor(
    private readonly socket: Socket,
    private readonly answerMsMax: number,
    private readonly patience: Patience,
  ) {
    socket.on('connect', () => {
      if (this.wasConnected) for (const tell of this.reconnectedListeners) tell();
      this.wasConnected = true;
    });
    socket.on('disconnect', () => {
      // The library comes back after a lost connection, not after the server hung up.
      if (!socket.active) this.connectLater(0);
    });
    socket.on('connect_error', (error) => {
      if (socket.active) return;
      const refusal = refusalOfHandshake(error);
      if (PASSING.has(refusal.code)) this.connectLater(refusal.options.retryAfterMs ?? 0);
      else this.end(refusal);
    });
  }

  /** Rejects with RefusalError (`unauthorized`) or, when no connection stands in time, UnansweredError. */
  static async connect(options: ClientOptions): Promise<HongbaoClient> {
    const socket = io(options.url, {
      transports: ['websocket'],
      auth: { token: options.token },
      forceNew: true,
      reconnectionDelay: RECONNECT_MS_MIN,
      reconnectionDelayMax: RECONNECT_MS_MAX,
    });
    const client = new HongbaoClient(
      socket,
      options.answerMsMax ?? ANSWER_MS_MAX,
      options.patience ?? defaultPatience,
    );
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = setTimeout(
          () => reject(new UnansweredError('the connection')),
          options.connectMsMax ?? CONNECT_MS_MAX,
        );
        socket.once('connect', resolve);
        client.onEnded(reject);
      });
    } catch (error) {
      client.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    return client;
  }

  get connected(): boolean {
    return this.socket.connected;
  }

  on<E extends keyof ServerEvents>(event: E, listener: ServerEvents[E]): this {
    this.socket.on(event as string, listener);
    return this;
  }

  off<E extends keyof ServerEvents>(event: E, listener: ServerEvents[E]): this {
    this.socket.off(event as string, listener);
    return this;
  }

  onReconnected(listener: () => void): void {
    this.reconnectedListeners.push(listener);
  }

  /** Told once, when it will not come back: closed, or its token is no longer taken. */
  onEnded(listener: (reason: Error) => void): void {
    this.endedListeners.push(listener);
  }

  joinRoom(roomId: string): Promise<JoinAck> {
    return this.again(() => this.ask('room:join', { roomId }));
  }

  /** Asked once only: a message has no key, and asked twice it might stand there twice. */
  postMessage(roomId: string, text: string): Promise<Answer<'message:post'>> {
    return this.ask('message:post', { roomId, text });
  }

  /** Without a key of the caller's it makes one, so that asking again sends no second packet. */
  sendPacket(
    packet: Omit<Request<'packet:send'>, 'idempotencyKey'> & { idempotencyKey?: string },
  ): Promise<Answer<'packet:send'>> {
    const request = { ...packet, idempotencyKey: packet.idempotencyKey ?? crypto.randomUUID() };
    return this.again(() => this.ask('packet:send', request));
  }

  /**
   * One outcome. `answers` to the packet's gates, by the ids that came with it. `busy` only when the server was busy to
   * the last try; UnansweredError: unknown, ask again later. `not_eligible` and `not_open` are answers and end the call.
   */
  grab(packetId: string, answers?: Answers): Promise<GrabResult<number>> {
    const request = answers ? { packetId, answers } : { packetId };
    return askAgain(
      () => this.ask('packet:grab', request),
      (result) => (result.outcome === 'busy' ? (result.retryAfterMs ?? 0) : undefined),
      this.patience,
    );
  }

  inspect(packetId: string): Promise<Answer<'packet:inspect'>> {
    return this.again(() => this.ask('packet:inspect', { packetId }));
  }

  /** Campaign packets announced or open for this person. Ask after `onReconnected` too: pushes meanwhile are lost. */
  packetsList(): Promise<Answer<'packets:list'>> {
    return this.again(() => this.ask('packets:list', {}));
  }

  /** Any request, asked once. */
  async ask<E extends keyof ClientEvents>(event: E, request: Request<E>): Promise<Answer<E>> {
    if (this.endedBy) throw this.endedBy;
    let answer: Answer<E> | SocketError;
    try {
      answer = (await this.socket.timeout(this.answerMsMax).emitWithAck(event, request)) as typeof answer;
    } catch (error) {
      throw new UnansweredError(event, error);
    }
    if (isRefused(answer)) throw refusalOf(answer.error);
    return answer;
  }

  close(): void {
    this.end(new Error('the connection was closed by this side'));
  }

  private again<T>(ask: () => Promise<T>): Promise<T> {
    return askAgain(ask, () => undefined, this.patience);
  }

  private connectLater(waitMs: number): void {
    if (this.endedBy) return;
    clearTimeout(this.retry);
    const pauseMs = Math.max(waitMs, RECONNECT_MS_MIN) * (1 + this.patience.random());
    this.retry = setTimeout(() => this.socket.connect(), pauseMs);
  }

  private end(reason: Error): void {
    if (this.endedBy) return;
    this.endedBy = reason;
    clearTimeout(this.retry);
    this.socket.disconnect();
    for (const tell of this.endedListeners) tell(reason);
  }
}

function isRefused(answer: object): answer is SocketError {
  return typeof (answer as Partial<SocketError>).error === 'object';
}

function refusalOf(error: { code?: string; message?: string; retryAfterMs?: number }): RefusalError {
  // A newer server may have codes that this client does not know.
  const code = error.code !== undefined && Object.hasOwn(ERRORS, error.code) ? error.code : 'internal';
  return new RefusalError(code as ErrorCode, { detail: error.message, retryAfterMs: error.retryAfterMs });
}

/** Refused handshakes carry the code as the message, and may carry the whole error as data. */
function refusalOfHandshake(
  error: Error & { data?: { code?: string; retryAfterMs?: number } },
): RefusalError {
  return refusalOf({ code: error.data?.code ?? error.message, ...error.data });
}
