import { randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { HttpClient } from '@app/client';

const AT_ONCE = 16;
const CURRENCY = 'CNY';
const FUNDS = 50_000_000;

/** Someone connected, as bare as a client can be: the load must not be slower than what it loads. */
export interface Somebody {
  userId: string;
  token: string;
  socket: Socket;
}

/** A room whose people are all connected and in it. */
export interface ProbeRoom {
  roomId: string;
  sender: HttpClient;
  people: Somebody[];
}

export interface Tokened {
  userId: string;
  token: string;
}

export async function signInAll(url: string, count: number): Promise<Tokened[]> {
  const http = new HttpClient({ url });
  return eachOf(count, async () => {
    const userId = `plan-${randomUUID()}`;
    const { token } = await http.devToken({ userId, name: userId });
    return { userId, token };
  });
}

export async function connectAll(url: string, people: readonly Tokened[]): Promise<Somebody[]> {
  return eachOf(people.length, (k) => connectOne(url, people[k]!));
}

function connectOne(url: string, person: Tokened): Promise<Somebody> {
  return new Promise((resolve, reject) => {
    const socket = io(url, {
      ...{ transports: ['websocket'], forceNew: true, reconnection: false, auth: { token: person.token } },
    });
    socket.once('connect', () => resolve({ ...person, socket }));
    socket.once('connect_error', reject);
  });
}

/** A room of these people with a sender of its own, who has money and no socket. */
export async function makeRoom(
  url: string,
  people: readonly Tokened[],
): Promise<{ roomId: string; sender: HttpClient }> {
  const [owner] = await signInAll(url, 1);
  const sender = new HttpClient({ url, token: owner!.token });
  const { roomId } = await sender.createRoom('a room of the planner');
  if (people.length > 0)
    await sender.addMembers(
      roomId,
      people.map(({ userId }) => userId),
    );
  await sender.topUp({ amount: FUNDS, currency: CURRENCY, provider: 'sandbox' });
  return { roomId, sender };
}

export async function joinAll(roomId: string, people: readonly Somebody[]): Promise<void> {
  await eachOf(people.length, (k) => people[k]!.socket.emitWithAck('room:join', { roomId }));
}

export function sendPacket(
  { roomId, sender }: Pick<ProbeRoom, 'roomId' | 'sender'>,
  count: number,
  expiresInSeconds: number,
): Promise<{ packetId: string }> {
  return sender.sendPacket({
    ...{ roomId, kind: 'lucky', amount: count * 100, count, currency: CURRENCY, expiresInSeconds },
  });
}

/** In order, so many at once. */
export async function eachOf<T>(count: number, work: (k: number) => Promise<T>): Promise<T[]> {
  const done: T[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const k = next;
      next += 1;
      done[k] = await work(k);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return done;
}
