import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientEvents, GrabResult, ServerEvents, SocketError } from '@app/contracts';
import { RefusalError } from '@app/contracts';
import { UnansweredError, type Patience } from './ask-again.js';
import { HongbaoClient, type ClientOptions } from './hongbao-client.js';

const PACKET = '0190a1b2-0000-7000-8000-000000000001';
const WON: GrabResult<number> = { outcome: 'won', amount: 66, ordinal: 3, currency: 'CNY' };

let http: HttpServer;
let server: Server<ClientEvents, ServerEvents>;
let waits: number[];
let clients: HongbaoClient[];

const quick: Patience = {
  triesMax: 3,
  random: () => 0,
  sleep: (ms) => {
    waits.push(ms);
    return Promise.resolve();
  },
};

async function connect(options: Partial<ClientOptions> = {}): Promise<HongbaoClient> {
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const client = await HongbaoClient.connect({
    url,
    token: 'good',
    answerMsMax: 100,
    patience: quick,
    ...options,
  });
  clients.push(client);
  return client;
}

/** Answers grabs in turn; `undefined`: not at all. */
function answerGrabs(...answers: (GrabResult<number> | SocketError | undefined)[]): string[] {
  const asked: string[] = [];
  server.on('connection', (socket) => {
    socket.on('packet:grab', ({ packetId }, ack) => {
      asked.push(packetId);
      const answer = answers[Math.min(asked.length, answers.length) - 1];
      if (answer) ack(answer);
    });
  });
  return asked;
}

beforeEach(async () => {
  waits = [];
  clients = [];
  http = createServer();
  server = new Server(http, { transports: ['websocket'] });
  server.use((socket, next) => {
    next(socket.handshake.auth['token'] === 'good' ? undefined : new Error('unauthorized'));
  });
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
});

afterEach(async () => {
  for (const client of clients) client.close();
  await server.close();
});

describe('HongbaoClient', () => {
  it('asks again when a grab is not answered', async () => {
    const asked = answerGrabs(undefined, WON);
    const client = await connect();
    expect(await client.grab(PACKET)).toEqual(WON);
    expect(asked).toEqual([PACKET, PACKET]);
  });

  it('says that a grab is unknown when it was never answered', async () => {
    const asked = answerGrabs(undefined);
    const client = await connect();
    await expect(client.grab(PACKET)).rejects.toBeInstanceOf(UnansweredError);
    expect(asked).toHaveLength(quick.triesMax);
  });

  it('asks again after the time that a busy server asked for', async () => {
    answerGrabs(
      { outcome: 'busy', retryAfterMs: 700 },
      { error: { code: 'busy', message: 'Busy.', retryAfterMs: 900 } },
      WON,
    );
    const client = await connect();
    expect(await client.grab(PACKET)).toEqual(WON);
    expect(waits).toEqual([700, 900]);
  });

  it('gives the last answer when the server stays busy', async () => {
    const asked = answerGrabs({ outcome: 'busy', retryAfterMs: 10 });
    const client = await connect();
    expect((await client.grab(PACKET)).outcome).toBe('busy');
    expect(asked).toHaveLength(quick.triesMax);
  });

  it('does not ask again what was refused', async () => {
    const asked = answerGrabs({ error: { code: 'not_found', message: 'No such packet.' } });
    const client = await connect();
    await expect(client.grab(PACKET)).rejects.toMatchObject({ name: 'RefusalError', code: 'not_found' });
    expect(asked).toHaveLength(1);
  });

  it('sends a packet again under the same key', async () => {
    const keys: string[] = [];
    server.on('connection', (socket) => {
      socket.on('packet:send', ({ idempotencyKey }, ack) => {
        keys.push(idempotencyKey);
        if (keys.length > 1) ack({ packet: { packetId: PACKET } as never });
      });
    });
    const client = await connect();
    const packet = { roomId: PACKET, kind: 'lucky', amount: 100, count: 2, currency: 'CNY' } as const;
    expect((await client.sendPacket(packet)).packet.packetId).toBe(PACKET);
    expect(keys[1]).toBe(keys[0]);
  });

  it('gives the answers to the gates with every try of a grab', async () => {
    const given: unknown[] = [];
    server.on('connection', (socket) => {
      socket.on('packet:grab', ({ answers }, ack) => {
        given.push(answers);
        if (given.length > 1) ack({ outcome: 'not_eligible', reason: 'quiz', message: 'Not right.' });
      });
    });
    const client = await connect();
    const answers = { password: 'spring', quiz: [{ question: 'q1', option: 'b' }] };
    expect(await client.grab(PACKET, answers)).toEqual({
      ...{ outcome: 'not_eligible', reason: 'quiz', message: 'Not right.' },
    });
    expect(given).toEqual([answers, answers]);
  });

  it('hears of campaign packets before they open, and lists them', async () => {
    const packet = { packetId: PACKET, roomId: null, opensAt: 1_800_000_000_000 } as never;
    server.on('connection', (socket) => {
      socket.on('packets:list', (_request, ack) => ack({ packets: [packet] }));
    });
    const client = await connect();
    const announced = new Promise<unknown>((resolve) => {
      client.on('packet:announced', resolve);
    });
    server.emit('packet:announced', packet);
    expect(await announced).toEqual(packet);
    expect(await client.packetsList()).toEqual({ packets: [packet] });
  });

  it('rejects with the code of a refused handshake', async () => {
    const refused = connect({ token: 'bad' });
    await expect(refused).rejects.toBeInstanceOf(RefusalError);
    await expect(refused).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('rejects when nobody answers the connection in time', async () => {
    await expect(connect({ url: 'http://127.0.0.1:1', connectMsMax: 100 })).rejects.toBeInstanceOf(
      UnansweredError,
    );
  });

  it('comes back after the server hung up, and says so', async () => {
    const client = await connect();
    const back = new Promise<void>((resolve) => {
      client.onReconnected(resolve);
    });
    server.disconnectSockets(true);
    await back;
    expect(client.connected).toBe(true);
  });

  it('ends when the server no longer takes its token', async () => {
    const client = await connect();
    const ended = new Promise<Error>((resolve) => {
      client.onEnded(resolve);
    });
    server.use((_socket, next) => next(new Error('unauthorized')));
    server.disconnectSockets();
    expect(await ended).toMatchObject({ code: 'unauthorized' });
    await expect(client.grab(PACKET)).rejects.toMatchObject({ code: 'unauthorized' });
  });
});
