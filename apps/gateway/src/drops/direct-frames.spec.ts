import { createServer } from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { until } from '@app/testing';
import type { HongbaoServer } from '../sockets/person.js';
import { writeFramesDirectly } from './direct-frames.js';

/** A connection as Engine.IO and `ws` hold it, as far as the test looks at it. */
interface Connection {
  writeBuffer: unknown[];
  transport: { writable: boolean; socket: { _socket: TcpSocket } };
  on(event: 'flush', listener: () => void): void;
}

describe('a broadcast past Engine.IO', () => {
  let server: Server;
  let clients: Socket[];
  let connections: Connection[];
  let flushes: number;
  let heard: unknown[][];

  beforeEach(async () => {
    const http = createServer();
    server = new Server(http, { transports: ['websocket'] });
    [clients, connections, flushes, heard] = [[], [], 0, [[], [], []]];
    writeFramesDirectly(server as unknown as HongbaoServer);
    server.on('connection', (socket) => {
      const connection = socket.conn as unknown as Connection;
      connections.push(connection);
      connection.on('flush', () => (flushes += 1));
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    clients = heard.map((of) => {
      const client = io(url, { transports: ['websocket'], forceNew: true });
      return client.onAny((...args: unknown[]) => of.push(args));
    });
    await until('all connected', () => clients.every(({ connected }) => connected));
    await until('all idle', () => connections.every(({ transport }) => transport.writable));
    flushes = 0;
  });
  afterEach(async () => {
    for (const client of clients) client.disconnect();
    await server.close();
  });

  it('reaches every idle socket as one write, without a flush of Engine.IO', async () => {
    const writes = connections.map(({ transport }) => {
      const tcp = transport.socket._socket;
      const sizes: number[] = [];
      const write = tcp.write.bind(tcp) as (data: Buffer) => boolean;
      tcp.write = ((data: Buffer) => {
        sizes.push(data.length);
        return write(data);
      }) as typeof tcp.write;
      return sizes;
    });
    server.emit('packet:dropped', { greeting: '恭喜发财', amount: 1 });
    await until('all told', () => heard.every((of) => of.length === 1));
    for (const of of heard) expect(of).toEqual([['packet:dropped', { greeting: '恭喜发财', amount: 1 }]]);
    expect(flushes).toBe(0);
    for (const sizes of writes) expect(sizes).toHaveLength(1);
  });

  it('keeps its place behind what waits on the same socket, and before what follows', async () => {
    for (let round = 0; round < 50; round += 1) {
      server.sockets.sockets.forEach((socket) => socket.emit('own', round));
      server.emit('all', round);
      server.sockets.sockets.forEach((socket) => socket.emit('own again', round));
    }
    await until('all told', () => heard.every((of) => of.length === 150));
    const expected = Array.from({ length: 50 }, (_, k) => [
      ['own', k],
      ['all', k],
      ['own again', k],
    ]).flat();
    for (const of of heard) expect(of).toEqual(expected);
    expect(flushes).toBeGreaterThan(0);
  });

  it('goes the usual way to a socket whose reader has stopped', async () => {
    const [slow] = connections;
    const tcp = slow!.transport.socket._socket;
    Object.defineProperty(tcp, 'writableLength', { value: 1 });
    server.emit('packet:dropped', 1);
    await until('all told', () => heard.every((of) => of.length === 1));
    expect(flushes).toBe(1);
  });

  it('is nothing to a socket that is closing', async () => {
    const [first] = server.sockets.sockets.values();
    first!.conn.close();
    server.emit('packet:dropped', 1);
    await until('the others told', () => heard.filter((of) => of.length === 1).length === 2);
    await until('one has gone', () => server.sockets.sockets.size === 2);
  });
});
