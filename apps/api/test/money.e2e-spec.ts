import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { availableOf, fundedRoom, signIn, until, type TestPerson } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';

const { url } = serviceUnderTest();

/** A call as any client makes it, with whatever body. */
async function call(
  person: TestPerson | undefined,
  method: string,
  path: string,
  body?: unknown,
  headers: object = {},
) {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      ...(person ? { authorization: `Bearer ${person.token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: text ? JSON.parse(text) : undefined,
  };
}

const keyed = (key: string = randomUUID()) => ({ 'idempotency-key': key });

async function senderWith(amount: number) {
  const sender = await signIn(url, 'sender');
  const roomId = await fundedRoom(sender, [], amount);
  const packet = (change: object = {}) => ({
    roomId,
    kind: 'lucky',
    amount: 100,
    count: 10,
    currency: 'CNY',
    ...change,
  });
  return { sender, roomId, packet };
}

describe('POST /packets', () => {
  it('makes one of 50 packets sent at once from a balance that covers one', async () => {
    const { sender, packet } = await senderWith(100);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => call(sender, 'POST', '/packets', packet(), keyed())),
    );
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    const refused = answers.filter((answer) => answer.status !== 201);
    expect(refused.map((answer) => answer.body.code)).toEqual(
      Array.from({ length: 49 }, () => 'insufficient_funds'),
    );
    expect((await sender.http.wallet()).balances).toEqual([{ currency: 'CNY', available: 0, held: 100 }]);
  });

  it('gives the first answer to the same key, at once and in turn, and refuses another body under it', async () => {
    const { sender, packet } = await senderWith(1_000);
    const key = keyed();
    const twice = await Promise.all([1, 2].map(() => call(sender, 'POST', '/packets', packet(), key)));
    const later = await call(sender, 'POST', '/packets', packet(), key);
    expect(twice.map((answer) => answer.status)).toEqual([201, 201]);
    expect(new Set([...twice, later].map((answer) => answer.body.packetId)).size).toBe(1);
    expect(later.body).toEqual(twice[0]!.body);
    const other = await call(sender, 'POST', '/packets', packet({ amount: 101 }), key);
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_conflict']);
    expect(await availableOf(sender)).toBe(900);
    const none = await call(sender, 'POST', '/packets', packet());
    expect([none.status, none.body.code]).toEqual([400, 'idempotency_key_missing']);
  });

  it('takes one of two bodies that come under the same key at once', async () => {
    const { sender, packet } = await senderWith(1_000);
    const key = keyed();
    const answers = await Promise.all(
      [100, 101, 102, 103].map((amount) => call(sender, 'POST', '/packets', packet({ amount }), key)),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(made).toHaveLength(1);
    expect(answers.filter(({ status }) => status !== 201).map(({ body }) => body.code)).toEqual(
      Array.from({ length: 3 }, () => 'idempotency_conflict'),
    );
    expect(await availableOf(sender)).toBe(1_000 - made[0]!.body.amount);
  });

  it.each([
    [{ amount: 11, count: 10 }, 201],
    [{ amount: 1, count: 1 }, 201],
    [{ amount: 2_000, count: 100 }, 201],
    [{ kind: 'fixed', amount: 100, count: 4 }, 201],
    [{ kind: 'fixed', amount: 100, count: 3 }, 'amount_not_divisible'],
    [{ count: 101, amount: 2_000 }, 'too_many_shares'],
    [{ amount: 9, count: 10 }, 'share_out_of_range'],
    [{ amount: 20_001, count: 1 }, 'share_out_of_range'],
    [{ currency: 'XXX' }, 'unsupported_currency'],
    [{ expiresInSeconds: 9 }, 'invalid_request'],
    [{ expiresInSeconds: 259_201 }, 'invalid_request'],
    [{ gates: [{ kind: 'task', taskId: 'x' }] }, 'gates_not_offered'],
    [{ gates: [{ kind: 'password', phrase: '\u200b ' }] }, 'invalid_request'],
    [
      {
        gates: [
          { kind: 'password', phrase: 'x' },
          { kind: 'password', phrase: 'y' },
        ],
      },
      'invalid_request',
    ],
    [{ coverId: randomUUID() }, 'cover_not_found'],
    [{ tenantId: 'other' }, 'invalid_request'],
    [{ greeting: 'a\0b' }, 'invalid_request'],
    [{ greeting: 'a\ud800b' }, 'invalid_request'],
    [{ onlyUserIds: ['a:b'] }, 'invalid_request'],
    ...[0, -1, 1.5, '10', 1e21, 2 ** 53, null, '0x10', [1], { $gt: 0 }].map((amount) => [
      { amount },
      'invalid_request',
    ]),
    ...[0, -1, 1.5, 1e9, '3', null].map((count) => [
      { count },
      count === 1e9 ? 'too_many_shares' : 'invalid_request',
    ]),
  ] as [object, number | string][])('%j is answered with %s', async (change, expected) => {
    const { sender, packet } = await senderWith(20_001);
    const answer = await call(sender, 'POST', '/packets', packet(change), keyed());
    if (expected === 201) {
      expect(answer.status).toBe(201);
      expect(answer.body.remaining.amount).toBe(answer.body.amount);
    } else {
      expect(answer.body.code).toBe(expected);
      expect(answer.type).toContain('application/problem+json');
      expect(await availableOf(sender)).toBe(20_001);
    }
  });

  it('pays the only share of a packet of one fen to whoever grabs it, and the sender may grab too', async () => {
    const { sender, packet } = await senderWith(1);
    const { packetId } = await sender.http.sendPacket(packet({ amount: 1, count: 1 }) as never);
    const grab = await call(sender, 'POST', `/packets/${packetId}/grabs`, {});
    expect(grab.body).toEqual({ outcome: 'won', amount: 1, ordinal: 1, currency: 'CNY' });
    await until('the packet is closed', async () => (await sender.http.packet(packetId)).refunded === 0);
    expect(await sender.http.packet(packetId)).toMatchObject({
      state: 'finished',
      bestLuck: { userId: sender.userId },
    });
  });

  it('shares a fixed packet equally, and crowns nobody', async () => {
    const { sender, roomId, packet } = await senderWith(30);
    const others = await Promise.all([signIn(url), signIn(url)]);
    await sender.http.addMembers(
      roomId,
      others.map((person) => person.userId),
    );
    const { packetId } = await sender.http.sendPacket(
      packet({ kind: 'fixed', amount: 30, count: 3 }) as never,
    );
    for (const person of [sender, ...others]) {
      expect((await call(person, 'POST', `/packets/${packetId}/grabs`, {})).body).toMatchObject({
        outcome: 'won',
        amount: 10,
      });
    }
    const second = await call(sender, 'GET', `/packets/${packetId}/claims?limit=1&cursor=1`);
    expect(second.body).toMatchObject([{ ordinal: 2, amount: 10 }]);
    // Further than any ordinal, and than the column's type.
    const beyond = await call(sender, 'GET', `/packets/${packetId}/claims?cursor=8000000000`);
    expect([beyond.status, beyond.body]).toEqual([200, []]);
    await until('the packet is closed', async () => (await sender.http.packet(packetId)).refunded === 0);
    expect((await sender.http.packet(packetId)).bestLuck).toBeUndefined();
    expect((await sender.http.claims(packetId)).some((claim) => claim.bestLuck)).toBe(false);
  });
});

describe('the grab rules by HTTP', () => {
  it('a stranger to the room sees no packet; a member left out of an exclusive one is told why', async () => {
    const { sender, roomId, packet } = await senderWith(100);
    const [named, leftOut, stranger] = await Promise.all([signIn(url), signIn(url), signIn(url)]);
    await sender.http.addMembers(roomId, [named.userId, leftOut.userId]);
    const { packetId } = await sender.http.sendPacket(packet({ onlyUserIds: [named.userId] }) as never);
    const grab = async (person: TestPerson, id = packetId) =>
      call(person, 'POST', `/packets/${id}/grabs`, {});
    for (const path of ['', '/claims', '/proof']) {
      expect((await call(stranger, 'GET', `/packets/${packetId}${path}`)).status).toBe(404);
    }
    expect((await grab(stranger)).body.code).toBe('not_found');
    expect((await grab(named, randomUUID())).body.code).toBe('not_found');
    expect((await grab(leftOut)).body).toMatchObject({ outcome: 'not_eligible', reason: 'members' });
    expect((await grab(named)).body.outcome).toBe('won');
    expect((await grab(named)).body.outcome).toBe('already');
    expect((await call(named, 'GET', `/packets/${packetId}/proof`)).body.code).toBe('not_closed');
  });
});

describe('history', () => {
  it('shows what was sent and received in a year, with totals', async () => {
    const { sender, roomId, packet } = await senderWith(300);
    const winner = await signIn(url);
    await sender.http.addMembers(roomId, [winner.userId]);
    for (const amount of [100, 200]) {
      const { packetId } = await sender.http.sendPacket(
        packet({ amount, count: 1, greeting: `恭喜 ${amount}` }) as never,
      );
      await call(winner, 'POST', `/packets/${packetId}/grabs`, {});
    }
    await until('both are settled', async () => (await availableOf(winner)) === 300);
    const year = new Date().getFullYear();
    const received = await call(winner, 'GET', `/me/packets?direction=received&year=${year}`);
    expect(received.body.totals).toMatchObject([{ currency: 'CNY', count: 2, amount: 300 }]);
    expect(received.body.items).toMatchObject([
      { amount: 200, senderId: sender.userId, greeting: '恭喜 200' },
      { amount: 100 },
    ]);
    const sent = await call(sender, 'GET', `/me/packets?direction=sent&year=${year}&limit=1`);
    expect(sent.body.totals).toMatchObject([{ currency: 'CNY', count: 2, amount: 300, refunded: 0 }]);
    expect(sent.body.items).toHaveLength(1);
    const rest = await call(
      sender,
      'GET',
      `/me/packets?direction=sent&year=${year}&limit=1&cursor=${sent.body.nextCursor}`,
    );
    expect(rest.body.items).toMatchObject([{ amount: 100, count: 1 }]);
    expect((await call(sender, 'GET', `/me/packets?direction=sent&year=${year - 1}`)).body).toEqual({
      items: [],
      totals: [],
    });
  });
});

describe('bad requests', () => {
  it.each([
    ['no token', undefined, 'GET', '/wallet', undefined, 401, 'unauthorized'],
    ['broken JSON', 'user', 'POST', '/rooms', '{"name":', 400, 'invalid_request'],
    [
      'a body of 200 KB',
      'user',
      'POST',
      '/rooms',
      JSON.stringify({ name: 'x'.repeat(200_000) }),
      413,
      'payload_too_large',
    ],
    ['an unknown path', 'user', 'GET', '/nothing', undefined, 404, 'not_found'],
    ['an id that is none', 'user', 'GET', '/packets/1%00{}*', undefined, 400, 'invalid_request'],
    ['a limit of 101', 'user', 'GET', '/wallet/entries?limit=101', undefined, 400, 'invalid_request'],
    ['a cursor of ours', 'user', 'GET', '/wallet/entries?cursor=-1', undefined, 400, 'invalid_request'],
    ['__proto__', 'user', 'POST', '/rooms', '{"__proto__":{"name":"x"}}', 400, 'invalid_request'],
  ] as const)('%s', async (_what, who, method, path, body, status, code) => {
    const answer = await call(who && (await signIn(url)), method, path, body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|at .*\.js/);
  });

  it.each(['eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4IiwiZXhwIjo5OTk5OTk5OTk5fQ.', 'x', 'a.b.c'])(
    'token %s is refused',
    async (token) => {
      const response = await fetch(`${url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });
      expect(response.status).toBe(401);
    },
  );
});

describe('what people type', () => {
  it('is stored as typed', async () => {
    const { sender, packet } = await senderWith(100);
    const greeting = `<img src=x onerror=alert(1)>'; DROP TABLE packets; -- =1+1 🧧`;
    const { packetId } = await sender.http.sendPacket(packet({ greeting }) as never);
    expect((await sender.http.packet(packetId)).greeting).toBe(greeting);
  });
});
