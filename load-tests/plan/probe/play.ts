import { cpuSeconds } from './cpu.ts';
import type { Redis } from '@app/redis';
import { connectAll, eachOf, joinAll, makeRoom, sendPacket, signInAll, type Somebody } from './crowd.ts';
import type { Frames } from './frames.ts';
import type { OwnService } from './own-service.ts';

export const ROOMS = 4;
export const MEMBERS = 60;
const LONE_ROOMS = 12;
export const LONE_SENDS = 120;
export const SENDS = 40;
const EXPIRY_SECONDS = 120;
/** 240 grabs a second. */
export const SPREAD_MS = 10_000;
export const QUIET_MS = 700;
export const WAIT_MS_MAX = 180_000;
const REPEATS = 30;

export const PROCESSES = ['gateway', 'api', 'worker', 'redis', 'postgres'] as const;
export type Used = Record<(typeof PROCESSES)[number], number>;
export interface Played {
  used: Used;
  jobs: number;
  pushes: number;
  grabs: number;
  /** By sending the packets beforehand. */
  sent: Used;
}

export interface Probe {
  service: OwnService;
  observer: Redis;
  frames: Frames;
  idle: Used;
}

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export interface PlayedRoom {
  roomId: string;
  sender: Awaited<ReturnType<typeof makeRoom>>['sender'];
  people: Somebody[];
}

/** Packets with a share for everyone, sent beforehand; each person grabs at instants of their own within `spreadMs`. */
export async function play(probe: Probe, rooms: readonly PlayedRoom[], spreadMs: number): Promise<Played> {
  const packetIds: string[] = [];
  const sent = await measured(probe, async () => {
    const ids = await eachOf(SENDS, (k) => sendPacket(rooms[k % rooms.length]!, MEMBERS, EXPIRY_SECONDS));
    packetIds.push(...ids.map(({ packetId }) => packetId));
    await sleep(QUIET_MS);
  });
  const grabs = SENDS * MEMBERS;
  const due = packetIds.flatMap((packetId, k) =>
    rooms[k % rooms.length]!.people.map(({ socket }, n) => ({ packetId, socket, order: n * SENDS + k })),
  );
  due.sort((a, b) => a.order - b.order);
  const seen = await played(probe, grabs, async () => {
    const startedMs = performance.now();
    for (const [n, { socket, packetId }] of due.entries()) {
      const waitMs = startedMs + (n * spreadMs) / grabs - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      void probe.frames.grab(socket, packetId);
    }
    await probe.frames.whenCounted('packet:closed', grabs, WAIT_MS_MAX);
    await probe.frames.whenCounted('wallet:changed', grabs, WAIT_MS_MAX);
  });
  return { ...seen, sent };
}

/** Rooms of one person each. */
export async function loneRooms(probe: Probe, sockets: Somebody[]): Promise<PlayedRoom[]> {
  const { url } = probe.service;
  return eachOf(LONE_ROOMS, async () => {
    const people = await signInAll(url, 1);
    const room = await makeRoom(url, people);
    const connected = await connectAll(url, people);
    sockets.push(...connected);
    for (const { socket } of connected) probe.frames.watch(socket);
    await joinAll(room.roomId, connected);
    return { ...room, people: connected };
  });
}

/** Packets of one share, in these rooms at once; in each room one after the other. */
export async function playLone(probe: Probe, rooms: readonly PlayedRoom[]): Promise<Played> {
  return played(probe, LONE_SENDS, async () => {
    await Promise.all(
      rooms.map(async (room) => {
        for (let k = 0; k < LONE_SENDS / rooms.length; k += 1) {
          const { packetId } = await sendPacket(room, 1, EXPIRY_SECONDS);
          await probe.frames.grab(room.people[0]!.socket, packetId);
        }
      }),
    );
    await probe.frames.whenCounted('packet:closed', LONE_SENDS, WAIT_MS_MAX);
  });
}

/** Microseconds of the gateway. */
export async function playSoldOut(probe: Probe, room: PlayedRoom): Promise<number> {
  const { packetId } = await sendPacket(room, 1, EXPIRY_SECONDS);
  await room.people[0]!.socket.emitWithAck('packet:grab', { packetId });
  await sleep(QUIET_MS);
  const others = room.people.slice(1);
  const used = await measured(probe, async () => {
    await eachOf(others.length, async (k) => {
      for (let n = 0; n < REPEATS; n += 1) {
        const answer = await probe.frames.grab(others[k]!.socket, packetId);
        if (answer.outcome !== 'empty') throw new Error(`sold out, and yet ${answer.outcome}`);
      }
    });
  });
  return used.gateway / (others.length * REPEATS);
}

async function played(probe: Probe, grabs: number, work: () => Promise<void>): Promise<Played> {
  await sleep(QUIET_MS);
  probe.frames.forget();
  const jobsBefore = await jobsSoFar(probe.observer);
  const used = await measured(probe, async () => {
    await work();
    await sleep(QUIET_MS);
  });
  const jobs = (await jobsSoFar(probe.observer)) - jobsBefore;
  return { used, jobs, grabs, pushes: probe.frames.pushes, sent: zero() };
}

/** The one that used less: what else runs on the machine only ever adds. */
export function lesser(a: Played, b: Played): Played {
  const sum = ({ used }: Played) => PROCESSES.reduce((total, name) => total + used[name], 0);
  return sum(a) <= sum(b) ? a : b;
}

/** Microseconds by process, without what an idle service uses in the same time. */
export async function measured({ service, idle }: Probe, work: () => Promise<unknown>): Promise<Used> {
  const before = usedSoFar(service);
  const startedMs = performance.now();
  await work();
  const seconds = (performance.now() - startedMs) / 1_000;
  const after = usedSoFar(service);
  return each((name) => Math.max(0, after[name] - before[name] - idle[name] * seconds));
}

export const usedSoFar = ({ pids }: OwnService) => each((name) => cpuSeconds(pids[name]!) * 1e6);
export const per = (used: Used, count: number) => each((name) => used[name] / count);
export const zero = () => each(() => 0);

function each(value: (name: keyof Used) => number): Used {
  return Object.fromEntries(PROCESSES.map((name) => [name, value(name)])) as unknown as Used;
}

/** BullMQ counts the jobs of a queue for their ids. */
async function jobsSoFar(observer: Redis): Promise<number> {
  const [key] = await observer.keys('*settlement*:id');
  return key ? Number(await observer.get(key)) : 0;
}
