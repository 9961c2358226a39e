/**
 * What one event to a room costs over two gateways, by Socket.IO adapter (docs/decisions/0011): CPU of the gateways, of
 * Redis, and of whoever tells. `npx tsx load-tests/bench/adapters.ts`; the streams adapter takes part where it is
 * installed (`npm i --no-save @socket.io/redis-streams-adapter@0.3.1`).
 */
import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createAdapter, createShardedAdapter } from '@socket.io/redis-adapter';
import { Emitter } from '@socket.io/redis-emitter';
import { Server } from 'socket.io';
import { WebSocket } from 'ws';
import { startTestRedis } from '@app/local-stack';
import { connectSockets, whenReady } from '@app/redis';

const ADAPTERS = ['classic', 'sharded', 'streams'] as const;
const TELLERS = ['gateway', 'emitter', 'server'] as const;
const ROOMS = 20;
const SOCKETS_PER_GATEWAY = 40;
const EVENTS = 4_000;
/** Events told before others get their turn. */
const EVENTS_AT_ONCE = 20;
const TURNS = 5;
const TICKS_PER_SECOND = 100;
const PAYLOAD = {
  packetId: 'c0ffee00-0000-4000-8000-000000000001',
  remaining: { count: 17, amount: 12_345 },
};

type Adapter = (typeof ADAPTERS)[number];
type Teller = (typeof TELLERS)[number];

async function adapterOf(kind: Adapter, redisUrl: string): Promise<Parameters<Server['adapter']>[0]> {
  const clients = [connectSockets(redisUrl, () => undefined), connectSockets(redisUrl, () => undefined)];
  await Promise.all(clients.map((client) => whenReady(client, 5_000)));
  if (kind === 'classic') return createAdapter(clients[0], clients[1]);
  if (kind === 'sharded') return createShardedAdapter(clients[0], clients[1]);
  const name = '@socket.io/redis-streams-adapter';
  const streams = (await import(name)) as { createAdapter(client: unknown): never };
  return streams.createAdapter(clients[0]);
}

/** A gateway, or a worker that tells as a server without sockets or by the emitter. */
async function run(kind: Adapter, redisUrl: string): Promise<void> {
  const http = createServer();
  const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
  io.adapter(await adapterOf(kind, redisUrl));
  let next = 0;
  io.on('connection', (socket) => void socket.join(`room:${(next += 1) % ROOMS}`));
  const client = connectSockets(redisUrl, () => undefined);
  await whenReady(client, 5_000);
  const emitter = new Emitter(client);
  http.listen(0, '127.0.0.1', () => process.send!({ port: (http.address() as AddressInfo).port }));
  process.on('message', async (teller: Teller) => {
    const told = teller === 'emitter' ? emitter : io;
    for (let k = 0; k < EVENTS; k += 1) {
      told.to(`room:${k % ROOMS}`).emit('packet:progressed', PAYLOAD);
      if (k % EVENTS_AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    process.send!({ told: true });
  });
}

const cpuMs = (pid: number) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND;
};

const heard = (child: ChildProcess) =>
  new Promise<{ port: number }>((resolve) => child.once('message', (message) => resolve(message as never)));

class World {
  private constructor(
    readonly children: ChildProcess[],
    readonly sockets: WebSocket[],
    readonly redisPid: number,
    readonly end: () => Promise<void>,
  ) {}

  static async make(kind: Adapter): Promise<World> {
    const redis = await startTestRedis({ appendOnly: 'off' });
    const self = fileURLToPath(import.meta.url);
    const children = [0, 1, 2].map(() => fork(self, [kind, redis.url]));
    const ports = await Promise.all(children.map(heard));
    const sockets: WebSocket[] = [];
    for (const { port } of ports.slice(0, 2)) {
      for (let k = 0; k < SOCKETS_PER_GATEWAY; k += 1) sockets.push(await connected(port));
    }
    return new World(children, sockets, redis.pid, async () => {
      for (const socket of sockets) socket.terminate();
      for (const child of children) child.kill();
      await redis.stop();
    });
  }

  /** Microseconds of CPU for one event: both gateways, Redis, the worker. */
  async tell(teller: Teller): Promise<{ gateways: number; redis: number; worker: number; arrived: number }> {
    const pids = [...this.children.map(({ pid }) => pid!), this.redisPid];
    let arrived = 0;
    const count = (data: Buffer) => (arrived += data.toString().startsWith('42[') ? 1 : 0);
    for (const socket of this.sockets) socket.on('message', count);
    const before = pids.map(cpuMs);
    const child = this.children[teller === 'gateway' ? 0 : 2]!;
    const done = heard(child);
    child.send(teller);
    await done;
    const all = (EVENTS / ROOMS) * this.sockets.length;
    for (let k = 0; k < 150 && arrived < all; k += 1) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const socket of this.sockets) socket.off('message', count);
    const used = pids.map((pid, k) => ((cpuMs(pid) - before[k]!) * 1_000) / EVENTS);
    return { gateways: used[0]! + used[1]!, worker: used[2]!, redis: used[3]!, arrived: arrived / all };
  }
}

/** Framed by hand: it only counts, and its servers know no tokens and no requests. */
function connected(port: number): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      if (text[0] === '0') socket.send('40');
      else if (text === '2') socket.send('3');
      else if (text.startsWith('40')) resolve(socket);
    });
  });
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function main(): Promise<void> {
  const worlds = new Map<Adapter, World>();
  for (const kind of ADAPTERS) {
    const isThere =
      kind !== 'streams' || (await import(String('@socket.io/redis-streams-adapter')).catch(() => 0));
    if (isThere) worlds.set(kind, await World.make(kind));
  }
  const figures = new Map<string, Awaited<ReturnType<World['tell']>>[]>();
  for (let turn = 0; turn <= TURNS; turn += 1) {
    for (const [kind, world] of worlds) {
      for (const teller of TELLERS) {
        // The emitter speaks the classic adapter's language only.
        if (teller === 'emitter' && kind !== 'classic') continue;
        const seen = await world.tell(teller);
        const name = `${kind.padEnd(8)} told by ${teller}`;
        if (turn > 0) figures.set(name, [...(figures.get(name) ?? []), seen]);
      }
    }
  }
  process.stdout.write(
    `µs of CPU for one event to a room with ${(2 * SOCKETS_PER_GATEWAY) / ROOMS} sockets, medians of ${TURNS}\n`,
  );
  for (const [name, all] of figures) {
    const [gateways, redis, worker, arrived] = (['gateways', 'redis', 'worker', 'arrived'] as const).map(
      (what) => median(all.map((one) => one[what])),
    );
    process.stdout.write(
      `${name.padEnd(28)} gateways ${gateways!.toFixed(0).padStart(4)}  redis ${redis!.toFixed(0).padStart(4)}  worker ${worker!.toFixed(0).padStart(4)}  arrived ${(arrived! * 100).toFixed(0)} %\n`,
    );
  }
  for (const world of worlds.values()) await world.end();
}

const [kind, redisUrl] = process.argv.slice(2);
await (redisUrl ? run(kind as Adapter, redisUrl) : main());
