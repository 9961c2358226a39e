import { createHash, createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataSource } from 'typeorm';
import { TASK_USERS_PER_CALL_MAX, textToSign, type Problem, type TenantKeyMade } from '@app/contracts';
import { makeDataSource, readTaskUsers } from '@app/ledger';
import { signIn, type TestPerson } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';

const { url } = serviceUnderTest();
let dataSource: DataSource;

beforeAll(async () => {
  dataSource = await makeDataSource(serviceUnderTest().env.DATABASE_URL!, 2, 'tasks-test').initialize();
});
afterAll(() => dataSource.destroy());

async function answerOf(response: Response) {
  // Shapes differ by call; each test says what it expects of them.
  const body = JSON.parse(await response.text());
  return { status: response.status, body, code: (body as Problem).code };
}

async function call(person: TestPerson, method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${person.token}`, 'content-type': 'application/json' };
  return answerOf(
    await fetch(`${url}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) }),
  );
}

async function hostApp() {
  const owner = await signIn(url, 'brand');
  const { tenantId } = (await call(owner, 'POST', '/tenants', { name: 'a host app' })).body;
  const made = await call(owner, 'POST', `/tenants/${tenantId}/keys`);
  expect(made.status).toBe(201);
  return { owner, tenantId: tenantId as string, key: made.body as TenantKeyMade };
}

interface Signed {
  key: TenantKeyMade;
  body: string;
  taskId: string;
  /** What is signed and what is sent differ, where a test wants them to. */
  signedBody: string;
  signedPath: string;
  signedMethod: string;
  timestamp: string;
  headers: Record<string, string>;
}

async function complete(key: TenantKeyMade, userIds: unknown, change: Partial<Signed> = {}) {
  const { taskId = 'share', body = JSON.stringify({ userIds }) } = change;
  const path = `/api/v1/tasks/${taskId}/completions`;
  const { timestamp = String(Math.floor(Date.now() / 1_000)), signedBody = body } = change;
  const bodyHash = createHash('sha256').update(signedBody).digest('hex');
  const text = textToSign(timestamp, change.signedMethod ?? 'POST', change.signedPath ?? path, bodyHash);
  const headers = {
    'content-type': 'application/json',
    'x-hongbao-key': key.keyId,
    'x-hongbao-timestamp': timestamp,
    'x-hongbao-signature': createHmac('sha256', key.secret).update(text).digest('hex'),
    ...change.headers,
  };
  return answerOf(await fetch(`${url}${path}`, { method: 'POST', headers, body }));
}

async function doneBy(tenantId: string, taskId = 'share'): Promise<string[]> {
  const users: string[] = [];
  for await (const some of readTaskUsers(dataSource, tenantId, taskId)) users.push(...some);
  return users;
}

describe('a host app', () => {
  it('vouches for its users without a token, and may say it again', async () => {
    const { tenantId, key } = await hostApp();
    for (let k = 0; k < 2; k += 1) {
      const { status, body } = await complete(key, ['alice', 'bob', 'alice']);
      expect([status, body]).toEqual([200, { accepted: 2 }]);
    }
    expect((await complete(key, ['carol', 'bob'])).body).toEqual({ accepted: 2 });
    expect((await complete(key, ['dan'], { taskId: 'follow' })).body).toEqual({ accepted: 1 });
    expect(await doneBy(tenantId)).toEqual(['alice', 'bob', 'carol']);
    expect(await doneBy(tenantId, 'follow')).toEqual(['dan']);
  });

  it('vouches for as many as a call may name, with ids of full length', async () => {
    const { tenantId, key } = await hostApp();
    const users = Array.from({ length: TASK_USERS_PER_CALL_MAX }, (_, k) => String(k).padStart(64, 'u'));
    expect((await complete(key, users)).body).toEqual({ accepted: TASK_USERS_PER_CALL_MAX });
    expect(await doneBy(tenantId)).toEqual(users.toSorted());
  });

  it.each([
    ['nobody', { userIds: [] }],
    ['too many', { userIds: Array.from({ length: TASK_USERS_PER_CALL_MAX + 1 }, (_, k) => `u${k}`) }],
    ['what is no user id', { userIds: ['a b'] }],
    ['more than users', { userIds: ['a'], amount: 1 }],
    ['nothing', undefined],
  ])('is refused when it names %s', async (_what, body) => {
    const { key, tenantId } = await hostApp();
    const { status, code } = await complete(key, [], { body: JSON.stringify(body) ?? '' });
    expect([status, code]).toEqual([400, 'invalid_request']);
    expect(await doneBy(tenantId)).toEqual([]);
  });

  it('is refused a task with a name that is none', async () => {
    const { key } = await hostApp();
    expect((await complete(key, ['a'], { taskId: 'a%20b' })).code).toBe('invalid_request');
  });
});

describe('a signature', () => {
  const now = () => Math.floor(Date.now() / 1_000);
  const other = { keyId: randomUUID(), secret: '0'.repeat(64) };
  it.each([
    ['by an unknown key', () => ({ headers: { 'x-hongbao-key': other.keyId } })],
    ['by a key that is none', () => ({ headers: { 'x-hongbao-key': `' OR 1=1` } })],
    ['by another secret', (key: TenantKeyMade) => ({ key: { ...key, secret: other.secret } })],
    ['over another body', () => ({ signedBody: '{"userIds":["mallory"]}' })],
    ['over the same body, spaced otherwise', () => ({ signedBody: '{ "userIds": ["alice"] }' })],
    ['over another path', () => ({ signedPath: '/api/v1/tasks/follow/completions' })],
    ['over another method', () => ({ signedMethod: 'GET' })],
    ['over another time', () => ({ headers: { 'x-hongbao-timestamp': String(now() - 1) } })],
    ['of long ago', () => ({ timestamp: String(now() - 305) })],
    ['of the future', () => ({ timestamp: String(now() + 305) })],
    ['at no time', () => ({ timestamp: 'now' })],
    ['that is missing', () => ({ headers: { 'x-hongbao-signature': '' } })],
    ['that is short', () => ({ headers: { 'x-hongbao-signature': 'ab' } })],
    ['that is no hex', () => ({ headers: { 'x-hongbao-signature': 'z'.repeat(64) } })],
  ] as [string, (key: TenantKeyMade) => Partial<Signed>][])('%s is refused', async (_what, change) => {
    const { key, tenantId } = await hostApp();
    const changed = change(key);
    const { status, code } = await complete(changed.key ?? key, ['alice'], changed);
    expect([status, code]).toEqual([401, 'unauthorized']);
    expect(await doneBy(tenantId)).toEqual([]);
  });

  it('of a few minutes ago is taken', async () => {
    const { key } = await hostApp();
    expect((await complete(key, ['alice'], { timestamp: String(now() - 290) })).status).toBe(200);
  });

  it('is not made up for by a bearer token', async () => {
    const { owner } = await hostApp();
    expect((await call(owner, 'POST', '/tasks/share/completions', { userIds: ['a'] })).code).toBe(
      'unauthorized',
    );
  });

  it('speaks for the tenant of its key and no other', async () => {
    const [a, b] = [await hostApp(), await hostApp()];
    await complete(a.key, ['alice']);
    expect([await doneBy(a.tenantId), await doneBy(b.tenantId)]).toEqual([['alice'], []]);
  });
});

describe('a key', () => {
  it('is shown with its secret once, and takes nothing any more once it is revoked', async () => {
    const { owner, tenantId, key } = await hostApp();
    const second: TenantKeyMade = (await call(owner, 'POST', `/tenants/${tenantId}/keys`)).body;
    const listed = (await call(owner, 'GET', `/tenants/${tenantId}/keys`)).body;
    expect(listed).toEqual(
      [second, key].map(({ keyId }) => ({ keyId, createdBy: owner.userId, createdAt: expect.any(String) })),
    );
    const revoked = await call(owner, 'DELETE', `/tenants/${tenantId}/keys/${key.keyId}`);
    expect([revoked.status, revoked.body]).toEqual([200, { keyId: key.keyId }]);
    expect((await complete(key, ['alice'])).code).toBe('unauthorized');
    expect((await complete(second, ['alice'])).status).toBe(200);
    expect((await call(owner, 'GET', `/tenants/${tenantId}/keys`)).body[1]).toMatchObject({
      ...{ keyId: key.keyId, revokedAt: expect.any(String) },
    });
  });

  it('is a matter of the owners, and of no other tenant', async () => {
    const { owner, tenantId, key } = await hostApp();
    const other = await hostApp();
    const marketer = await signIn(url, 'brand');
    await call(owner, 'POST', `/tenants/${tenantId}/members`, { userId: marketer.userId, role: 'marketer' });
    const calls = (person: TestPerson) =>
      Promise.all([
        call(person, 'POST', `/tenants/${tenantId}/keys`),
        call(person, 'GET', `/tenants/${tenantId}/keys`),
        call(person, 'DELETE', `/tenants/${tenantId}/keys/${key.keyId}`),
      ]);
    for (const { code } of await calls(marketer)) expect(code).toBe('forbidden');
    for (const { code } of await calls(other.owner)) expect(code).toBe('not_found');
    const borrowed = await call(owner, 'DELETE', `/tenants/${tenantId}/keys/${other.key.keyId}`);
    expect(borrowed.code).toBe('not_found');
    expect((await complete(key, ['alice'])).status).toBe(200);
  });
});
