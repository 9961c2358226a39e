import { afterAll, expect, it } from 'vitest';
import type { HongbaoClient } from '@app/client';
import type { PacketClosed } from '@app/contracts';
import { fundedRoom, signIn, signInMany, type TestPerson } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';

const { url } = serviceUnderTest();
const open: HongbaoClient[] = [];
afterAll(() => {
  for (const client of open) client.close();
});

async function connect(person: TestPerson): Promise<HongbaoClient> {
  const client = await person.connect();
  open.push(client);
  return client;
}

it('a packet that expires gives 70 of 100 shares back to the sender, and the escrow is empty', async () => {
  const sender = await signIn(url, 'sender');
  const people = await signInMany(url, 30, 'grabber');
  const roomId = await fundedRoom(sender, people, 10_000);
  const watcher = await connect(sender);
  await watcher.joinRoom(roomId);
  const closed = new Promise<PacketClosed>((resolve) => watcher.on('packet:closed', resolve));
  const { packetId } = await sender.http.sendPacket({
    ...{ roomId, kind: 'lucky', amount: 10_000, count: 100, currency: 'CNY' },
    expiresInSeconds: 10,
  });
  const clients = await Promise.all(people.map(connect));
  const results = await Promise.all(clients.map((client) => client.grab(packetId)));
  const taken = results.reduce((sum, result) => sum + (result.amount ?? 0), 0);
  expect(results.every((result) => result.outcome === 'won')).toBe(true);

  expect(await closed).toMatchObject({ packetId, state: 'expired', refunded: 10_000 - taken });
  expect((await sender.http.wallet()).balances).toEqual([
    { currency: 'CNY', available: 10_000 - taken, held: 0 },
  ]);
  expect((await sender.http.entries())[0]).toMatchObject({
    kind: 'packet_refunded',
    amount: 10_000 - taken,
    packetId,
  });
  expect((await clients[0]!.grab(packetId)).outcome).toBe('already');
  expect((await watcher.grab(packetId)).outcome).toBe('closed');
  const { seed, claims } = await sender.http.proof(packetId);
  expect(seed).toMatch(/^[0-9a-f]{64}$/);
  expect(claims).toHaveLength(30);
});
