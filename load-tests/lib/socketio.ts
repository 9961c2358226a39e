import { WebSocket, type MessageEvent } from 'k6/websockets';
import type { Entry } from './agenda.ts';
import { Answered, Request, type Answer, type Unanswered } from './answer.ts';
import {
  connectFrame,
  eventFrame,
  parseFrame,
  PONG,
  requestFrame,
  socketUrl,
  type Refusal,
} from './frames.ts';
import type { SocketOptions } from './socket-options.ts';

export { Answered, type Answer, type Unanswered } from './answer.ts';
export type { SocketObserver, SocketOptions } from './socket-options.ts';

/** `again`: not for the first time. `sinceMs`: when the attempt began, or, of one that was lost, when it was lost. */
export interface Connected {
  again: boolean;
  sinceMs: number;
}

/** The payload parsed, or with `onText` the event's arguments (name and payload) as they came. */
type Listener = (payload: unknown, atMs: number) => void;
type TextListener = (args: string, atMs: number) => void;
type Settled = (answer: Answer) => void;

const CONNECT_MS_MAX = 10_000;
const ANSWER_MS_MAX = 5_000;
const BACKOFF_MS = { first: 1_000, most: 10_000 };

/**
 * A Socket.IO 4 client for k6: namespace `/`, by WebSocket only. It comes back by itself after a loss, also after the
 * server hung up; a refused handshake ends it until `connect` is called again. A new connection is in no rooms: join them in `onConnected`. Binary events are ignored.
 */
export class Socket {
  /** The handshake was taken. */
  onConnected: (how: Connected) => void = () => {};
  /** A connection that stood is gone; the next attempt is on its way unless it was closed here. */
  onLost: () => void = () => {};
  /** An attempt failed; the next one is on its way. */
  onFailed: (why: 'timeout' | 'closed') => void = () => {};
  onRefused: (refusal: Refusal) => void = () => {};

  private state: 'idle' | 'connecting' | 'connected' | 'waiting' = 'idle';
  private ws: WebSocket | undefined;
  private isOpen = false;
  private wasConnected = false;
  private attempts = 0;
  private sinceMs = 0;
  private pingMsMax = Infinity;
  private heardMs = 0;
  private watch: Entry | undefined;
  private lastId = -1;
  private readonly requests = new Map<number, Request>();
  private readonly listeners = new Map<string, Listener[]>();
  private readonly textListeners = new Map<string, TextListener[]>();
  private readonly expired = (request: Request) => this.giveUp(request, 'timeout');
  private readonly url: string;
  private readonly answerMsMax: number;

  constructor(private readonly options: SocketOptions) {
    this.url = socketUrl(options.target);
    this.answerMsMax = options.answerMsMax ?? ANSWER_MS_MAX;
  }

  get isConnected(): boolean {
    return this.state === 'connected';
  }

  on(event: string, listener: Listener): void {
    add(this.listeners, event, listener);
  }

  onText(event: string, listener: TextListener): void {
    add(this.textListeners, event, listener);
  }

  connect(): void {
    if (this.state === 'connecting' || this.state === 'connected') return;
    this.options.agenda.cancel(this.watch);
    this.sinceMs ||= Date.now();
    this.attempt();
  }

  /** The connection is lost, as by a network that went away, and it comes back with jitter like any other. */
  cut(): void {
    if (this.state === 'connected' || this.state === 'connecting') this.lose('closed');
  }

  /** For good, unless `connect` is called. */
  close(): void {
    this.drop();
    this.state = 'idle';
    this.sinceMs = 0;
    this.giveUpAll();
    this.options.agenda.forgetSettled();
  }

  emit(event: string, payload: unknown): void {
    if (this.state !== 'connected') return;
    this.ws!.send(eventFrame(event, payload));
    this.options.observer?.sent?.(event);
  }

  /** `settled` is called once: with the acknowledgement, at the deadline, or when there is no connection (then at once). */
  ask(event: string, payload: unknown, settled: Settled): void {
    const nowMs = Date.now();
    if (this.state !== 'connected') {
      this.options.observer?.unanswered?.(event, 'closed');
      settled({ kind: 'unanswered', why: 'closed', atMs: nowMs });
      return;
    }
    this.lastId += 1;
    const request = new Request(this.lastId, event, nowMs, nowMs + this.answerMsMax, settled, this.expired);
    this.requests.set(request.id, request);
    this.options.agenda.await(request, this.answerMsMax);
    this.ws!.send(requestFrame(request.id, event, payload));
    this.options.observer?.sent?.(event);
  }

  /** `ask` for scripts that await; never rejects. */
  request(event: string, payload: unknown): Promise<Answer> {
    return new Promise((resolve) => this.ask(event, payload, resolve));
  }

  private attempt(): void {
    const { agenda, connectMsMax = CONNECT_MS_MAX } = this.options;
    this.state = 'connecting';
    this.isOpen = false;
    this.watch = agenda.after(connectMsMax, () => this.lose('timeout'));
    const ws = new WebSocket(this.url);
    this.ws = ws;
    ws.onopen = () => {
      // Given up while it was dialled: only now may it be closed, see `drop`.
      if (this.ws !== ws) ws.close();
      else this.isOpen = true;
    };
    ws.onmessage = (message) => {
      if (this.ws !== ws) return;
      try {
        this.hear(message!);
      } catch (error) {
        this.threw(error);
      }
    };
    ws.onclose = () => {
      if (this.ws === ws) this.guard(() => this.lose('closed'));
    };
  }

  private hear(message: MessageEvent): void {
    if (typeof message.data !== 'string') return;
    const frame = parseFrame(message.data);
    switch (frame.kind) {
      case 'ack':
        this.settle(frame.id, frame.args, message);
        return;
      case 'event':
        this.tell(frame.event, frame.args, message);
        return;
      case 'ping':
        this.heardMs = Date.now();
        this.ws!.send(PONG);
        return;
      case 'open':
        this.pingMsMax = frame.pingIntervalMs + frame.pingTimeoutMs;
        this.ws!.send(connectFrame(this.options.auth));
        return;
      case 'connected':
        this.enter(message.timestamp);
        return;
      case 'refused':
        this.close();
        this.onRefused(frame.refusal);
        return;
      case 'disconnected':
        this.lose('closed');
        return;
      case 'other':
    }
  }

  private enter(atMs: number): void {
    const { agenda, observer } = this.options;
    agenda.cancel(this.watch);
    this.heardMs = Date.now();
    this.watchPings(this.heardMs + this.pingMsMax);
    const how = { again: this.wasConnected, sinceMs: this.sinceMs };
    this.state = 'connected';
    this.attempts = 0;
    this.sinceMs = 0;
    this.wasConnected = true;
    observer?.connecting?.(atMs - how.sinceMs);
    this.onConnected(how);
  }

  /** A server that says nothing any more is gone. Looked at when the last ping heard would be too old: not a timer for each ping. */
  private watchPings(atMs: number): void {
    if (!Number.isFinite(atMs)) return;
    this.watch = this.options.agenda.at(atMs, () => {
      const dueMs = this.heardMs + this.pingMsMax;
      if (dueMs > atMs) this.watchPings(dueMs);
      else this.lose('timeout');
    });
  }

  private settle(id: number, args: string, message: MessageEvent): void {
    const request = this.requests.get(id);
    const { observer } = this.options;
    if (!request) {
      if (id <= this.lastId) observer?.late?.();
      return;
    }
    this.requests.delete(id);
    const settled = request.settled!;
    request.settled = undefined;
    const answered = new Answered(args, message.timestamp);
    observer?.answered?.(request.event, answered.atMs - request.sentMs);
    settled(answered);
  }

  private tell(event: string, args: string, message: MessageEvent): void {
    const listeners = this.listeners.get(event);
    const textListeners = this.textListeners.get(event);
    const { observer } = this.options;
    if (!listeners && !textListeners && !observer?.received) return;
    const atMs = message.timestamp;
    observer?.received?.(event, atMs);
    if (textListeners) this.tellEach(textListeners, args, atMs);
    if (listeners) this.tellEach(listeners, (JSON.parse(args) as unknown[])[1], atMs);
  }

  /** With a plain loop: in k6 a callback for each, or an iterator, costs more than most listeners do. */
  private tellEach<T>(listeners: ((told: T, atMs: number) => void)[], told: T, atMs: number): void {
    for (let k = 0; k < listeners.length; k += 1) {
      try {
        listeners[k]!(told, atMs);
      } catch (error) {
        this.threw(error);
      }
    }
  }

  private lose(why: 'timeout' | 'closed'): void {
    const { agenda, observer, chance = Math.random, backoffMs = BACKOFF_MS } = this.options;
    const stood = this.state === 'connected';
    this.drop();
    this.state = 'waiting';
    if (stood) this.sinceMs = Date.now();
    const mostMs = Math.min(backoffMs.most, backoffMs.first * 2 ** this.attempts);
    this.attempts += 1;
    this.watch = agenda.after(mostMs * chance(), () => {
      observer?.reconnecting?.();
      this.attempt();
    });
    if (stood) {
      this.giveUpAll();
      this.onLost();
    } else this.onFailed(why);
  }

  /**
   * Lets go of the WebSocket without waiting for its end. k6 blocks the whole VU in `close` while it dials, for good if
   * nobody answers there, so one that is not open yet is closed when it opens.
   */
  private drop(): void {
    const { ws } = this;
    this.ws = undefined;
    this.options.agenda.cancel(this.watch);
    if (ws && this.isOpen) ws.close();
    this.isOpen = false;
  }

  private giveUpAll(): void {
    for (const request of [...this.requests.values()]) this.giveUp(request, 'closed');
  }

  private giveUp(request: Request, why: Unanswered['why']): void {
    const { settled } = request;
    if (!settled) return;
    request.settled = undefined;
    this.requests.delete(request.id);
    this.options.observer?.unanswered?.(request.event, why);
    this.guard(() => settled({ kind: 'unanswered', why, atMs: Date.now() }));
  }

  /** What a listener throws would end the VU's iteration and all its sockets. */
  private guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.threw(error);
    }
  }

  private threw(error: unknown): void {
    if (this.options.observer?.threw) this.options.observer.threw(error);
    else console.error(error instanceof Error ? `${error.message}\n${error.stack}` : String(error));
  }
}

function add<T>(listeners: Map<string, T[]>, event: string, listener: T): void {
  const there = listeners.get(event);
  if (there) there.push(listener);
  else listeners.set(event, [listener]);
}
