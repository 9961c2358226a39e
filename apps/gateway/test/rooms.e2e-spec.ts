import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { HongbaoClient } from '@app/client';
import type {
  MessageView,
  PacketProgressed,
  PacketView,
  PresenceChanged,
  WalletChanged,
} from '@app/contracts';
import { fundedRoom, signIn, signInMany, until, type TestPerson } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';

const { url } = serviceUnderTest();
const open: HongbaoClient[] = [];
afterEach(() => {
  for (const client of open.splice(0)) client.close();
});

async function connect(person: TestPerson): Promise<HongbaoClient> {
  const client = await person.connect();
  open.push(client);
  return client;
}

describe('a room', () => {
  it('shows the last 50 messages on joining, oldest first, and pushes new ones to whoever is there', async () => {
    const [anna, ben] = await signInMany(url, 2);
    const roomId = await fundedRoom(anna!, [ben!], 0);
    const [a, b] = [await connect(anna!), await connect(ben!)];
    await a.joinRoom(roomId);
    const seen: MessageView<number>[] = [];
    a.on('message:posted', (message) => seen.push(message));
    for (let k = 0; k < 55; k += 1) await b.ask('message:post', { roomId, text: `line ${k} <b>你好</b>` });
    await until('all are pushed', () => seen.length === 55);
    const { messages, room } = await b.joinRoom(roomId);
    expect(messages.map((message) => message.text)).toEqual(
      Array.from({ length: 50 }, (_, k) => `line ${k + 5} <b>你好</b>`),
    );
    expect(messages.at(-1)).toEqual(seen.at(-1));
    expect(room).toMatchObject({ roomId, name: 'a test room', members: 2, online: 2 });
    expect(room.onlineUsers.map((user) => user.userId).toSorted()).toEqual(
      [anna!.userId, ben!.userId].toSorted(),
    );
  });

  it('counts people and not connections, and tells when they go', async () => {
    const [anna, ben] = await signInMany(url, 2);
    const roomId = await fundedRoom(anna!, [ben!], 0);
    const [a, b1, b2] = [await connect(anna!), await connect(ben!), await connect(ben!)];
    const told: PresenceChanged[] = [];
    a.on('presence:changed', (presence) => told.push(presence));
    for (const client of [a, b1, b2]) await client.joinRoom(roomId);
    await until('two are online', () => told.at(-1)?.online === 2);
    b1.close();
    expect((await a.joinRoom(roomId)).room.online).toBe(2);
    b2.close();
    await until('one is online', () => told.at(-1)?.online === 1);
  });

  it('does not exist for a stranger, and takes anyone in when it is open', async () => {
    const [anna, stranger] = await signInMany(url, 2);
    const closedRoom = await fundedRoom(anna!, [], 0);
    const s = await connect(stranger!);
    for (const roomId of [closedRoom, randomUUID()]) {
      await expect(s.ask('room:join', { roomId })).rejects.toMatchObject({ code: 'not_found' });
      await expect(s.ask('message:post', { roomId, text: 'hi' })).rejects.toMatchObject({
        code: 'not_found',
      });
    }
    const { roomId } = await anna!.http.createRoom('everyone', true);
    expect((await s.joinRoom(roomId)).room).toMatchObject({ open: true, members: 2 });
    await s.ask('room:leave', { roomId });
  });

  it('carries a message of 2,000 Chinese characters, the most there are', async () => {
    const anna = await signIn(url);
    const roomId = await fundedRoom(anna, [], 0);
    const a = await connect(anna);
    await a.ask('message:post', { roomId, text: '好'.repeat(2_000) });
    expect((await a.joinRoom(roomId)).messages[0]?.text).toHaveLength(2_000);
  });

  it.each(['', ' \n', 'x'.repeat(2_001), 'a\0b'])('refuses the message %j', async (text) => {
    const anna = await signIn(url);
    const roomId = await fundedRoom(anna, [], 0);
    const a = await connect(anna);
    await expect(a.ask('message:post', { roomId, text })).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('a packet sent by socket', () => {
  it('drops to everyone in the room, progresses, and reaches wallets, also of someone who never joined', async () => {
    const [anna, ben, carl] = await signInMany(url, 3);
    const roomId = await fundedRoom(anna!, [ben!, carl!], 500);
    const [a, b, c] = [await connect(anna!), await connect(ben!), await connect(carl!)];
    await Promise.all([a.joinRoom(roomId), b.joinRoom(roomId)]);
    const dropped = new Promise<PacketView<number>>((resolve) => b.on('packet:dropped', resolve));
    const progressed = new Promise<PacketProgressed>((resolve) => b.on('packet:progressed', resolve));
    const credited = new Promise<WalletChanged>((resolve) => c.on('wallet:changed', resolve));
    const request = {
      roomId,
      kind: 'lucky',
      amount: 500,
      count: 5,
      currency: 'CNY',
      greeting: '恭喜发财',
    } as const;
    const idempotencyKey = randomUUID();
    const { packet } = await a.sendPacket({ ...request, idempotencyKey });
    expect(packet).toMatchObject({
      state: 'open',
      senderName: anna!.name,
      remaining: { count: 5, amount: 500 },
    });
    expect(packet.commitment).toMatch(/^[0-9a-f]{64}$/);
    expect((await a.sendPacket({ ...request, idempotencyKey })).packet.packetId).toBe(packet.packetId);
    expect(await dropped).toMatchObject({
      packetId: packet.packetId,
      greeting: '恭喜发财',
      commitment: packet.commitment,
    });

    const won = await c.grab(packet.packetId);
    expect(won).toMatchObject({ outcome: 'won', ordinal: 1, currency: 'CNY' });
    expect(await progressed).toEqual({
      packetId: packet.packetId,
      remaining: { count: 4, amount: 500 - won.amount! },
    });
    expect(await credited).toMatchObject({
      currency: 'CNY',
      available: won.amount,
      entry: { kind: 'claim_settled', amount: won.amount, packetId: packet.packetId },
    });
    const { claims } = await b.inspect(packet.packetId);
    expect(claims).toMatchObject([
      { ordinal: 1, userId: carl!.userId, amount: won.amount, settled: true, bestLuck: false },
    ]);
    expect((await b.joinRoom(roomId)).packets.map((one) => one.packetId)).toEqual([packet.packetId]);
    await expect(a.ask('packet:send', { ...request, idempotencyKey: randomUUID() })).rejects.toMatchObject({
      code: 'insufficient_funds',
    });
  });

  it('tells the time of the server', async () => {
    const a = await connect(await signIn(url));
    expect(Math.abs((await a.ask('clock:sync', {})).serverTimeMs - Date.now())).toBeLessThan(2_000);
  });
});
