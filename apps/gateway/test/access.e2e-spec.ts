import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { SignJWT } from 'jose';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient } from '@app/client';
import type { Problem } from '@app/contracts';
import { fundedRoom, RawSocket, signIn, until, type TestPerson } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';

const { url, env } = serviceUnderTest();
const nowSeconds = () => Math.floor(Date.now() / 1_000);
/** Of the settings: so long after its end a token still counts. */
const TOLERANCE_SECONDS = 5;
const TOLD = '42["request:refused",{"error":{"code":"unauthorized"';

const open: RawSocket[] = [];
let operator: string;
beforeAll(async () => {
  const userId = `op-${randomUUID().slice(0, 8)}`;
  operator = (await new HttpClient({ url }).devToken({ userId, role: 'operator' })).token;
});
afterEach(() => {
  for (const raw of open.splice(0)) raw.end();
});

/** As a host app signs it. */
function tokenOf(userId: string, claims: { iat?: number; exp?: number; jti?: string } = {}): Promise<string> {
  const { iat = nowSeconds(), exp = nowSeconds() + 3_600, jti } = claims;
  return new SignJWT({ sub: userId, iss: 'hongbao', aud: 'hongbao', iat, exp, ...(jti ? { jti } : {}) })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(env.JWT_SECRET));
}

async function connect(): Promise<RawSocket> {
  const raw = await RawSocket.open(url);
  open.push(raw);
  return raw;
}

async function inWith(token: string): Promise<RawSocket> {
  const raw = await connect();
  expect(await raw.comeIn({ token })).toHaveProperty('sid');
  return raw;
}

const refusalOf = async (auth: object) => (await (await connect()).comeIn(auth)).refused;

async function http(token: string | undefined, path: string, body?: object) {
  const response = await fetch(`${url}/api/v1${path}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: (await response.json()) as Problem & Record<string, unknown> };
}

const isServed = async (raw: RawSocket) => {
  const before = raw.messages.length;
  raw.say('429["clock:sync",{}]');
  await until('an answer', () => raw.messages.slice(before).some((frame) => frame.startsWith('439')));
};

const isOut = (raw: RawSocket) =>
  until('it is told and closed', () => raw.closed && raw.messages.some((frame) => frame.startsWith(TOLD)));

/** A connection that sends a piece of a header and no more: what it was told, and after how long it was closed. */
function slowHeaders(): Promise<{ told: string; afterMs: number }> {
  const beganMs = performance.now();
  return new Promise((resolve, reject) => {
    let told = '';
    const socket = connectTcp(Number(new URL(url).port), '127.0.0.1', () => {
      socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    });
    socket.on('data', (chunk) => (told += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve({ told, afterMs: performance.now() - beganMs }));
  });
}
// Begun here and looked at in the end: it takes ten seconds of the server's patience, in which the others run.
const slow = slowHeaders();

describe('a token that runs out while its socket is connected', () => {
  it('ends it with a word, and grabs on the hot lane with it', async () => {
    const sender = await signIn(url, 'sender');
    const userId = `u-${randomUUID().slice(0, 8)}`;
    const roomId = await fundedRoom(sender, [{ userId } as TestPerson], 100);
    const { packetId } = await sender.http.sendPacket({
      ...{ roomId, kind: 'lucky', amount: 100, count: 10, currency: 'CNY' },
    });
    // In whole seconds, and good for between one and two from now.
    const exp = nowSeconds() + 2 - TOLERANCE_SECONDS;
    const raw = await inWith(await tokenOf(userId, { exp }));
    let asked = 0;
    await until('it is told and closed', () => {
      if (raw.closed) return true;
      asked += 1;
      raw.say(`42${asked}["packet:grab",{"packetId":"${packetId}"}]`);
      return false;
    });
    expect(Date.now()).toBeGreaterThanOrEqual((exp + TOLERANCE_SECONDS) * 1_000);
    const answers = raw.messages.filter((frame) => frame.startsWith('43'));
    expect(answers.length).toBeGreaterThan(10);
    const refused = raw.messages.filter((frame) => frame.includes('"code":"unauthorized"'));
    expect(refused).toHaveLength(1);
    // After it comes only Socket.IO's own goodbye.
    expect(raw.messages.filter((frame) => frame !== '41').at(-1)).toBe(refused[0]);
    expect(answers.filter((frame) => frame.includes('"won"'))).toHaveLength(1);
    expect(await refusalOf({ token: await tokenOf(userId, { exp }) })).toBe('unauthorized');
  });
});

describe('a revocation by an operator', () => {
  it('of a user ends their sockets and their tokens, and nobody else’s; a newer token is let in', async () => {
    const [userId, other] = [`u-${randomUUID().slice(0, 8)}`, `u-${randomUUID().slice(0, 8)}`];
    const old = await tokenOf(userId, { iat: nowSeconds() - 60 });
    const [first, second, bystander] = [
      await inWith(old),
      await inWith(await tokenOf(userId, { iat: nowSeconds() - 5 })),
      await inWith(await tokenOf(other, { iat: nowSeconds() - 60 })),
    ];
    const beganMs = performance.now();
    const { status, body } = await http(operator, '/revocations', { userId });
    expect([status, body.userId]).toEqual([201, userId]);
    expect((await http(old, '/me')).status).toBe(401);
    await Promise.all([isOut(first), isOut(second)]);
    console.info(`revoked: two sockets closed after ${Math.round(performance.now() - beganMs)} ms`);
    expect(await refusalOf({ token: old })).toBe('unauthorized');
    await isServed(bystander);
    const later = await tokenOf(userId, { iat: nowSeconds() + 1 });
    await isServed(await inWith(later));
    expect((await http(later, '/me')).status).toBe(200);
  });

  it('of one token by its id ends what came in by it; what was revoked is not recovered', async () => {
    const userId = `u-${randomUUID().slice(0, 8)}`;
    const jti = randomUUID();
    const [token, kept] = [await tokenOf(userId, { jti }), await tokenOf(userId, { jti: randomUUID() })];
    const raw = await connect();
    const session = await raw.comeIn({ token });
    expect(Object.keys(session)).toEqual(['sid']);
    const bystander = await inWith(kept);
    expect((await http(operator, '/revocations', { tokenId: jti })).status).toBe(201);
    await isOut(raw);
    // As a client asks for its session back: the private id that Socket.IO would have given, and the last offset.
    for (const pid of [session.sid, randomUUID()])
      expect(await refusalOf({ token, pid, offset: '0' })).toBe('unauthorized');
    expect((await http(token, '/wallet')).body.code).toBe('unauthorized');
    await isServed(bystander);
    const again = await http(operator, '/revocations', { tokenId: jti });
    expect(again.status).toBe(201);
    const list = await fetch(`${url}/api/v1/revocations?limit=100`, {
      headers: { authorization: `Bearer ${operator}` },
    });
    const all = (await list.json()) as { tokenId?: string }[];
    expect(all.filter(({ tokenId }) => tokenId === jti)).toHaveLength(1);
  });

  it.each([
    ['nothing', {}],
    ['a user and a token', { userId: 'u', tokenId: 't' }],
    ['the future, which would lock out for good', { userId: 'u', issuedBefore: '9999-01-01T00:00:00Z' }],
    ['an instant without a zone', { userId: 'u', issuedBefore: '2026-01-01T00:00:00' }],
    ['what is over already', { tokenId: 't', expiresAt: '2020-01-01T00:00:00Z' }],
    ['an id with a line break', { tokenId: 'a\nb' }],
  ])('of %s is refused', async (_what, body) => {
    const answer = await http(operator, '/revocations', body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
  });

  it('is an operator’s, and nobody else’s', async () => {
    const { token } = await new HttpClient({ url }).devToken({ userId: 'm-1', role: 'marketer' });
    for (const body of [{ userId: 'someone' }, undefined]) {
      expect((await http(token, '/revocations', body)).body.code).toBe('forbidden');
      expect((await http((await signIn(url)).token, '/revocations', body)).body.code).toBe('forbidden');
    }
  });
});

describe('the front door', () => {
  it('lets a connection try once to come in', async () => {
    const raw = await connect();
    expect(await raw.comeIn({ token: 'x' })).toEqual({ refused: 'unauthorized' });
    await until('closed', () => raw.closed);
  });

  it.each([
    '/internal/live-packets',
    '/INTERNAL/live-packets',
    '/Internal/revocations',
    '/internal/revocations',
    '//internal/live-packets',
    '/INTERNAL/metrics',
    '/internal',
  ])('does not hand on %s, whatever is accepted', async (path) => {
    const accept = { headers: { accept: 'application/json' } };
    const answer = await fetch(`${url}${path}`, accept);
    expect([answer.status, (await answer.text()).slice(0, 1)]).not.toEqual([200, '{']);
    expect(answer.status).toBe(404);
    const posted = await fetch(`${url}${path}`, { method: 'POST', ...accept });
    expect(posted.status).toBe(404);
  });

  it('refuses a body of 100 MB before any of it is sent, and hangs up on who sends on', async () => {
    const person = await signIn(url);
    const answer = await new Promise<{ status: number; body: string; closed: Promise<void> }>(
      (resolve, reject) => {
        const asked = httpRequest(`${url}/api/v1/rooms`, {
          method: 'POST',
          headers: {
            ...{ authorization: `Bearer ${person.token}`, 'content-type': 'application/json' },
            'content-length': String(100 * 1024 * 1024),
          },
        });
        const closed = new Promise<void>((done) => asked.once('close', () => done()));
        asked.on('error', reject);
        asked.on('response', (response) => {
          let body = '';
          response.on('data', (chunk: Buffer) => (body += chunk.toString()));
          response.on('end', () => {
            // The connection is cut while we still owe the body.
            asked.removeAllListeners('error').on('error', () => undefined);
            resolve({ status: response.statusCode!, body, closed });
          });
        });
        asked.flushHeaders();
      },
    );
    expect([answer.status, (JSON.parse(answer.body) as Problem).code]).toEqual([413, 'payload_too_large']);
    await answer.closed;
    expect((await http(person.token, '/me')).status).toBe(200);
  });

  it('lets go whoever is slow with headers, with a word, after 10 s', async () => {
    const { told, afterMs } = await slow;
    expect(told).toMatch(/^HTTP\/1\.1 408 /);
    expect(afterMs).toBeGreaterThan(9_000);
    // Of 12 s at most; Node's own look every 30 s would not do.
    expect(afterMs).toBeLessThan(20_000);
  });
});
