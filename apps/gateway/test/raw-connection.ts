import WebSocket from 'ws';
import { until } from '@app/testing';

/** A connection below Socket.IO's client: what it would never send can be sent. */
export interface Raw {
  frames: string[];
  closed: boolean;
  /** Of a refused handshake. */
  refusal?: string;
  send(frame: string | Buffer): void;
  terminate(): void;
}

/** Resolves when it is open or refused. */
export function connectRaw(url: string, options: { origin?: string } = {}): Promise<Raw> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, options);
  const raw: Raw = {
    frames: [],
    closed: false,
    send: (frame) => socket.send(frame),
    terminate: () => socket.terminate(),
  };
  socket.on('message', (data) => raw.frames.push((data as Buffer).toString()));
  socket.on('close', () => (raw.closed = true));
  socket.on('error', () => undefined);
  socket.on('unexpected-response', (_request, response) => {
    response.on('data', (chunk: Buffer) => {
      raw.refusal = chunk.toString();
      raw.closed = true;
    });
  });
  return until('the connection is open or refused', () => (raw.frames.length > 0 || raw.closed) && raw);
}

/** Asks to be let in with `auth`. The answer: `{sid, …}`, or the code that it was refused with. */
export async function comeIn(raw: Raw, auth: object): Promise<{ sid?: string; refused?: string }> {
  raw.send(`40${JSON.stringify(auth)}`);
  const answer = await until('an answer to CONNECT', () => raw.frames.find((frame) => /^4[04]/.test(frame)));
  const body = JSON.parse(answer.slice(2)) as { sid?: string; message?: string };
  return answer.startsWith('40') ? body : { refused: body.message ?? '' };
}
