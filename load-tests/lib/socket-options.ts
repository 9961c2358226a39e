import type { Agenda } from './agenda.ts';
import type { Unanswered } from './answer.ts';

export interface SocketOptions {
  /** Such as `http://127.0.0.1:8080`. */
  target: string;
  /** What the handshake carries, as `{token}`. */
  auth: Record<string, unknown>;
  /** One for all sockets of a VU: it holds their deadlines, and cleared it lets the VU end. */
  agenda: Agenda;
  /** Default 10 s, from the attempt until the handshake was taken. */
  connectMsMax?: number;
  /** Default 5 s. */
  answerMsMax?: number;
  /** The n-th attempt in a row after a loss comes after a time drawn evenly from 0 to `first · 2ⁿ`, at most `most`. Default 1 s and 10 s. */
  backoffMs?: { first: number; most: number };
  /** From 0 to 1; default Math.random. */
  chance?: () => number;
  observer?: SocketObserver;
}

/** Told of every message; what is left out costs nothing. */
export interface SocketObserver {
  connecting?(tookMs: number): void;
  reconnecting?(): void;
  sent?(event: string): void;
  /** An event, whether or not anybody listens to it. `atMs`: when its frame was read. */
  received?(event: string, atMs: number): void;
  answered?(event: string, tookMs: number): void;
  unanswered?(event: string, why: Unanswered['why']): void;
  /** An acknowledgement after its deadline. */
  late?(): void;
  /** What a listener threw. Default: it is written to the console. */
  threw?(error: unknown): void;
}
