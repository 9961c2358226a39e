import { afterEach, describe, expect, it } from 'vitest';
import type { HongbaoClient } from '@app/client';
import { connectMoney, whenReady, type Redis } from '@app/redis';
import { fundedRoom, signInMany, until, type TestPerson } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';

const { url, env } = serviceUnderTest();
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const PAUSE_MS = 3_000;
const AT_ONCE_MS = 1_000;

async function connectAll(people: TestPerson[]): Promise<HongbaoClient[]> {
  const clients = await Promise.all(people.map((person) => person.connect()));
  for (const client of clients) closers.push(() => client.close());
  return clients;
}

async function redisOf(): Promise<Redis> {
  const redis = connectMoney(env.REDIS_MONEY_URL ?? env.REDIS_URL!, () => undefined);
  closers.push(() => redis.disconnect());
  await whenReady(redis, 5_000);
  return redis;
}

describe('a packet that is over', () => {
  it('sold out: winners are told already and others empty while the store answers nobody', async () => {
    const [sender, ...people] = await signInMany(url, 9, 'late');
    const roomId = await fundedRoom(sender!, people, 300);
    const clients = await connectAll(people);
    const packet = { roomId, kind: 'lucky', amount: 300, count: 3, currency: 'CNY' } as const;
    const { packetId } = await sender!.http.sendPacket(packet);
    const first = [];
    for (const client of clients) first.push(await client.grab(packetId));
    expect(first.filter(({ outcome }) => outcome === 'won')).toHaveLength(3);

    const redis = await redisOf();
    await expectAnswersWithoutStore(redis, clients, packetId, first);
  });

  it('expired: those who won are told already and others closed while the store answers nobody', async () => {
    const [sender, ...people] = await signInMany(url, 4, 'later');
    const roomId = await fundedRoom(sender!, people, 1_000);
    const clients = await connectAll(people);
    const packet = {
      roomId,
      kind: 'fixed',
      amount: 1_000,
      count: 10,
      currency: 'CNY',
      expiresInSeconds: 10,
    } as const;
    const { packetId } = await sender!.http.sendPacket(packet);
    const first = [await clients[0]!.grab(packetId)];
    expect(first[0]).toMatchObject({ outcome: 'won', amount: 100 });
    await until(
      'it has expired',
      async () => (await sender!.http.packet(packetId)).state === 'expired',
      20_000,
    );
    const answers = [...first, { outcome: 'closed' }, { outcome: 'closed' }];
    await expectAnswersWithoutStore(await redisOf(), clients.slice(0, 3), packetId, answers);
  });

  async function expectAnswersWithoutStore(
    redis: Redis,
    clients: HongbaoClient[],
    packetId: string,
    first: { outcome: string }[],
  ): Promise<void> {
    const expected = first.map((result) =>
      result.outcome === 'won' ? { ...result, outcome: 'already' } : result,
    );
    // The gateway reads the claims when it first hears the word; until then it goes on asking the store.
    await until('the gateway knows the claims', async () => {
      await redis.call('CLIENT', 'PAUSE', String(PAUSE_MS), 'WRITE');
      try {
        const answers = await Promise.race([
          Promise.all(clients.map((client) => client.grab(packetId))),
          new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), AT_ONCE_MS)),
        ]);
        if (answers) expect(answers).toEqual(expected);
        return answers !== undefined;
      } finally {
        await redis.call('CLIENT', 'UNPAUSE');
      }
    });
  }
});
