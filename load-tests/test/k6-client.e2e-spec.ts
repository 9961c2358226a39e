import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { WebSocketServer } from 'ws';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { fundedRoom, signIn } from '@app/testing';
import { runK6, type K6Run } from './run-k6.ts';

const PING_MS = { pingInterval: 200, pingTimeout: 250 };
const AWAY_MS = 400;

/** What each socket that asked to be remembered by a name did, as the server saw it. */
const seen: { name: string; event: 'came' | 'went'; why?: string }[] = [];
const closers: (() => Promise<void>)[] = [];

async function listen(http: HttpServer, port = 0): Promise<string> {
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

function answerEverything(io: Server): void {
  io.use((socket, next) => {
    const isGood = socket.handshake.auth.token === 'good';
    next(isGood ? undefined : Object.assign(new Error('unauthorized'), { data: { code: 'unauthorized' } }));
  });
  io.on('connection', (socket) => {
    const { name } = socket.handshake.auth as { name: string };
    seen.push({ name, event: 'came' });
    socket.on('disconnect', (why) => seen.push({ name, event: 'went', why }));
    socket.on('who', (_, ack) => ack({ auth: socket.handshake.auth, transport: socket.conn.transport.name }));
    socket.on('echo', (payload, ack) => ack(payload));
    socket.on('nothing', (_, ack) => ack());
    socket.on('slow', ({ ms, value }, ack) => setTimeout(() => ack(value), ms));
    socket.on('hang up', (how) => socket.disconnect(how === 'transport'));
    socket.on('tell me things', (_, ack) => tellThings(socket, ack));
  });
}

function tellThings(socket: Socket, ack: (value: string) => void): void {
  socket.emit('消息', { text: '红包来了 🧧', n: 1 });
  socket.emit('bytes', Buffer.from([1, 2, 3]), { and: 'text' });
  socket.emit('nobody listens', { deep: [{}] });
  // Not even JSON: whoever doesn't listen doesn't look.
  socket.conn.write('2["not json",{broken');
  socket.conn.write('strange');
  socket.timeout(50).emit('asks for an ack', {}, () => {});
  socket.emit('消息', null);
  ack('still here');
}

/** Takes itself away when it is told to, connections and all, and is back at the same port after a while. */
async function mortalServer(): Promise<string> {
  const io = () => {
    const http = createServer();
    const server = new Server(http, PING_MS);
    answerEverything(server);
    return { http, server };
  };
  const first = io();
  const url = await listen(first.http);
  const second = io();
  first.server.on('connection', (socket) => {
    socket.on('kill', () => {
      first.http.close();
      for (const one of first.server.sockets.sockets.values())
        (one.conn.transport as unknown as { socket: { terminate(): void } }).socket.terminate();
      setTimeout(() => void listen(second.http, Number(new URL(url).port)), AWAY_MS);
    });
  });
  closers.push(
    () => first.server.close(),
    () => second.server.close(),
  );
  return url;
}

async function silentServer(): Promise<string> {
  const http = createServer();
  new WebSocketServer({ server: http }).on('connection', (ws) => {
    ws.send('0{"sid":"a","upgrades":[],"pingInterval":300,"pingTimeout":200,"maxPayload":1000}');
    ws.on('message', () => ws.send('40{"sid":"b"}'));
  });
  closers.push(async () => {
    http.closeAllConnections();
    http.close();
  });
  return listen(http);
}

let run: K6Run;
const saw = (about: string) => run.said.filter((one) => one.about === about).map((one) => one.saw);

beforeAll(async () => {
  const http = createServer();
  const io = new Server(http, PING_MS);
  answerEverything(io);
  closers.push(() => io.close());
  const env = {
    ...{ PLAIN: await listen(http), KILLED: await mortalServer(), SILENT: await silentServer() },
    NOBODY: 'http://127.0.0.1:1',
  };
  run = await runK6('client.ts', env);
});
afterAll(() => Promise.all(closers.map((close) => close())));

describe('the Socket.IO client for k6, against a plain Socket.IO server', () => {
  it('ends by itself, with nothing thrown', () => {
    expect(run.exitCode, run.log).toBe(0);
    expect(saw('thrown')).toEqual([]);
  });

  it('signs in with its auth, by WebSocket', () => {
    expect(saw('handshake')).toEqual([{ auth: { token: 'good', name: 'asks' }, transport: 'websocket' }]);
  });

  it('is told the reason when a middleware refuses it, and tries again only when told to', () => {
    expect(saw('refused')).toEqual([{ message: 'unauthorized', data: { code: 'unauthorized' } }]);
    expect(saw('refused again')).toEqual([false]);
  });

  it('gets each answer to its own request', () => {
    expect(saw('echoes')).toEqual([
      [{ text: '恭喜发财 🧧 "quoted" \\ \n' }, [1, [2]], 'plain', null, 0.5, {}],
    ]);
    expect(saw('fifty at once')).toEqual([Array.from({ length: 50 }, (_, k) => k)]);
    expect(saw('no arguments')).toMatchObject([{ kind: 'answered', text: '[]' }]);
  });

  it('gives up an answer at its deadline, and not before', () => {
    const [never] = saw('never') as [{ tookMs: number }];
    expect(never).toMatchObject({ kind: 'unanswered', why: 'timeout' });
    expect(never.tookMs).toBeGreaterThanOrEqual(300);
    expect(never.tookMs).toBeLessThan(450);
  });

  it('drops and counts an answer that comes too late, and takes it for no other', () => {
    expect(saw('late')).toEqual([{ slow: 'unanswered', next: 'mine', late: 1 }]);
  });

  it('says at once that there is no answer when it is closed, before or meanwhile', () => {
    expect(saw('closed')).toMatchObject([{ kind: 'unanswered', why: 'closed' }]);
    expect(saw('closed while asking')).toEqual([{ kind: 'unanswered', why: 'closed' }]);
  });

  it('answers pings: it outlives several times pingInterval + pingTimeout', () => {
    expect(saw('stays')).toEqual([{ losses: 0, answer: 'answered' }]);
    expect(seen.filter(({ name }) => name === 'stays').map(({ event }) => event)).toEqual(['came', 'went']);
  });

  it('gives up a server that no longer pings, after pingInterval + pingTimeout', () => {
    const [{ stoodMs }] = saw('silent') as [{ stoodMs: number }];
    expect(stoodMs).toBeGreaterThanOrEqual(499);
    expect(stoodMs).toBeLessThan(700);
  });

  it.each(['namespace', 'transport'])('comes back after the server hung up (%s)', (how) => {
    const [{ losses, awayMs }] = saw(`hung up ${how}`) as [{ losses: number; awayMs: number }];
    expect(losses).toBe(1);
    expect(awayMs).toBeLessThan(300);
    expect(seen.filter(({ name }) => name === `hung up ${how}`).map(({ event }) => event)).toEqual([
      ...['came', 'went', 'came', 'went'],
    ]);
  });

  it('comes back to a server that was killed, with attempts apart, and gives up what it asked', () => {
    const [{ pending, failures, awayMs }] = saw('killed') as [
      { pending: unknown; failures: string[]; awayMs: number },
    ];
    expect(pending).toMatchObject({ kind: 'unanswered', why: 'closed' });
    for (const why of failures) expect(why).toBe('closed');
    expect(awayMs).toBeGreaterThanOrEqual(AWAY_MS - 5);
    expect(failures.length).toBeLessThan(40);
  });

  it('keeps trying where nobody listens', () => {
    expect(saw('nobody')).toEqual([{ failures: 3, why: 'closed' }]);
  });

  it('hears events in any script, ignores binary ones and ones nobody listens to, and outlives its listeners', () => {
    expect(saw('events')).toEqual([
      {
        heard: [
          '["消息",{"text":"红包来了 🧧","n":1}]',
          [{ text: '红包来了 🧧', n: 1 }, true],
          '["消息",null]',
          [null, true],
        ],
        received: ['消息', 'nobody listens', 'not json', 'asks for an ack', '消息'],
        threw: ['Error: a listener broke', 'Error: a listener broke'],
        after: 'still here',
        stands: true,
      },
    ]);
  });

  it("has k6's own metrics of all that, by event", () => {
    for (const name of [
      'connecting',
      'ack_duration',
      'acks_unanswered',
      'acks_late',
      'events_received',
      'messages_sent',
      'reconnects',
    ])
      expect(run.metrics).toContain(`socketio_${name}`);
  });
});

describe('the same client, against the gateway', () => {
  it('signs in, joins, hears a drop, grabs it once and is told so; a wrong token is unauthorized', async () => {
    const url = inject('serviceUrl');
    const [anna, ben] = [await signIn(url), await signIn(url)];
    const roomId = await fundedRoom(anna, [ben], 1_000);
    const env = { TARGET: url, TOKEN: ben.token, SENDER: anna.token, ROOM: roomId };
    const { said, exitCode, log } = await runK6('gateway.ts', env);
    expect(exitCode, log).toBe(0);
    expect(Object.fromEntries(said.map(({ about, saw: what }) => [about, what]))).toMatchObject({
      refused: { message: 'unauthorized', data: { code: 'unauthorized' } },
      joined: roomId,
      dropped: { greeting: '恭喜发财', hasSame: true },
      first: { outcome: 'won', amount: 500, ordinal: 1 },
      second: { outcome: 'already', amount: 500, ordinal: 1 },
      paid: { amount: 500 },
    });
  });
});
