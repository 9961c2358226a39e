import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { auditOf, signIn, signInMany, type TestPerson } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';

const { url } = serviceUnderTest();

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
    expect(await auditOf(serviceUnderTest().env)).toMatchObject({ ok: true });
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

  it('lets an owner take people away, but for the last owner', async () => {
    const [owner, second, viewer] = await signInMany(url, 3, 'brand');
    const tenantId = await tenantOf(owner!);
    const path = `/tenants/${tenantId}/members`;
    await call(owner!, 'POST', path, { userId: second!.userId, role: 'marketer' });
    await call(owner!, 'POST', path, { userId: viewer!.userId, role: 'viewer' });
    const remove = (by: TestPerson, who: TestPerson) => call(by, 'DELETE', `${path}/${who.userId}`);
    expect((await remove(second!, viewer!)).code).toBe('forbidden');
    expect((await remove(owner!, owner!)).code).toBe('last_owner');
    const removed = await remove(owner!, viewer!);
    expect([removed.status, removed.body]).toEqual([200, { userId: viewer!.userId }]);
    expect((await call(viewer!, 'GET', `/tenants/${tenantId}/balance`)).code).toBe('not_found');
    expect((await remove(owner!, viewer!)).code).toBe('not_found');
    await call(owner!, 'POST', path, { userId: second!.userId, role: 'owner' });
    const both = await Promise.all([remove(owner!, owner!), remove(second!, second!)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });

  it('shows what its campaigns hold, and not the play money of a rehearsal', async () => {
    const owner = await signIn(url, 'brand');
    const tenantId = await tenantOf(owner);
    await call(owner, 'POST', `/tenants/${tenantId}/topups`, topup);
    const at = (inMs: number) => new Date(Date.now() + inMs).toISOString();
    const [startsAt, endsAt] = [at(0), at(7_200_000)];
    const plan = { tenantId, name: '端午', currency: 'CNY', budget: 3_000, startsAt, endsAt };
    const { campaignId } = (await call(owner, 'POST', '/campaigns', plan)).body;
    const packet = { kind: 'lucky', amount: 1_000, count: 10 };
    const drop = { opensAt: at(3_600_000), audience: { kind: 'everyone' }, packet };
    expect((await call(owner, 'POST', `/campaigns/${campaignId}/drops`, drop)).status).toBe(201);
    expect((await call(owner, 'POST', `/campaigns/${campaignId}/rehearse`)).status).toBeLessThan(300);
    const balance = async () => (await call(owner, 'GET', `/tenants/${tenantId}/balance`)).body.balances;
    expect(await balance()).toEqual([{ currency: 'CNY', available: 5_000, held: 0 }]);
    expect((await call(owner, 'POST', `/campaigns/${campaignId}/schedule`)).status).toBeLessThan(300);
    expect(await balance()).toEqual([{ currency: 'CNY', available: 2_000, held: 3_000 }]);
  });
});

describe('whom the caller acts for', () => {
  const signInAs = async (who: object): Promise<TestPerson> => {
    const person = await signIn(url, 'host');
    const body = { userId: person.userId, ...who };
    return { ...person, token: (await call(person, 'POST', '/dev/tokens', body)).body.token };
  };

  it('is the tenant that the host app signed into a marketer’s token, though nobody entered them as a member', async () => {
    const owner = await signIn(url, 'brand');
    const tenantId = await tenantOf(owner);
    const marketer = await signInAs({ role: 'marketer', tenantId });
    expect((await call(marketer, 'GET', '/tenants')).body).toEqual([
      { tenantId, name: '五芳斋', role: 'marketer' },
    ]);
    expect((await call(marketer, 'GET', `/tenants/${tenantId}/balance`)).status).toBe(200);
    expect((await call(marketer, 'GET', '/covers')).body).toEqual([]);
    expect((await call(marketer, 'POST', `/tenants/${tenantId}/keys`)).code).toBe('forbidden');
    const other = await tenantOf(await signIn(url, 'brand'));
    expect((await call(marketer, 'GET', `/covers?tenantId=${other}`)).code).toBe('not_found');
    for (const claims of [
      { role: 'user', tenantId },
      { role: 'operator', tenantId },
      { role: 'marketer', tenantId: randomUUID() },
      { role: 'marketer', tenantId: 'no-id-of-ours' },
    ]) {
      const person = await signInAs(claims);
      expect((await call(person, 'GET', '/covers')).code).toBe('not_found');
      expect((await call(person, 'GET', `/tenants/${tenantId}/balance`)).code).toBe('not_found');
    }
  });

  it('is the only tenant where they may, and must be said when there are several', async () => {
    const owner = await signIn(url, 'brand');
    const first = await tenantOf(owner);
    expect((await call(owner, 'GET', '/covers')).body).toEqual([]);
    const second = await tenantOf(owner);
    const { code, body } = await call(owner, 'GET', '/covers');
    expect([code, body.issues]).toMatchObject(['invalid_request', [{ path: 'tenantId' }]]);
    for (const tenantId of [first, second])
      expect((await call(owner, 'GET', `/covers?tenantId=${tenantId}`)).status).toBe(200);
  });

  it('is nobody when the host app says what can’t be of a person', async () => {
    const person = await signIn(url, 'host');
    const attributes = (value: unknown) => ({ userId: person.userId, attributes: value });
    expect((await call(person, 'POST', '/dev/tokens', attributes({ level: 3, vip: true }))).status).toBe(201);
    expect((await call(person, 'POST', '/dev/tokens', attributes({ level: { min: 3 } }))).code).toBe(
      'invalid_request',
    );
  });
});
