import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GrabResult } from '@app/contracts';
import { auditOf, availableOf, fundedRoom, signIn, signInMany, until } from '@app/testing';
import { ownService, type OwnService } from './own-service.js';

let own: OwnService;
beforeAll(async () => {
  own = await ownService('restart');
});
afterAll(() => own.remove());

describe('the whole service, stopped in the middle of a drop and started again', () => {
  it('goes on with the drop, loses nothing that it acknowledged, and audits clean', async () => {
    let service = await own.start();
    const sender = await signIn(service.url, 'sender');
    const people = await signInMany(service.url, 60, 'grabber');
    const roomId = await fundedRoom(sender, people, 20_000);
    const packet = { roomId, kind: 'lucky', amount: 10_000, count: 50, currency: 'CNY' } as const;
    const { packetId } = await sender.http.sendPacket(packet);
    const short = await sender.http.sendPacket({ ...packet, amount: 1_000, count: 10, expiresInSeconds: 10 });
    const acked = new Map<string, GrabResult<number>>();
    const clients = await Promise.all(people.map((person) => person.connect()));
    // Each asks once, without asking again; the second half while the service is told to stop.
    const askOnce = clients.slice(0, 40).map((client, k) => async () => {
      const result = await client.ask('packet:grab', { packetId }).catch(() => undefined);
      if (result?.outcome === 'won') acked.set(people[k]!.userId, result);
    });
    const before = askOnce.slice(0, 20).map((ask) => ask());
    await until('some have won', () => acked.size > 0);
    const during = askOnce.slice(20).map((ask) => ask());
    await service.stop();
    await Promise.all([...before, ...during]);
    for (const client of clients) client.close();

    service = await own.start();
    try {
      const again = await Promise.all(people.map((person) => person.connect()));
      const results = await Promise.all(again.map((client) => client.grab(packetId)));
      results.forEach((result, k) => {
        const first = acked.get(people[k]!.userId);
        if (first) expect(result).toEqual({ ...first, outcome: 'already' });
      });
      const winners = results.filter((result) => result.amount !== undefined);
      expect(winners).toHaveLength(50);
      expect(winners.reduce((sum, result) => sum + result.amount!, 0)).toBe(10_000);
      await until('closed', async () => (await sender.http.packet(packetId)).refunded === 0);
      // It expired while nothing ran, or soon after.
      await until(
        'refunded',
        async () => (await sender.http.packet(short.packetId)).refunded === 1_000,
        60_000,
      );
      expect(await availableOf(sender)).toBe(10_000);
      for (const client of again) client.close();
      expect(await auditOf(service.env)).toMatchObject({ ok: true, broken: [] });
    } finally {
      await service.stop();
    }
  }, 150_000);
});
