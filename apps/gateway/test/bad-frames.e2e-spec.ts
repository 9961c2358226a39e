import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { HongbaoClient } from '@app/client';
import { fundedRoom, RawSocket, signIn, until, type TestPerson } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';
import { BROKEN_WEBSOCKET, CLOSING, ODD_BUT_RIGHT, REFUSED, SILENT } from './bad-frames.js';

const { url } = serviceUnderTest();
const CONNECT_MS_MAX = 10_000;
const SHARES = 7;

let person: TestPerson;
let witness: HongbaoClient;
let packetId: string;
let roomId: string;
let silent: RawSocket;
let startedAt: string[];
let before: unknown;
const open: RawSocket[] = [];

beforeAll(async () => {
  silent = await RawSocket.open(url);
  startedAt = await startsOfProcesses();
  person = await signIn(url, 'raw');
  roomId = await fundedRoom(person, [], 100);
  witness = await person.connect();
  await witness.joinRoom(roomId);
  const packet = { roomId, kind: 'lucky', amount: 100, count: SHARES, currency: 'CNY' } as const;
  ({ packetId } = await person.http.sendPacket(packet));
  expect(await witness.grab(packetId)).toMatchObject({ outcome: 'won' });
  await until('it is settled', async () => (await person.http.claims(packetId))[0]?.settled);
  before = await state();
});
afterEach(() => {
  for (const raw of open.splice(0)) raw.end();
});
afterAll(() => {
  witness.close();
  silent.end();
});

/** Of gateway, api and worker, from the metrics: it moves when a process is started again. */
async function startsOfProcesses(): Promise<string[]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text.match(/^process_start_time_seconds.*$/gm) ?? [];
}

async function signedIn(): Promise<RawSocket> {
  const raw = await RawSocket.signedIn(url, person.token);
  open.push(raw);
  return raw;
}

/** Everything a bad frame could have moved. */
async function state(): Promise<unknown> {
  const { http } = person;
  const [wallet, packet, messages] = await Promise.all([
    http.wallet(),
    http.packet(packetId),
    witness.joinRoom(roomId).then(({ messages: said, packets }) => ({ said, packets })),
  ]);
  return { wallet, packet, messages };
}

/** Sends, and a good request behind it; gives what was answered to the first. */
async function answersTo(raw: RawSocket, send: (raw: RawSocket) => unknown): Promise<string[]> {
  await send(raw);
  raw.say('4299["clock:sync",{}]');
  await raw.until('answered or closed', () => raw.closed || raw.acksOf(99).length > 0);
  return raw.answers.filter((text) => !text.startsWith('4399['));
}

const inIt = (frame: string) => frame.replaceAll('<packet>', packetId).replaceAll('<room>', roomId);

describe('a request that no client of ours would send', () => {
  it.each(REFUSED)('%s: one answer, invalid_request', async (_what, frame) => {
    const raw = await signedIn();
    const answers = await answersTo(raw, () => raw.say(inIt(frame)));
    expect(answers).toHaveLength(1);
    expect(answers[0]).toContain('"code":"invalid_request"');
    expect(answers[0]).not.toMatch(/node_modules|\bat .*\.js|stack/);
    expect(raw.closed).toBe(false);
  });

  it('an ack id of 10^20 is answered under it, and one of 10^25 once', async () => {
    const raw = await signedIn();
    for (const id of [`1${'0'.repeat(20)}`, `1${'0'.repeat(25)}`])
      raw.say(`42${id}["packet:grab",{"packetId":"${packetId}"}]`);
    await raw.until('both are answered', () => raw.answers.length === 2);
    expect(raw.answers[0]).toMatch(/^43100000000000000000000\[\{"outcome":"already"/);
    expect(raw.answers[1]).toContain('"outcome":"already"');
  });
});

describe('a packet that Socket.IO or Engine.IO would not send', () => {
  it.each(CLOSING)('%s closes the connection, and nobody else notices', async (_what, frame) => {
    const raw = await signedIn();
    expect(await answersTo(raw, () => raw.say(inIt(frame)))).toEqual([]);
    expect(raw.closed).toBe(true);
  });

  it.each(SILENT)('%s is not answered, and the connection goes on', async (_what, frame) => {
    const raw = await signedIn();
    const answers = await answersTo(raw, () => raw.say(frame));
    expect([answers, raw.closed]).toEqual([[], false]);
  });
});

describe('a frame that WebSocket forbids', () => {
  it.each(BROKEN_WEBSOCKET)('%s closes the connection with %d', async (_what, code, bytes) => {
    const raw = await signedIn();
    const answers = await answersTo(raw, () => raw.write(bytes(packetId)));
    expect(answers).toEqual([]);
    await raw.until('closed', () => raw.closed);
    expect(raw.closeCode).toBe(code);
    expect((await witness.ask('clock:sync', {})).serverTimeMs).toBeGreaterThan(0);
  });
});

describe('a grab in a form that is odd and right', () => {
  it.each(ODD_BUT_RIGHT)('%s is answered once', async (what, pieces) => {
    const raw = await signedIn();
    const expected = what.startsWith('a hundred') ? 100 : 1;
    for (const piece of pieces(packetId)) raw.write(piece);
    await raw.until('answered', () => raw.answers.length === expected);
    const answers = await answersTo(raw, () => undefined);
    expect(answers).toHaveLength(expected);
    for (const answer of answers) expect(answer).toContain('"outcome":"already"');
  });

  it('split at every byte, the second half when the first has been read, each is answered once', async () => {
    const [raw, other] = [await signedIn(), await signedIn()];
    const whole = ODD_BUT_RIGHT[0]![1](packetId)[0]!;
    for (let at = 1; at < whole.length; at += 1) {
      raw.write(whole.subarray(0, at));
      const before = other.acksOf(at).length;
      other.say(`42${at}["nothing",{}]`);
      await other.until('the gateway has read on', () => other.acksOf(at).length > before);
      raw.write(whole.subarray(at));
      await raw.until('answered', () => raw.answers.length === at);
    }
    expect(raw.answers).toHaveLength(whole.length - 1);
    expect(raw.answers.every((text) => text.includes('"outcome":"already"'))).toBe(true);
  });
});

describe('signing in', () => {
  it('no token, and a bad one, are refused with unauthorized, and a second try on the same connection closes it', async () => {
    for (const auth of ['', '{}', '{"token":"x"}', '{"token":5}', '{"token":null}', '{"token":{"$ne":1}}']) {
      const raw = await RawSocket.open(url);
      open.push(raw);
      raw.say(`40${auth}`);
      await raw.until('refused', () => raw.answers.length > 0);
      expect(raw.answers[0]).toContain('"message":"unauthorized"');
      raw.say(`40${JSON.stringify({ token: person.token })}`);
      await raw.until('closed', () => raw.closed);
      expect(raw.answers).toHaveLength(1);
    }
  });

  it('fifty times at once on one connection closes it: it never counts as fifty people online', async () => {
    const raw = await RawSocket.open(url);
    open.push(raw);
    const connectedBefore = await socketsConnected();
    for (let k = 0; k < 50; k += 1) raw.say(`40${JSON.stringify({ token: person.token })}`);
    await raw.until('closed', () => raw.closed);
    expect(raw.messages.filter((text) => text.startsWith('40')).length).toBeLessThanOrEqual(1);
    expect(await socketsConnected()).toBeLessThanOrEqual(connectedBefore + 1);
  });

  it('coming and going on one connection is closed after a few times', async () => {
    const raw = await signedIn();
    for (let k = 0; k < 10; k += 1)
      raw.say(k % 2 === 0 ? '41' : `40${JSON.stringify({ token: person.token })}`);
    await raw.until('closed', () => raw.closed);
  });

  it('an unknown namespace is refused, and closes nothing that is open', async () => {
    const raw = await signedIn();
    raw.say('40/admin,{}');
    await raw.until('refused', () => raw.answers.length > 0);
    expect(raw.answers).toEqual(['44/admin,{"message":"Invalid namespace"}']);
    expect(await answersTo(raw, () => raw.messages.splice(0))).toEqual([]);
  });

  it.each([
    ['a request', '421["packet:grab",{}]'],
    ['a request to another namespace', '42/admin,1["packet:grab",{}]'],
    ['an acknowledgement', '431[{}]'],
    ['a goodbye', '41'],
  ])('%s before it closes the connection', async (_what, frame) => {
    const raw = await RawSocket.open(url);
    open.push(raw);
    raw.say(frame);
    await raw.until('closed', () => raw.closed);
    expect(raw.answers).toEqual([]);
  });

  it('a page of a foreign origin is refused; our own page is not', async () => {
    const refusalOf = (origin: string) =>
      new Promise<string | undefined>((resolve) => {
        const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
          origin,
        });
        socket.on('open', () => {
          socket.terminate();
          resolve(undefined);
        });
        socket.on('unexpected-response', (_request, response) => {
          response.on('data', (chunk: Buffer) => resolve(chunk.toString()));
        });
        socket.on('error', () => undefined);
      });
    expect(await refusalOf('https://evil.example')).toBe('origin_refused');
    expect(await refusalOf(url)).toBeUndefined();
  });
});

describe('at the end of all that', () => {
  it('who never signed in was let go', async () => {
    await silent.until('closed', () => silent.closed, 2 * CONNECT_MS_MAX);
  });

  it('every process runs on, and nobody’s money, packet, room or message has changed', async () => {
    expect(await startsOfProcesses()).toEqual(startedAt);
    expect(await state()).toEqual(before);
    expect(await person.http.packet(packetId)).toMatchObject({
      state: 'open',
      remaining: { count: SHARES - 1 },
    });
  });
});

async function socketsConnected(): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^hongbao_sockets_connected\S* (\d+)/m.exec(text)?.[1]);
}
