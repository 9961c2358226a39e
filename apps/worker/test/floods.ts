import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';

/** Where floods come from: an address of this machine that nobody else uses, for limits go by address. */
const FLOOD_ADDRESS = '127.0.0.2';

export interface Answer {
  status: number;
  text: string;
}

/** In ms. */
export function p99Of(waits: readonly number[]): number {
  const sorted = [...waits].sort((a, b) => a - b);
  return sorted[Math.floor(0.99 * (sorted.length - 1))] ?? 0;
}

/** A WebSocket from the flooding address, as far as its first answer: 101, or the refusal. */
export function knock(url: string): Promise<Answer & { socket: Socket }> {
  const { hostname, port, host } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), localAddress: FLOOD_ADDRESS });
    let text = '';
    socket.setEncoding('latin1').on('data', (some: string) => {
      text += some;
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
      if (status === 101) resolve({ status, text, socket });
    });
    socket.on('close', () => resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), text, socket }));
    socket.on('error', reject);
    socket.write(
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
  });
}

const agent = new Agent({ keepAlive: true, maxSockets: 16, localAddress: FLOOD_ADDRESS });

/** A POST from the flooding address. */
export function post(url: string, token: string, body: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const asked = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (some: string) => (text += some));
      response.on('end', () => resolve({ status: response.statusCode!, text }));
    });
    asked.on('error', reject);
    asked.end(JSON.stringify(body));
  });
}

/** Headers that are never finished, a byte now and then; `status` of what it is told at last. */
export function slowHeaders(url: string): { ended: Promise<number> } {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), localAddress: FLOOD_ADDRESS });
  let text = '';
  socket.write('GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  const timer = setInterval(() => socket.write('x'), 200);
  socket.on('data', (some: Buffer) => (text += some.toString()));
  socket.on('error', () => undefined);
  const ended = new Promise<number>((resolve) =>
    socket.on('close', () => {
      clearInterval(timer);
      resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]));
    }),
  );
  return { ended };
}

const CHUNK = Buffer.alloc(65_536, 'x');

/** `bytes` of a body, as fast as they are taken; what is answered, and how many were sent until then. */
export function hugeBody(
  url: string,
  { token, bytes, chunked }: { token: string; bytes: number; chunked: boolean },
): Promise<Answer & { sent: number }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), localAddress: FLOOD_ADDRESS });
    let [text, sent] = ['', 0];
    const length = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${bytes}`;
    socket.write(
      `POST /api/v1/rooms HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n${length}\r\n\r\n`,
    );
    const frame = Buffer.concat([
      Buffer.from(`${CHUNK.length.toString(16)}\r\n`),
      CHUNK,
      Buffer.from('\r\n'),
    ]);
    const pump = () => {
      while (sent < bytes && !socket.destroyed && text === '') {
        const piece = CHUNK.subarray(0, bytes - sent);
        sent += piece.length;
        if (!socket.write(chunked ? frame : piece)) return void socket.once('drain', pump);
      }
    };
    const status = () => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
    socket.on('data', (some: Buffer) => {
      text += some.toString();
      if (text.includes('\r\n\r\n') && text.endsWith('}')) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve({ status: status(), text, sent }));
    pump();
  });
}
