import { randomUUID } from 'node:crypto';
import { Pusher } from '@app/push';
import { connectObserver, connectPublisher, whenReady, type Redis } from '@app/redis';
import type { CostName } from '../costs.ts';
import { residentBytes } from './cpu.ts';
import { connectAll, joinAll, makeRoom, signInAll, type Somebody } from './crowd.ts';
import { Frames } from './frames.ts';
import { startOwnService } from './own-service.ts';
import {
  lesser,
  LONE_SENDS,
  loneRooms,
  measured,
  MEMBERS,
  per,
  play,
  playLone,
  playSoldOut,
  PROCESSES,
  QUIET_MS,
  ROOMS,
  SENDS,
  sleep,
  SPREAD_MS,
  usedSoFar,
  WAIT_MS_MAX,
  zero,
  type Played,
  type PlayedRoom,
  type Probe,
  type Used,
} from './play.ts';

const CONNECTIONS = 2_000;
/** A service that has only just begun compiles what it runs. */
const WARM_ROUNDS = 4;
const BROADCASTS = 300;
const NEWS = 20_000;
const NEWS_PER_MESSAGE = 100;
const IDLE_MS = 4_000;
const WATCHED_SECONDS = 8;

/** What people and packets cost each process of a whole service, by playing the same people in several ways. */
export async function measureService(
  say: (line: string) => void,
): Promise<Partial<Record<CostName, number>>> {
  const service = await startOwnService(say);
  const observer = connectObserver(service.redisUrl, 5_000);
  const publisher = connectPublisher(service.redisUrl, (role, error) => console.error(role, error.message));
  const sockets: Somebody[] = [];
  try {
    await Promise.all([whenReady(observer, 5_000), whenReady(publisher, 5_000)]);
    const probe: Probe = { service, observer, frames: new Frames(), idle: zero() };
    say('an idle service');
    probe.idle = per(await measured(probe, () => sleep(IDLE_MS)), IDLE_MS / 1_000);
    const base = await measuredBase(probe);
    say(`${CONNECTIONS} connections`);
    const connections = await measuredConnections(probe);
    const rooms = await measuredRooms(probe, sockets);
    say('packets sent, then grabbed: spread over seconds, and all at once');
    for (let k = 0; k < WARM_ROUNDS; k += 1) await play(probe, rooms.rooms, 0);
    const flood = lesser(await play(probe, rooms.rooms, 0), await play(probe, rooms.rooms, 0));
    const spread = lesser(
      await play(probe, rooms.rooms, SPREAD_MS),
      await play(probe, rooms.rooms, SPREAD_MS),
    );
    const lonely = await loneRooms(probe, sockets);
    const lone = await playLone(probe, lonely);
    const alone = await playLone(probe, lonely.slice(0, 1));
    const soldOut = await playSoldOut(probe, rooms.rooms[0]!);
    say('broadcasts, and news of people elsewhere');
    const told = await measuredPushes(probe, publisher, rooms.rooms[0]!);
    return {
      ...base,
      ...rooms.costs,
      ...told,
      ...connections,
      ...costsOfGrabs({ flood, spread, lone, alone }, told['gateway.push']!),
      'gateway.soldOut': soldOut,
      ...probe.frames.costs(),
    };
  } finally {
    for (const { socket } of sockets) socket.disconnect();
    observer.disconnect();
    publisher.disconnect();
    await service.stop();
  }
}

/**
 * A packet costs `sent` to send, an unknown to close, and each of its grabs an unknown, which has a part that is there once
 * for a job (in the gateway: for a grab that comes alone). Lone packets, packets grabbed one by one and packets grabbed all
 * at once are three equations for these three.
 */
function costsOfGrabs(
  { flood, spread, lone, alone }: Record<'flood' | 'spread' | 'lone' | 'alone', Played>,
  push: number,
): Partial<Record<CostName, number>> {
  const solve = (name: 'gateway' | 'worker', counts: (one: Played) => number) => {
    const without = (one: Played) => one.used[name] - (name === 'gateway' ? one.pushes * push : 0);
    const turn = Math.max(0, (without(spread) - without(flood)) / (counts(spread) - counts(flood)));
    const sent = flood.sent[name] / SENDS - (name === 'gateway' ? MEMBERS * push : 0);
    const ofPacket = without(lone) / LONE_SENDS - sent - turn;
    const grab = (without(flood) - counts(flood) * turn - SENDS * ofPacket) / (flood.grabs - SENDS);
    const packet = (one: Played) => Math.max(0, without(one) / LONE_SENDS - turn - Math.max(0, grab));
    return { turn, grab: Math.max(0, grab), packet: packet(lone), packetAlone: packet(alone) };
  };
  // All at once they share the turns of the loop; how many turns there were is not known, and they were few.
  const gateway = solve('gateway', (one) => (one === flood ? 0 : one.grabs));
  const worker = solve('worker', (one) => one.jobs);
  const each = (one: Played, name: keyof Used) => one.used[name] / LONE_SENDS;
  return {
    'gateway.turn': gateway.turn,
    'gateway.win': gateway.grab,
    'gateway.send': gateway.packet,
    'worker.job': worker.turn,
    'worker.claim': worker.grab,
    'worker.send': worker.packet,
    'api.send': each(lone, 'api'),
    'redis.send': each(lone, 'redis'),
    'postgres.send': each(lone, 'postgres'),
    'gateway.sendAlone': gateway.packetAlone,
    'worker.sendAlone': worker.packetAlone,
    'api.sendAlone': each(alone, 'api'),
    'redis.sendAlone': each(alone, 'redis'),
    'postgres.sendAlone': each(alone, 'postgres'),
  };
}

/** As a load test watches it. */
async function measuredBase(probe: Probe): Promise<Partial<Record<CostName, number>>> {
  const before = usedSoFar(probe.service);
  for (let k = 0; k < WATCHED_SECONDS; k += 1) {
    await (await fetch(`${probe.service.url}/metrics`)).text();
    await sleep(1_000);
  }
  const after = usedSoFar(probe.service);
  return Object.fromEntries(
    PROCESSES.map((name) => [`${name}.base`, (after[name] - before[name]) / WATCHED_SECONDS]),
  );
}

async function measuredRooms(probe: Probe, sockets: Somebody[]) {
  const { url } = probe.service;
  const rooms: PlayedRoom[] = [];
  for (let k = 0; k < ROOMS; k += 1) {
    const people = await signInAll(url, MEMBERS);
    rooms.push({ ...(await makeRoom(url, people)), people: [] });
    const connected = await connectAll(url, people);
    rooms[k]!.people = connected;
    sockets.push(...connected);
    for (const { socket } of connected) probe.frames.watch(socket);
  }
  await sleep(QUIET_MS);
  const used = await measured(probe, async () => {
    for (const room of rooms) await joinAll(room.roomId, room.people);
    await sleep(QUIET_MS);
  });
  const joins = ROOMS * MEMBERS;
  const costs: Partial<Record<CostName, number>> = {
    'gateway.join': used.gateway / joins,
    'api.join': used.api / joins,
    'postgres.join': used.postgres / joins,
  };
  return { rooms, costs };
}

async function measuredPushes(
  probe: Probe,
  publisher: Redis,
  room: PlayedRoom,
): Promise<Partial<Record<CostName, number>>> {
  const pusher = new Pusher(publisher);
  probe.frames.forget();
  const remaining = { count: 1, amount: 1 };
  const broadcast = await measured(probe, async () => {
    for (let k = 0; k < BROADCASTS; k += 1)
      pusher.toRoom(room.roomId, 'packet:progressed', { packetId: randomUUID(), remaining });
    await probe.frames.whenCounted('packet:progressed', BROADCASTS * MEMBERS, WAIT_MS_MAX);
  });
  const entry = {
    ...{ entryId: '1', kind: 'claim_settled', amount: 100, currency: 'CNY', packetId: randomUUID() },
    at: Date.now(),
  };
  const inBefore = await bytesIn(probe.observer);
  const heard = await measured(probe, async () => {
    for (let k = 0; k < NEWS; k += NEWS_PER_MESSAGE) {
      const changes = Array.from({ length: NEWS_PER_MESSAGE }, () => ({
        userId: randomUUID(),
        change: { currency: 'CNY', available: 100, entry },
      }));
      pusher.toGateways('wallets:changed', changes as never);
    }
    await sleep(2 * QUIET_MS);
  });
  return {
    'gateway.push': broadcast.gateway / (BROADCASTS * MEMBERS),
    'gateway.heard': heard.gateway / NEWS,
    'sockets.newsBytes': ((await bytesIn(probe.observer)) - inBefore) / NEWS,
  };
}

/** First of all, while the gateway's memory is not yet what other work left of it. */
async function measuredConnections(probe: Probe): Promise<Partial<Record<CostName, number>>> {
  const { url, pids } = probe.service;
  const people = await signInAll(url, CONNECTIONS);
  await sleep(QUIET_MS);
  const before = residentBytes(pids.gateway!);
  let connected: Somebody[] = [];
  const used = await measured(probe, async () => {
    connected = await connectAll(url, people);
    await sleep(QUIET_MS);
  });
  const bytes = Math.max(0, residentBytes(pids.gateway!) - before) / CONNECTIONS;
  for (const { socket } of connected) socket.disconnect();
  await sleep(QUIET_MS);
  return {
    'gateway.connect': used.gateway / CONNECTIONS,
    'gateway.connectionBytes': bytes,
    'gateway.idleBytes': before,
  };
}

async function bytesIn(observer: Redis): Promise<number> {
  return Number(/^total_net_input_bytes:(\d+)/m.exec(await observer.info('stats'))![1]);
}
