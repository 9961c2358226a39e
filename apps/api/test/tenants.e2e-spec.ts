import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import { auditOf, signIn, signInMany, type TestPerson } from '@app/testing';

const url = inject('serviceUrl');

async function call(
  person: TestPerson,
  method: string,
  path: string,
  body?: unknown,
  key: string = randomUUID(),
) {
  const headers = {
    ...{ authorization: `Bearer ${person.token}`, 'idempotency-key': key },
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const response = await fetch(`${url}/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
  // Shapes differ by call; each test says what it expects of them.
  const answered = JSON.parse(await response.text());
  return { status: response.status, code: answered.code as string | undefined, body: answered };
}

const topup = { amount: 5_000, currency: 'CNY', provider: 'sandbox' };

async function tenantOf(owner: TestPerson): Promise<string> {
  return (await call(owner, 'POST', '/tenants', { name: '五芳斋' })).body.tenantId;
}

describe('a tenant', () => {
  it('belongs to whoever made it, and takes a topup once for a key', async () => {
    const owner = await signIn(url, 'brand');
    const tenantId = await tenantOf(owner);
    expect((await call(owner, 'GET', '/tenants')).body).toEqual([
      { tenantId, name: '五芳斋', role: 'owner' },
    ]);
    const key = randomUUID();
    const twice = await Promise.all(
      [1, 2].map(() => call(owner, 'POST', `/tenants/${tenantId}/topups`, topup, key)),
    );
    expect(twice.map((answer) => answer.status)).toEqual([201, 201]);
    expect(twice[0]!.body).toEqual(twice[1]!.body);
    const other = await call(owner, 'POST', `/tenants/${tenantId}/topups`, { ...topup, amount: 1 }, key);
    expect(other.code).toBe('idempotency_conflict');
    const { body } = await call(owner, 'GET', `/tenants/${tenantId}/balance`);
    expect(body).toEqual({ balances: [{ currency: 'CNY', available: 5_000, held: 0 }] });
    expect((await call(owner, 'GET', '/wallet')).body.balances[0].available).toBe(0);
    expect(await auditOf(inject('serviceEnv'))).toMatchObject({ ok: true });
  });

  it('lets each role do what it may, and does not exist for anyone else', async () => {
    const [owner, marketer, viewer, stranger] = await signInMany(url, 4, 'brand');
    const tenantId = await tenantOf(owner!);
    const path = `/tenants/${tenantId}`;
    for (const [person, role] of [
      [marketer!, 'marketer'],
      [viewer!, 'viewer'],
    ] as const) {
      expect((await call(owner!, 'POST', `${path}/members`, { userId: person.userId, role })).status).toBe(
        201,
      );
    }
    const member = { userId: stranger!.userId, role: 'viewer' };
    expect((await call(marketer!, 'POST', `${path}/topups`, topup)).status).toBe(201);
    expect((await call(marketer!, 'POST', `${path}/members`, member)).code).toBe('forbidden');
    expect((await call(viewer!, 'POST', `${path}/topups`, topup)).code).toBe('forbidden');
    expect((await call(viewer!, 'GET', `${path}/balance`)).status).toBe(200);
    expect((await call(viewer!, 'GET', `${path}/members`)).body).toHaveLength(3);
    const attempts = [
      call(stranger!, 'GET', `${path}/balance`),
      call(stranger!, 'GET', `${path}/members`),
      call(stranger!, 'POST', `${path}/members`, member),
      call(stranger!, 'POST', `${path}/topups`, topup),
      call(owner!, 'GET', `/tenants/${randomUUID()}/balance`),
    ];
    for (const answer of await Promise.all(attempts))
      expect([answer.status, answer.code]).toEqual([404, 'not_found']);
  });

  it('keeps an owner, also when two step down at once', async () => {
    const [a, b] = await signInMany(url, 2, 'brand');
    const tenantId = await tenantOf(a!);
    const stepDown = (by: TestPerson) =>
      call(by, 'POST', `/tenants/${tenantId}/members`, { userId: by.userId, role: 'viewer' });
    expect((await stepDown(a!)).code).toBe('last_owner');
    await call(a!, 'POST', `/tenants/${tenantId}/members`, { userId: b!.userId, role: 'owner' });
    const answers = await Promise.all([stepDown(a!), stepDown(b!)]);
    expect(answers.map((answer) => answer.status).toSorted()).not.toEqual([201, 201]);
    const members: { role: string }[] = (await call(a!, 'GET', `/tenants/${tenantId}/members`)).body;
    expect(members.filter((member) => member.role === 'owner')).toHaveLength(1);
  });
});
