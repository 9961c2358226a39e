import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GrabResult } from '@app/contracts';
import { auditOf, availableOf, fundedRoom, signIn, signInMany, until, type TestPerson } from '@app/testing';
import type { Service } from '../../launcher/src/service.js';
import { ownService, type OwnService } from './own-service.js';

const PEOPLE = 120;
const SHARES = 80;
const AMOUNT = 16_000;
/** A killed process is back within this, and what it left is settled. */
const HEALED_MS_MAX = 60_000;

let own: OwnService;
let service: Service;
beforeAll(async () => {
  own = await ownService('killed');
  service = await own.start();
});
afterAll(async () => {
  await service.stop();
  own.remove();
});

/** Asks until there is an answer, over connections that come and go. */
async function grabUntilAnswered(person: TestPerson, packetId: string): Promise<GrabResult<number>> {
  return until(
    `an answer for ${person.userId}`,
    async () => {
      const client = await person.connect().catch(() => undefined);
      const result = await client?.grab(packetId).catch(() => undefined);
      client?.close();
      return result && result.outcome !== 'busy' && result;
    },
    HEALED_MS_MAX,
  );
}

describe('kill -9 in the middle of a drop', () => {
  it.each(['worker', 'gateway', 'api', 'redis', 'postgres'])(
    'of %s: every share is won once, every winner is paid, and the audit is clean',
    async (victim) => {
      const sender = await signIn(service.url, 'sender');
      const people = await signInMany(service.url, PEOPLE, 'grabber');
      const roomId = await fundedRoom(sender, people, AMOUNT);
      const { packetId } = await sender.http.sendPacket({
        roomId,
        kind: 'lucky',
        amount: AMOUNT,
        count: SHARES,
        currency: 'CNY',
      });
      const acked = new Map<string, GrabResult<number>>();
      const clients = await Promise.all(people.map((person) => person.connect()));
      const once = clients.map(async (client, k) => {
        const result = await client.ask('packet:grab', { packetId }).catch(() => undefined);
        if (result?.outcome === 'won') acked.set(people[k]!.userId, result);
      });
      await until('some have won', () => acked.size > 0);
      process.kill(service.pids[victim]!, 'SIGKILL');
      await Promise.all(once);
      for (const client of clients) client.close();

      const results = await Promise.all(people.map((person) => grabUntilAnswered(person, packetId)));
      results.forEach((result, k) => {
        const first = acked.get(people[k]!.userId);
        if (first) expect(result).toEqual({ ...first, outcome: 'already' });
      });
      const winners = people.filter((_, k) => results[k]!.amount !== undefined);
      expect(winners).toHaveLength(SHARES);
      expect(results.reduce((sum, result) => sum + (result.amount ?? 0), 0)).toBe(AMOUNT);
      const isClosed = async () =>
        (await sender.http.packet(packetId).catch(() => undefined))?.refunded === 0;
      await until('the packet is closed', isClosed, HEALED_MS_MAX);
      expect(await availableOf(winners[0]!)).toBe(results[people.indexOf(winners[0]!)]!.amount);
      expect(await auditOf(service.env)).toMatchObject({ ok: true, broken: [] });
    },
    150_000,
  );
});
