import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HongbaoClient } from '@app/client';
import type { GrabResult } from '@app/contracts';
import { slotOf } from '@app/packet-store';
import { auditOf, availableOf, fundedRoom, signIn, signInMany, until, type TestPerson } from '@app/testing';
import { Brand } from '../../api/test/campaign-scene.js';
import type { Service } from '../../launcher/src/service.js';
import { ownService, type OwnService } from './own-service.js';
import { residentMb, stopProcesses } from './stopped-processes.js';

/**
 * Twice what an outbox may hold is tried while it can't be emptied. For memory at a size that shows something, by hand:
 * OVERLOAD_PEOPLE=100 OVERLOAD_PACKETS=640 OVERLOAD_BACKLOG=2000.
 */
const PEOPLE = Number(process.env['OVERLOAD_PEOPLE'] ?? 20);
const PACKETS = Number(process.env['OVERLOAD_PACKETS'] ?? 6);
const BACKLOG_MAX = Number(process.env['OVERLOAD_BACKLOG'] ?? 10);
const SHARES = 100;
/** Of one command of the money connection. */
const STORE_DEADLINE_MS = 2_000;
const HEALED_MS_MAX = 60_000;

let own: OwnService;
let service: Service;
let sender: TestPerson;
let people: TestPerson[];
let clients: HongbaoClient[];
let roomId: string;
const undo: (() => void)[] = [];

beforeAll(async () => {
  own = await ownService('overload', {
    OUTBOX_BACKLOG_MAX: String(BACKLOG_MAX),
    ...(PACKETS > 100
      ? { USER_EVENTS_PER_10_SECONDS: '100000', USER_REQUESTS_PER_10_SECONDS: '100000' }
      : {}),
  });
  service = await own.start();
  sender = await signIn(service.url, 'sender');
  people = await signInMany(service.url, PEOPLE, 'grabber');
  owed = people.map(() => 0);
  roomId = await fundedRoom(sender, people, SHARES * (PACKETS + 10));
  clients = await Promise.all(people.map((person) => person.connect()));
  await Promise.all(clients.map((client) => client.joinRoom(roomId)));
});
afterEach(() => {
  for (const step of undo.splice(0)) step();
});
afterAll(async () => {
  for (const client of clients) client.close();
  await service.stop();
  own.remove();
});

function stop(name: string): { goOn(): void } {
  const stopped = stopProcesses(service.pids[name]!);
  undo.push(() => stopped.goOn());
  return stopped;
}

async function send(): Promise<string> {
  const packet = { roomId, kind: 'lucky', amount: SHARES, count: SHARES, currency: 'CNY' } as const;
  return (await sender.http.sendPacket(packet)).packetId;
}

/** An open packet for everyone, of a brand, for whoever has shared something. */
async function behindATask(): Promise<string> {
  const brand = await Brand.found(service.url);
  const campaignId = await brand.campaign();
  const gates = [{ kind: 'task', taskId: 'share', title: 'share it' }];
  const dropId = await brand.drop(campaignId, { gates });
  await brand.post(`/campaigns/${campaignId}/schedule`);
  return (await brand.opened(campaignId, dropId)).packetId!;
}

const memory = () =>
  ['gateway', 'worker', 'redis'].map((name) => `${name} ${residentMb(service.pids[name]!)} MB`).join(', ');

const ask = (client: HongbaoClient, packetId: string) => client.ask('packet:grab', { packetId });

/** What each of them has won by now, a fen a share. */
let owed: number[] = [];
const allAreSettled = async () => {
  for (const [k, person] of people.entries())
    await until(
      `${person.userId} is paid`,
      async () => (await availableOf(person)) === owed[k],
      HEALED_MS_MAX,
    );
};

describe('while a part is away', () => {
  it('Postgres: grabs win until the outbox holds what it may, then they are busy, and winners are told what they won', async () => {
    const packetIds: string[] = [];
    for (let k = 0; k < PACKETS; k += 1) packetIds.push(await send());
    // Each is known to the gateway, as after its first tap.
    for (const packetId of packetIds) await ask(clients[0]!, packetId);
    owed[0]! += PACKETS;
    await allAreSettled();
    const before = memory();

    const postgres = stop('postgres');
    const results: GrabResult<number>[][] = [packetIds.map(() => ({ outcome: 'won', amount: 1 }))];
    // One grab for a packet at a time, so that each is an entry of its own.
    for (const client of clients.slice(1))
      results.push(await Promise.all(packetIds.map((packetId) => ask(client, packetId))));
    const during = memory();
    const bySlot = new Map<number, number>();
    for (const packetId of packetIds)
      bySlot.set(slotOf(packetId), (bySlot.get(slotOf(packetId)) ?? 0) + PEOPLE - 1);
    const expected = [...bySlot.values()].reduce((sum, tried) => sum + Math.min(tried, BACKLOG_MAX), 0);
    const late = results.slice(1).flat();
    expect(late.filter(({ outcome }) => outcome === 'won')).toHaveLength(expected);
    const busy = late.filter(({ outcome }) => outcome === 'busy');
    expect(busy).toHaveLength(PACKETS * (PEOPLE - 1) - expected);
    expect(Math.min(...busy.map(({ retryAfterMs }) => retryAfterMs!))).toBeGreaterThanOrEqual(1_000);
    expect(await ask(clients[0]!, packetIds[0]!)).toMatchObject({ outcome: 'already', amount: 1 });
    console.log(
      `Postgres away: ${late.length} grabs, ${expected} won, ${busy.length} busy; before ${before}; during ${during}`,
    );

    postgres.goOn();
    await until(
      'whoever was busy wins',
      async () => {
        const again = await Promise.all(
          clients.flatMap((client) => packetIds.map((packetId) => ask(client, packetId))),
        );
        return again.every(({ amount }) => amount === 1);
      },
      HEALED_MS_MAX,
    );
    owed = owed.map((had, k) => had + (k === 0 ? 0 : PACKETS));
    await allAreSettled();
    expect(await auditOf(service.env)).toMatchObject({ ok: true, broken: [] });
    console.log(`healed: ${memory()}`);
  }, 300_000);

  it('Redis: everyone is told busy within the deadline of a call, nobody waits in line, and no request is an error of ours', async () => {
    const packetId = await send();
    await ask(clients[0]!, packetId);
    const gated = await behindATask();
    expect(await ask(clients[3]!, gated)).toMatchObject({ outcome: 'not_eligible', reason: 'task' });
    const before = memory();
    const redis = stop('redis');
    const timed = async <T>(asked: Promise<T>) => {
      const beganMs = performance.now();
      return { answer: await asked, tookMs: performance.now() - beganMs };
    };
    const firstAll = clients.slice(1).map((client) => timed(ask(client, packetId)));
    const clock = clients[1]!.ask('clock:sync', {}).catch((error: unknown) => error);
    const unknown = ask(clients[2]!, '0f8fad5b-d9cb-469f-a165-708677289501');
    // Whether the task was done stands in Redis, too.
    const untold = ask(clients[3]!, gated);
    const first = await Promise.all(firstAll);
    expect(new Set(first.map(({ answer }) => answer.outcome))).toEqual(new Set(['busy']));
    expect(await clock).toMatchObject({ code: 'busy', options: { retryAfterMs: 1_000 } });
    expect(await unknown).toMatchObject({ outcome: 'busy' });
    expect(await untold).toMatchObject({ outcome: 'busy' });
    // One asks whether it is back; the others are not made to wait for that.
    const second = await Promise.all(clients.slice(1).map((client) => timed(ask(client, packetId))));
    const quick = second.filter(({ tookMs }) => tookMs < STORE_DEADLINE_MS / 2);
    expect(quick.length).toBeGreaterThanOrEqual(second.length - 2);
    console.log(`Redis away: ${first.length * 2} grabs busy; before ${before}; during ${memory()}`);
    redis.goOn();
    await until(
      'all have won',
      async () =>
        (await Promise.all(clients.map((client) => ask(client, packetId)))).every(
          ({ amount }) => amount === 1,
        ),
      HEALED_MS_MAX,
    );
    owed = owed.map((had) => had + 1);
    await allAreSettled();
  }, 100_000);

  it('the worker: winners are told at once and paid when it goes on', async () => {
    const packetId = await send();
    const worker = stop('worker');
    const results = await Promise.all(clients.map((client) => ask(client, packetId)));
    expect(results.every(({ outcome }) => outcome === 'won')).toBe(true);
    expect(await Promise.all(people.map(availableOf))).toEqual(owed);
    console.log(`worker away: ${memory()}`);
    worker.goOn();
    owed = owed.map((had) => had + 1);
    await allAreSettled();
    expect(await auditOf(service.env)).toMatchObject({ ok: true, broken: [] });
  });
});
