import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { io, type Socket as ClientSocket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket, * as ws8 from 'ws';
import { until } from '@app/testing';
import { writePackets } from './direct-text.js';
import { encodeResult, openLane, readGrab, writeAck, type LaneGrab } from './grab-lane.js';
import type { HongbaoSocket } from './person.js';

const PACKET_ID = '0f8fad5b-d9cb-469f-a165-70867728950e';
/** Longer than any test writes frames by hand: the client's own answer would fall between their bytes. */
const HEARTBEAT_MS = 1_000;
const grabText = (id: string | number, packetId = PACKET_ID) =>
  `42${id}["packet:grab",{"packetId":"${packetId}"}]`;

describe('the text of a message', () => {
  it('is a grab when it is what Socket.IO would send for one, and nothing else', () => {
    expect(readGrab(grabText(7))).toEqual({ packetId: PACKET_ID, id: '7' });
    expect(readGrab(grabText(0))).toEqual({ packetId: PACKET_ID, id: '0' });
    expect(readGrab(grabText(123_456_789))).toEqual({ packetId: PACKET_ID, id: '123456789' });
  });

  it.each([
    ['no id, so nobody to answer', grabText('')],
    ['an id with a leading zero', grabText('07')],
    ['an id of ten digits', grabText('1234567890')],
    ['another event', '421["packet:gram",{"packetId":"0f8fad5b-d9cb-469f-a165-70867728950e"}]'],
    ['answers', `421["packet:grab",{"packetId":"${PACKET_ID}","answers":{}}]`],
    ['a space', `421["packet:grab", {"packetId":"${PACKET_ID}"}]`],
    ['a longer id of a packet', grabText(1, `${PACKET_ID}0`)],
    ['a binary event', `45${grabText(1).slice(2)}`],
    ['a namespace', `42/other,1["packet:grab",{"packetId":"${PACKET_ID}"}]`],
    ['the end of it', grabText(1).slice(0, -1)],
    ['nothing', ''],
  ])('with %s is left to Socket.IO', (_what, text) => expect(readGrab(text)).toBeUndefined());
});

it('an answer is encoded as JSON.stringify would, whatever it says', () => {
  for (const result of [
    { outcome: 'won', amount: 12, ordinal: 3, currency: 'CNY' },
    { outcome: 'already', amount: 1, ordinal: 1, currency: 'HKD' },
    { outcome: 'empty' },
    { outcome: 'not_open', opensAt: 1_790_000_000_000 },
    { outcome: 'not_eligible', reason: 'cap', message: '“x”' },
    { outcome: 'busy', retryAfterMs: 300 },
  ] as const)
    expect(encodeResult(result)).toBe(JSON.stringify(result));
});

/** A real Socket.IO with the lane in it: what a new version changes under the lane fails here. */
describe('on a Socket.IO server', () => {
  let server: Server;
  let url: string;
  let accepts: (grab: LaneGrab) => boolean;
  let opened: boolean;
  const byLane: LaneGrab[] = [];
  const byHandler: unknown[] = [];
  const clients: (ClientSocket | WebSocket)[] = [];

  beforeEach(async () => {
    const http = createServer();
    server = new Server(http, {
      transports: ['websocket'],
      perMessageDeflate: false,
      pingInterval: HEARTBEAT_MS,
    });
    accepts = () => true;
    byLane.length = 0;
    byHandler.length = 0;
    server.on('connection', (socket: Socket) => {
      opened = openLane(socket as unknown as HongbaoSocket, (asking, grab) => {
        if (!accepts(grab)) return false;
        byLane.push(grab);
        writeAck(asking, grab.id, '{"by":"lane"}');
        return true;
      });
      socket.on('packet:grab', (payload: unknown, reply?: (answer: unknown) => void) => {
        byHandler.push(payload);
        reply?.({ by: 'handler' });
      });
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await server.close();
  });

  async function connect(): Promise<ClientSocket> {
    const client = io(url, { transports: ['websocket'], reconnection: false, forceNew: true });
    clients.push(client);
    await new Promise<void>((resolve) => client.on('connect', resolve));
    return client;
  }

  /** Below Socket.IO's client, with the frames at hand. */
  async function connectRaw(): Promise<{ ws: WebSocket; heard: string[] }> {
    const ws = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    clients.push(ws as never);
    const heard: string[] = [];
    ws.on('message', (data: Buffer) => {
      if (data.toString().startsWith('0')) ws.send('40');
      if (data.toString() === '2') ws.send('3');
      heard.push(data.toString());
    });
    await until('connected', () => heard.some((text) => text.startsWith('40')));
    return { ws, heard };
  }

  const acks = (heard: string[]) => heard.filter((text) => text.startsWith('43'));
  const { Sender } = ws8 as unknown as { Sender: { frame(data: Buffer, options: object): Buffer[] } };
  const frame = (text: string) =>
    Buffer.concat(
      Sender.frame(Buffer.from(text), {
        fin: true,
        rsv1: false,
        opcode: 1,
        mask: true,
        readOnly: true,
      }),
    );
  const tcpOf = (ws: WebSocket) => (ws as unknown as { _socket: { write(data: Buffer): void } })._socket;

  it('a grab of socket.io-client goes by the lane and is acknowledged; everything else goes the normal way', async () => {
    const client = await connect();
    expect(opened).toBe(true);
    expect(await client.emitWithAck('packet:grab', { packetId: PACKET_ID })).toEqual({ by: 'lane' });
    expect(byLane).toEqual([{ packetId: PACKET_ID, id: '0' }]);
    expect(await client.emitWithAck('packet:grab', { packetId: PACKET_ID, answers: {} })).toEqual({
      by: 'handler',
    });
    expect(await client.emitWithAck('packet:grab', null)).toEqual({ by: 'handler' });
    accepts = () => false;
    expect(await client.emitWithAck('packet:grab', { packetId: PACKET_ID })).toEqual({ by: 'handler' });
    expect(byHandler).toHaveLength(3);
  });

  it('grabs, other requests and pushes of one socket keep their order, and the heartbeat goes on', async () => {
    const { ws, heard } = await connectRaw();
    const texts = Array.from({ length: 60 }, (_, k) =>
      k % 3 === 2 ? `42${k}["packet:grab",{"packetId":"x"}]` : grabText(k),
    );
    tcpOf(ws).write(Buffer.concat(texts.map(frame)));
    await until('all are answered', () => acks(heard).length === 60);
    // Behind the first that is for Socket.IO, what came in with it goes that way too.
    expect(byLane.map(({ id }) => id)).toEqual(['0', '1']);
    const inOrder = [...texts.keys()].map((k) => `43${k}[{"by":"${k < 2 ? 'lane' : 'handler'}"}]`);
    expect(acks(heard)).toEqual(inOrder);
    for (const k of [60, 61]) ws.send(grabText(k));
    await until('later ones come by the lane again', () => byLane.length === 4);
    await until('two heartbeats', () => heard.filter((text) => text === '2').length >= 2);
    expect(ws.readyState).toBe(WebSocket.OPEN);
  });

  it('a grab in pieces, byte by byte or in fragments, is answered once', async () => {
    const { ws, heard } = await connectRaw();
    const first = frame(grabText(1));
    for (const [from, to] of [
      [0, 1],
      [1, 2],
      [2, 5],
      [5, 40],
      [40, first.length],
    ] as const) {
      tcpOf(ws).write(first.subarray(from, to));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await until('the first is answered', () => acks(heard).length === 1);
    ws.send(grabText(2).slice(0, 20), { fin: false });
    ws.ping();
    ws.send(grabText(2).slice(20), { fin: true });
    await until('the second is answered', () => acks(heard).length === 2);
    const cut = frame(grabText(4));
    tcpOf(ws).write(Buffer.concat([frame(grabText(3)), cut.subarray(0, 9)]));
    await until('the third is answered', () => acks(heard).length === 3);
    tcpOf(ws).write(cut.subarray(9));
    await until('the fourth is answered', () => acks(heard).length === 4);
    expect(acks(heard).map((text) => text.slice(0, 3))).toEqual(['431', '432', '433', '434']);
    expect(byLane.map(({ id }) => id)).toEqual(['3']);
  });

  it('an unmasked frame, another opcode and a reserved bit are for ws to refuse', async () => {
    for (const [first, second] of [
      [0x81, 0x00],
      [0xc1, 0x80],
      [0x82, 0x80],
    ] as const) {
      const { ws } = await connectRaw();
      const bytes = frame(grabText(1));
      bytes[0] = first;
      bytes[1] = second === 0 ? bytes[1]! & 0x7f : bytes[1]!;
      tcpOf(ws).write(bytes);
      await until('nothing was taken', () => ws.readyState !== WebSocket.OPEN || byHandler.length === 0);
    }
    expect(byLane).toEqual([]);
  });

  it('is closed with the namespace: who left it grabs nothing any more, on the same connection', async () => {
    const { ws, heard } = await connectRaw();
    ws.send(grabText(1));
    await until('answered', () => acks(heard).length === 1);
    ws.send('41');
    ws.send(grabText(2));
    await until('the server has dropped the socket', () => server.sockets.sockets.size === 0);
    expect(byLane.map(({ id }) => id)).toEqual(['1']);
  });

  it('opens again for who comes back to the namespace on the same connection', async () => {
    const { ws, heard } = await connectRaw();
    for (let k = 1; k <= 3; k += 1) {
      ws.send(grabText(k));
      await until('answered', () => acks(heard).length === k);
      ws.send('41');
      await until('it has left', () => server.sockets.sockets.size === 0);
      ws.send('40');
      await until('back', () => heard.filter((text) => text.startsWith('40')).length === k + 1);
    }
    expect(byLane.map(({ id }) => id)).toEqual(['1', '2', '3']);
  });

  it('what follows a frame that ws refuses, or a close frame, harms nobody, and the connection ends', async () => {
    for (const last of [Buffer.of(0xff, 0x80, 0, 0, 0, 0), Buffer.of(0x88, 0x80, 0, 0, 0, 0)]) {
      const { ws } = await connectRaw();
      const bytes = [last, ...Array.from({ length: 50 }, (_, k) => frame(grabText(k)))];
      tcpOf(ws).write(Buffer.concat(bytes));
      for (const some of bytes) tcpOf(ws).write(some);
      await until('it is closed', () => ws.readyState === WebSocket.CLOSED);
    }
    expect(byLane).toEqual([]);
    await until('both are gone', () => server.engine.clientsCount === 0);
  });

  it('a server that is closed lets its connections go at once', async () => {
    const raws = await Promise.all([connectRaw(), connectRaw()]);
    const client = await connect();
    await client.emitWithAck('packet:grab', { packetId: PACKET_ID });
    const beganMs = performance.now();
    await server.close();
    await until('they are closed', () => raws.every(({ ws }) => ws.readyState === WebSocket.CLOSED));
    expect(performance.now() - beganMs).toBeLessThan(2_000);
  });

  it('what is written directly arrives whole and in order, whatever its length and letters', async () => {
    const { ws, heard } = await connectRaw();
    const [socket] = [...server.sockets.sockets.values()];
    for (const length of [100, 124, 125, 126, 127, 128, 2_000, 65_534, 65_535, 65_536, 70_000]) {
      const answer = JSON.stringify('x'.repeat(length - 7));
      writeAck(socket as unknown as HongbaoSocket, '9', answer);
      await until('it arrived', () => acks(heard).at(-1) === `439[${answer}]`);
    }
    writePackets(socket as unknown as HongbaoSocket, ['2["a"]', '2["恭喜"]', '2["b"]']);
    writePackets(socket as unknown as HongbaoSocket, ['2["c"]', '2["d"]']);
    await until('all in order', () => heard.at(-1) === '42["d"]');
    expect(heard.filter((text) => text.startsWith('42'))).toEqual(
      ['a', '恭喜', 'b', 'c', 'd'].map((name) => `42["${name}"]`),
    );
    expect(ws.readyState).toBe(WebSocket.OPEN);
  });
});
