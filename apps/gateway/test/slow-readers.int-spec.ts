import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import { Server } from 'socket.io';
import { WebSocket } from 'ws';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '@app/testing';
import { letSlowReadersGo, unreadBytes, UNREAD_BYTES_MAX } from '../src/sockets/slow-readers.js';
import type { HongbaoServer } from '../src/sockets/person.js';

const PUSH = 'x'.repeat(64 * 1_024);
/** More than any system keeps for a connection on its own. */
const PUSHES_MAX = 1_000;

let http: HttpServer;
let io: Server;
let letGo: number;
beforeEach(async () => {
  letGo = 0;
  http = createServer();
  io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
  letSlowReadersGo(io as never as HongbaoServer, () => (letGo += 1));
  io.on('connection', (socket) => void socket.join('room'));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await io.close();
});

/** A client with all that it read. */
async function join(): Promise<{ ws: WebSocket; tcp: TcpSocket; read: string[] }> {
  const { port } = http.address() as AddressInfo;
  const ws = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
  const read: string[] = [];
  ws.on('message', (data: Buffer) => {
    const text = data.toString();
    read.push(text.slice(0, 200));
    if (text[0] === '0') ws.send('40');
  });
  await until('joined', () => read.some((text) => text.startsWith('40')));
  return { ws, tcp: (ws as unknown as { _socket: TcpSocket })._socket, read };
}

const sockets = () => [...(io as never as HongbaoServer).sockets.sockets.values()];

/** Tells the room until one of its sockets has more unread than it may. Gives how often. */
async function pushUntilTooMuch(): Promise<number> {
  for (let pushes = 1; pushes <= PUSHES_MAX; pushes += 1) {
    io.to('room').emit('push', PUSH);
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (sockets().some((socket) => unreadBytes(socket) > UNREAD_BYTES_MAX)) return pushes;
  }
  throw new Error('the system took it all');
}

describe('a socket whose client stops reading', () => {
  it('is let go and takes no more memory, while who reads stays and misses nothing', async () => {
    const slow = await join();
    const quick = await join();
    slow.tcp.pause();
    const pushes = await pushUntilTooMuch();
    await until('one was let go', () => letGo === 1);
    expect(sockets()).toHaveLength(1);
    for (let k = 0; k < 20; k += 1) io.to('room').emit('push', PUSH);
    const pushed = () => quick.read.filter((text) => text.startsWith('42["push"')).length;
    await until('all is read', () => pushed() === pushes + 20);
    await until('its connection is gone', () => io.engine.clientsCount === 1, 15_000);
    expect(letGo).toBe(1);
    quick.ws.terminate();
  });

  it('is told why when it reads on in time', async () => {
    const slow = await join();
    slow.tcp.pause();
    await pushUntilTooMuch();
    await until('it was let go', () => letGo === 1);
    slow.tcp.resume();
    const why = () => slow.read.find((text) => text.startsWith('42["request:refused"'));
    expect(await until('it is told', why)).toContain('"code":"reading_too_slow"');
    await until('its connection is closed', () => slow.ws.readyState === WebSocket.CLOSED);
  });
});
