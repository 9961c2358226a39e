/**
 * The text frames of Engine.IO 4 and Socket.IO 5 that a client of the namespace `/` sends and hears. Arguments of events
 * and acknowledgements stay text, a JSON array: most of them nobody reads. `other`: what a client here has no use for,
 * such as binary events and other namespaces.
 */
export type Frame =
  | { kind: 'open'; pingIntervalMs: number; pingTimeoutMs: number }
  | { kind: 'ping' }
  | { kind: 'connected' }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'disconnected' }
  | { kind: 'event'; event: string; args: string }
  | { kind: 'ack'; id: number; args: string }
  | { kind: 'other' };

/** Why a handshake was refused: the message of a middleware's error, and whatever it put into `data`. */
export interface Refusal {
  message: string;
  data?: unknown;
}

export const PONG = '3';

const PING: Frame = { kind: 'ping' };
const OTHER: Frame = { kind: 'other' };

/** Throws SyntaxError when an `open` or `refused` frame holds no JSON. */
export function parseFrame(text: string): Frame {
  switch (text[0]) {
    case '4':
      return parseMessage(text);
    case '2':
      return PING;
    case '0': {
      const { pingInterval, pingTimeout } = JSON.parse(text.slice(1)) as Record<string, number>;
      return { kind: 'open', pingIntervalMs: Number(pingInterval), pingTimeoutMs: Number(pingTimeout) };
    }
    case '1':
      return { kind: 'disconnected' };
    default:
      return OTHER;
  }
}

function parseMessage(text: string): Frame {
  switch (text[1]) {
    case '3': {
      const from = text.indexOf('[', 2);
      const id = from > 2 ? Number(text.slice(2, from)) : NaN;
      return Number.isNaN(id) ? OTHER : { kind: 'ack', id, args: text.slice(from) };
    }
    case '2': {
      if (text[2] === '[') return parseEvent(text.slice(2));
      // An event that asks for an acknowledgement has digits here; it gets none.
      const from = text.indexOf('[', 2);
      return from > 2 && !Number.isNaN(Number(text.slice(2, from))) ? parseEvent(text.slice(from)) : OTHER;
    }
    case '0':
      return text[2] === '/' ? OTHER : { kind: 'connected' };
    case '4':
      return text[2] === '/'
        ? OTHER
        : { kind: 'refused', refusal: JSON.parse(text.slice(2) || '{}') as Refusal };
    case '1':
      return text[2] === '/' ? OTHER : { kind: 'disconnected' };
    default:
      return OTHER;
  }
}

function parseEvent(args: string): Frame {
  const end = args.indexOf('"', 2);
  if (args[1] !== '"' || end < 0) return OTHER;
  const event = args.slice(2, end);
  return { kind: 'event', event: event.includes('\\') ? namedInFull(args) : event, args };
}

function namedInFull(args: string): string {
  return String((JSON.parse(args) as unknown[])[0]);
}

export function connectFrame(auth: Record<string, unknown>): string {
  return `40${JSON.stringify(auth)}`;
}

export function requestFrame(id: number, event: string, payload: unknown): string {
  return `42${id}[${quoted(event)},${JSON.stringify(payload ?? null)}]`;
}

/** A script asks for the same few things all the time. */
const quotedNames = new Map<string, string>();

function quoted(event: string): string {
  let name = quotedNames.get(event);
  if (name === undefined) quotedNames.set(event, (name = JSON.stringify(event)));
  return name;
}

export function eventFrame(event: string, payload: unknown): string {
  return `42${JSON.stringify([event, payload ?? null])}`;
}

/** `http://host:port` → where its Socket.IO listens. */
export function socketUrl(target: string): string {
  return `${target.replace(/^http/, 'ws').replace(/\/$/, '')}/socket.io/?EIO=4&transport=websocket`;
}
