import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { availableOf, fundedRoom, RawSocket, signIn, signInMany, until, type TestPerson } from '@app/testing';
import type { Service } from '../../launcher/src/service.js';
import { hugeBody, knock, p99Of, post, slowHeaders, type Answer } from './floods.js';
import { ownService, type OwnService } from './own-service.js';
import { steadyPerson, type SteadyPerson, type Waits } from './steady-person.js';
import { residentMb } from './stopped-processes.js';

/** In ten seconds from one address; a person who comes in by another one is not meant. */
const CONNECTIONS_MAX = 60;
/** HTTP requests of a person in ten seconds, unless it is set otherwise. */
const REQUESTS_MAX = 400;
/** On a machine on which other tests run. */
const WORSE_MS_MAX = 250;
const SHARES = 100;
/** For the table of decision 0017. */
const AT_ONCE = process.env['FLOODS_AT_ONCE'];

let own: OwnService;
let service: Service;
let people: TestPerson[];
let packetId: string;
let person: SteadyPerson;
let calm: Waits;
const slow: { ended: Promise<number> }[] = [];
const undo: (() => void)[] = [];

beforeAll(async () => {
  own = await ownService('floods', {
    ADDRESS_CONNECTIONS_PER_10_SECONDS: String(CONNECTIONS_MAX),
    ...(AT_ONCE === undefined ? {} : { USER_REQUESTS_AT_ONCE: AT_ONCE }),
  });
  service = await own.start();
  const sender = await signIn(service.url, 'sender');
  people = await signInMany(service.url, 4, 'grabber');
  const roomId = await fundedRoom(sender, people, SHARES);
  const packet = { roomId, kind: 'lucky', amount: SHARES, count: SHARES, currency: 'CNY' } as const;
  packetId = (await sender.http.sendPacket(packet)).packetId;
  const client = await people[0]!.connect();
  expect(await client.ask('packet:grab', { packetId })).toMatchObject({ outcome: 'won' });
  client.close();
  await until('the share is paid', async () => (await availableOf(people[0]!)) === 1);
  person = await steadyPerson(service.url, people[0]!, packetId);
  calm = await person.waitsDuring(() => new Promise((resolve) => setTimeout(resolve, 1_500)));
  for (let k = 0; k < 50; k += 1) slow.push(slowHeaders(service.url));
});
afterEach(() => {
  for (const step of undo.splice(0)) step();
});
afterAll(async () => {
  person.leave();
  await service.stop();
  own.remove();
});

const memory = () =>
  ['gateway', 'worker', 'redis'].map((name) => `${name} ${residentMb(service.pids[name]!)} MB`).join(', ');

/** That all were answered, and none refused, is what the person sees to. How long they waited is for reading; the bound is for what is grossly wrong. */
const say = (what: string, seen: Waits) => {
  const of = (name: keyof Waits) => {
    const [during, before] = [p99Of(seen[name]), p99Of(calm[name])];
    expect(during).toBeLessThan(before + WORSE_MS_MAX);
    return `${name} p99 ${Math.round(during)} ms of ${seen[name].length}, before ${Math.round(before)} of ${calm[name].length}`;
  };
  console.log(`${what}: of a person who behaves, ${of('grabs')}; ${of('wallets')}`);
};

describe('while somebody floods, another person waits no longer and is refused nothing', () => {
  it('with 100 connections a second from one address: beyond the limit they are refused, and nobody else is', async () => {
    const knocks: Awaited<ReturnType<typeof knock>>[] = [];
    const seen = await person.waitsDuring(async () => {
      for (let k = 0; k < 20; k += 1) {
        knocks.push(...(await Promise.all(Array.from({ length: 10 }, () => knock(service.url)))));
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    });
    const taken = knocks.filter(({ status }) => status === 101);
    for (const { socket } of taken) socket.destroy();
    expect(taken.length).toBeLessThanOrEqual(2 * CONNECTIONS_MAX);
    expect(taken.length).toBeGreaterThanOrEqual(CONNECTIONS_MAX);
    expect(knocks.filter(({ text }) => text.endsWith('rate_limited'))).toHaveLength(200 - taken.length);
    say(`200 connections in 2 s, ${taken.length} taken`, seen);
  });

  it('with 1,000 rooms of one person: as many as their limit allows, then rate_limited', async () => {
    const answers: Answer[] = [];
    const beganMs = performance.now();
    const seen = await person.waitsDuring(async () => {
      const body = { name: 'flood' };
      const rooms = Array.from({ length: 1_000 }, () =>
        post(`${service.url}/api/v1/rooms`, people[1]!.token, body),
      );
      answers.push(...(await Promise.all(rooms)));
    });
    const refused = answers.filter(({ status }) => status === 429);
    const made = answers.filter(({ status }) => status === 201);
    expect(refused.length + made.length).toBe(1_000);
    const windows = 1 + Math.ceil((performance.now() - beganMs) / 10_000);
    expect(made.length).toBeLessThanOrEqual(REQUESTS_MAX * windows);
    for (const { text } of refused) expect(JSON.parse(text)).toMatchObject({ code: 'rate_limited' });
    say(`1,000 rooms, ${refused.length} refused`, seen);
  });

  it('with 500 events a second from one socket: each has one answer, and they are told to wait', async () => {
    const raw = await RawSocket.signedIn(service.url, people[2]!.token);
    undo.push(() => raw.end());
    const seen = await person.waitsDuring(async () => {
      for (let k = 0; k < 1_000; k += 1) {
        const isGrab = k % 2 === 0;
        raw.say(`42${k}${isGrab ? `["packet:grab",{"packetId":"${packetId}"}]` : '["clock:sync",{}]'}`);
        if (k % 25 === 24) await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await raw.until('all are answered', () => raw.answers.length >= 1_000);
    });
    expect(raw.answers).toHaveLength(1_000);
    expect(new Set(raw.answers.map((text) => text.slice(0, text.indexOf('[')))).size).toBe(1_000);
    const limited = raw.answers.filter((text) => /"outcome":"busy"|"code":"rate_limited"/.test(text));
    expect(limited.length).toBeGreaterThan(0);
    expect(raw.closed).toBe(false);
    say(`1,000 events in 2 s, ${limited.length} told to wait`, seen);
  });

  it('with bodies of 100 MB: refused by the first of it, and nothing of it is kept', async () => {
    const before = memory();
    const answers: Awaited<ReturnType<typeof hugeBody>>[] = [];
    const seen = await person.waitsDuring(async () => {
      for (const chunked of [false, true])
        for (let k = 0; k < 3; k += 1)
          answers.push(await hugeBody(service.url, { token: people[3]!.token, bytes: 100_000_000, chunked }));
    });
    for (const { text, status } of answers) {
      expect(status).toBe(413);
      expect(text).toContain('"code":"payload_too_large"');
      expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    }
    say(
      `${answers.map(({ sent }) => Math.round(sent / 1_000_000)).join(', ')} MB sent of 100; ${before} → ${memory()}`,
      seen,
    );
  });

  it('with fifty clients that never finish their headers: each is told so in the end', async () => {
    const statuses: number[] = [];
    const seen = await person.waitsDuring(async () =>
      statuses.push(...(await Promise.all(slow.map(({ ended }) => ended)))),
    );
    expect(new Set(statuses)).toEqual(new Set([408]));
    say('50 slow headers', seen);
  });
});
