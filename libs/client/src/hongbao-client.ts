import type { Answers, ClientEvents, GrabResult, JoinAck, PacketView, ServerEvents } from '@app/contracts';
import { askAgain, patience as defaultPatience, UnansweredError, type Patience } from './ask-again.js';
import { ServerClock } from './clock.js';
import { Connection, type Answer, type ConnectionOptions, type Request } from './connection.js';
import { grabUntilTold, type GrabOptions } from './grabbing.js';
import { opensAtFor, userIdOf } from './opening.js';
import { Resuming, type Resumed } from './resuming.js';

/** How long the first connection may take. */
export const CONNECT_MS_MAX = 10_000;

export interface ClientOptions extends ConnectionOptions {
  connectMsMax?: number;
  patience?: Patience;
  /** This machine's clock, epoch milliseconds. */
  now?: () => number;
}

/** What a client tells of itself; each may have several listeners. */
interface Tellings {
  /** The connection stands; `again`: not for the first time. Rooms are joined again after this: `onResumed`. */
  connected: (again: boolean) => void;
  /** The connection is lost, or an attempt failed; it comes back by itself. May be told again and again. */
  down: () => void;
  rejoined: (answer: JoinAck) => void;
  resumed: (resumed: Resumed) => void;
  ended: (reason: Error) => void;
}

/**
 * One person's connection, by WebSocket. It comes back by itself when it was lost, joins its rooms again, and asks for what
 * it missed. Amounts are minor units, instants epoch milliseconds. Requests throw RefusalError with the server's code, or
 * UnansweredError when it is unknown whether they were done.
 */
export class HongbaoClient {
  /** The server's clock: `client.clock.at(client.opensAt(packet), open)`. */
  readonly clock: ServerClock;
  private readonly connection: Connection;
  private readonly resuming: Resuming;
  private readonly patience: Patience;
  private readonly userId: string;
  private readonly listeners: { [T in keyof Tellings]: Tellings[T][] } = {
    ...{ connected: [], down: [], rejoined: [], resumed: [], ended: [] },
  };

  /** Begins to connect, and does not wait for it. */
  constructor(options: ClientOptions) {
    this.patience = options.patience ?? defaultPatience;
    this.userId = userIdOf(options.token) ?? '';
    this.clock = new ServerClock(() => this.ask('clock:sync', {}), options.now);
    this.resuming = new Resuming({
      join: (roomId) => this.again(() => this.ask('room:join', { roomId })),
      list: async () => (await this.packetsList()).packets,
      grab: (packetId, answers) => this.grab(packetId, answers),
      onRejoined: (answer) => this.tell('rejoined', answer),
      onResumed: (resumed) => this.tell('resumed', resumed),
    });
    this.connection = new Connection(options, {
      up: (again) => this.up(again),
      down: () => this.tell('down'),
      ended: (reason) => {
        this.clock.stop();
        this.resuming.stop();
        this.tell('ended', reason);
      },
    });
  }

  /** Rejects with RefusalError (`unauthorized`) or, when no connection stands in time, UnansweredError. */
  static async connect(options: ClientOptions): Promise<HongbaoClient> {
    const client = new HongbaoClient(options);
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = setTimeout(
          () => reject(new UnansweredError('the connection')),
          options.connectMsMax ?? CONNECT_MS_MAX,
        );
        client.onConnected(() => resolve());
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
    return this.connection.socket.connected;
  }

  on<E extends keyof ServerEvents>(event: E, listener: ServerEvents[E]): this {
    this.connection.socket.on(event as string, listener);
    return this;
  }

  off<E extends keyof ServerEvents>(event: E, listener: ServerEvents[E]): this {
    this.connection.socket.off(event as string, listener);
    return this;
  }

  onConnected(listener: Tellings['connected']): void {
    this.listeners.connected.push(listener);
  }

  onDown(listener: Tellings['down']): void {
    this.listeners.down.push(listener);
  }

  /** After a lost connection, with each room as it is joined again. */
  onRejoined(listener: Tellings['rejoined']): void {
    this.listeners.rejoined.push(listener);
  }

  /** After a lost connection, once everything that was missed was asked for. */
  onResumed(listener: Tellings['resumed']): void {
    this.listeners.resumed.push(listener);
  }

  /** Told once, when it will not come back: closed, or its token is no longer taken. */
  onEnded(listener: Tellings['ended']): void {
    this.listeners.ended.push(listener);
  }

  /** Asks for the connection at once, where it waits for its next attempt. */
  connectNow(): void {
    this.connection.connectNow();
  }

  /** Joined again after a lost connection, until it is left or refused. */
  joinRoom(roomId: string): Promise<JoinAck> {
    return this.resuming.join(roomId);
  }

  leaveRoom(roomId: string): Promise<Answer<'room:leave'>> {
    this.resuming.leave(roomId);
    return this.again(() => this.ask('room:leave', { roomId }));
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

  /** When this person's button opens: later than the packet's own instant where openings are staggered. */
  opensAt(packet: Pick<PacketView<number>, 'packetId' | 'opensAt' | 'staggerMs'>): number {
    return opensAtFor(packet, this.userId);
  }

  /**
   * One outcome. `answers` to the packet's gates, by the ids that came with it. `busy` only when the server was busy to
   * the last try; UnansweredError: unknown, and asked again by itself after a lost connection (`onResumed`).
   * `not_eligible` and, unless it is to be waited out, `not_open` are answers and end the call.
   */
  async grab(packetId: string, answers?: Answers, options: GrabOptions = {}): Promise<GrabResult<number>> {
    const request = answers ? { packetId, answers } : { packetId };
    const ask = () => this.ask('packet:grab', request);
    try {
      const result = await grabUntilTold(ask, this.clock, this.patience, options);
      this.resuming.noteTold(packetId);
      return result;
    } catch (error) {
      this.resuming.noteFailed(packetId, answers, error);
      throw error;
    }
  }

  inspect(packetId: string): Promise<Answer<'packet:inspect'>> {
    return this.again(() => this.ask('packet:inspect', { packetId }));
  }

  /** Campaign packets announced or open for this person. Pushes while the connection was away are lost: `onResumed`. */
  packetsList(): Promise<Answer<'packets:list'>> {
    return this.again(() => this.ask('packets:list', {}));
  }

  /** Any request, asked once. */
  ask<E extends keyof ClientEvents>(event: E, request: Request<E>): Promise<Answer<E>> {
    return this.connection.ask(event, request);
  }

  close(): void {
    this.connection.end(new Error('the connection was closed by this side'));
  }

  private up(again: boolean): void {
    this.tell('connected', again);
    if (this.clock.isUsed) void this.clock.sync();
    if (again || this.resuming.isBehind) void this.resuming.resume();
  }

  private again<T>(ask: () => Promise<T>): Promise<T> {
    return askAgain(ask, () => undefined, this.patience);
  }

  private tell<T extends keyof Tellings>(what: T, ...words: Parameters<Tellings[T]>): void {
    for (const listener of this.listeners[what]) (listener as (...heard: typeof words) => void)(...words);
  }
}
