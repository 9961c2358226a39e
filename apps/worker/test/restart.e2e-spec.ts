import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GrabResult } from '@app/contracts';
import { checkoutRoot, freePort, removePostgres, throwawayFolder } from '@app/local-stack';
import { auditOf, availableOf, fundedRoom, signIn, signInMany, until } from '@app/testing';
import { ConsoleReporter } from '../../launcher/src/progress.js';
import { startService } from '../../launcher/src/service.js';
import { withoutSettings } from '../../launcher/src/settings.js';

const folder = throwawayFolder('restart');
const dataDir = join(folder, 'data');
let port: number;

const start = () =>
  startService({
    root: checkoutRoot,
    dataDir,
    env: { ...withoutSettings(process.env), NODE_ENV: 'development', PORT: String(port), DEMO_ROBOTS: '0' },
    reporter: new ConsoleReporter({ write: () => undefined }),
  });

beforeAll(async () => {
  port = await freePort();
});
afterAll(() => {
  removePostgres(join(dataDir, 'postgres'));
  rmSync(folder, { recursive: true, force: true });
});

describe('the whole service, stopped in the middle of a drop and started again', () => {
  it('goes on with the drop, loses nothing that it acknowledged, and audits clean', async () => {
    let service = await start();
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

    service = await start();
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
