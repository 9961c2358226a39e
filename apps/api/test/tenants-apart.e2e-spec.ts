import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CoverView, Problem, TenantKeyMade } from '@app/contracts';
import { signIn, type TestPerson } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';
import { Brand, call, iso } from './campaign-scene.js';

const { url } = serviceUnderTest();
const V1 = '/api/v1';

interface Operation {
  /** `POST /campaigns/{campaignId}/drops`. */
  name: string;
  method: string;
  path: string;
  params: { name: string; in: string }[];
  takesBody: boolean;
}

type Document = {
  paths: Record<
    string,
    Record<string, { parameters?: { name: string; in: string }[]; requestBody?: object }>
  >;
};

async function operations(): Promise<Operation[]> {
  const { paths } = (await (await fetch(`${url}/api/docs-json`)).json()) as Document;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { parameters = [], requestBody }]) => {
      if (!path.startsWith(V1)) return [];
      const own = path.slice(V1.length);
      const name = `${method.toUpperCase()} ${own}`;
      return [
        {
          name,
          method: method.toUpperCase(),
          path: own,
          params: parameters,
          takesBody: requestBody !== undefined,
        },
      ];
    }),
  );
}

/** In paths, but nobody's: tasks are names of a host app's own, and whose they are the signature says. */
const NOBODYS = new Set(['taskId']);
/** In queries, and no id. */
const PLAIN_QUERIES = new Set([
  'limit',
  'cursor',
  'direction',
  'year',
  'name',
  'bucketSeconds',
  'kind',
  'lang',
]);
const drop = {
  opensAt: iso(1_800_000),
  audience: { kind: 'everyone' },
  packet: { kind: 'fixed', amount: 10, count: 1 },
};
/** What a caller who may would send. An operation with a body must stand here. */
const BODIES: Record<string, object> = {
  'POST /rooms/{roomId}/members': { userIds: ['someone'] },
  'POST /rooms/{roomId}/messages': { text: 'hello' },
  'POST /packets/{packetId}/grabs': {},
  'POST /tenants/{tenantId}/members': { userId: 'someone', role: 'viewer' },
  'POST /tenants/{tenantId}/topups': { amount: 100, currency: 'CNY', provider: 'sandbox' },
  'PATCH /campaigns/{campaignId}': { name: 'another' },
  'POST /campaigns/{campaignId}/drops': drop,
  'PATCH /campaigns/{campaignId}/drops/{dropId}': drop,
};
/** Not called in the owner's name: it would start robots. */
const NOT_BY_OWNER = new Set(['POST /campaigns/{campaignId}/rehearse']);

/** A brand with one of everything. */
async function settledBrand() {
  const brand = await Brand.found(url);
  const { tenantId, marketer } = brand;
  const { http, token, userId } = marketer;
  const member = await signIn(url, 'member');
  await brand.post(`/tenants/${tenantId}/members`, { userId: member.userId, role: 'marketer' });
  const { keyId } = await brand.post<TenantKeyMade>(`/tenants/${tenantId}/keys`);
  const { roomId } = await http.createRoom('a private room');
  const { audienceId } = await brand.list([userId]);
  const { coverId } = (await (await uploadCover(token, tenantId)).json()) as CoverView;
  const campaignId = await brand.campaign({ coverId });
  const audience = { kind: 'list', audienceId };
  const dropId = await brand.drop(campaignId, { opensAt: iso(1_000), announceSeconds: 0, audience });
  await brand.post(`/campaigns/${campaignId}/schedule`);
  const packetId = (await brand.opened(campaignId, dropId)).packetId!;
  const ids: Record<string, string> = {
    ...{ tenantId, campaignId, dropId, packetId, coverId, audienceId, keyId, roomId, userId: member.userId },
  };
  return { brand, ids };
}

async function uploadCover(token: string, tenantId: string): Promise<Response> {
  const image = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#c00' } })
    .png()
    .toBuffer();
  const form = new FormData();
  form.set('tenantId', tenantId);
  form.set('image', new Blob([new Uint8Array(image)], { type: 'image/png' }), 'cover.png');
  return fetch(`${url}${V1}/covers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: form,
  });
}

let first: Awaited<ReturnType<typeof settledBrand>>;
let other: Awaited<ReturnType<typeof settledBrand>>;
let strangers: Record<string, string>;
let walk: Operation[];

beforeAll(async () => {
  [first, other] = await Promise.all([settledBrand(), settledBrand()]);
  const nobody = await signIn(url);
  const http = nobody.http;
  const tokenOf = async (role: 'marketer' | 'operator', tenantId?: string) =>
    (
      await http.devToken({
        userId: `s-${randomUUID().slice(0, 8)}`,
        role,
        ...(tenantId ? { tenantId } : {}),
      })
    ).token;
  strangers = {
    'who belongs nowhere': nobody.token,
    'who owns another brand': other.brand.marketer.token,
    "whom a host app made another brand's marketer": await tokenOf('marketer', other.ids.tenantId),
    'who is a marketer of no brand': await tokenOf('marketer'),
    'whose token names this brand without the role': (
      await http.devToken({ userId: 'x-1', tenantId: first.ids.tenantId })
    ).token,
  };
  walk = (await operations()).filter(
    ({ params }) =>
      params.some((param) => param.in === 'path' && !NOBODYS.has(param.name)) ||
      params.some(({ name }) => name === 'tenantId'),
  );
});
afterAll(async () => {
  for (const { brand, ids } of [first, other])
    await brand.tried('POST', `/campaigns/${ids.campaignId}/cancel`);
});

async function tried(token: string, operation: Operation, ids: Record<string, string>) {
  const { method, params, name, takesBody } = operation;
  let path = operation.path;
  for (const param of params)
    if (param.in === 'path') path = path.replace(`{${param.name}}`, ids[param.name]!);
  if (params.some((param) => param.in === 'query' && param.name === 'tenantId') && method === 'GET')
    path += `?tenantId=${ids.tenantId}`;
  return call<Problem>(url, token, method, path, takesBody || method === 'PATCH' ? BODIES[name] : undefined);
}

describe('the document of the api', () => {
  it('names no parameter, and no body, that this walk does not know', async () => {
    const all = await operations();
    expect(all.length).toBeGreaterThan(40);
    const unknown = all.flatMap(({ name, params }) =>
      params
        .filter(
          (param) => param.in === 'path' && !NOBODYS.has(param.name) && first.ids[param.name] === undefined,
        )
        .concat(
          params.filter(
            (param) => param.in === 'query' && !PLAIN_QUERIES.has(param.name) && param.name !== 'tenantId',
          ),
        )
        .map((param) => `${name}: ${param.in} ${param.name}`),
    );
    expect(unknown).toEqual([]);
    const inPath = walk.filter(({ params }) => params.some((param) => param.in === 'path'));
    expect(
      inPath.filter(({ takesBody, name }) => takesBody && !BODIES[name]).map(({ name }) => name),
    ).toEqual([]);
    const names = new Set(walk.map(({ name }) => name));
    expect(Object.keys(BODIES).filter((name) => !names.has(name))).toEqual([]);
    for (const part of ['/report', '/claims.csv', '/series', '/rehearse', '/keys', '/members']) {
      expect([part, walk.some(({ path }) => path.includes(part))]).toEqual([part, true]);
    }
  });
});

describe('what belongs to one brand', () => {
  it('does not exist for strangers, on every route that names it', async () => {
    const before = await first.brand.view(first.ids.campaignId!);
    const wrong: string[] = [];
    let calls = 0;
    for (const [who, token] of Object.entries(strangers)) {
      for (const operation of walk) {
        if (!operation.params.some((param) => param.in === 'path') && operation.method !== 'GET') continue;
        const { status, code } = await tried(token, operation, first.ids);
        calls += 1;
        if (status !== 404 || code !== 'not_found')
          wrong.push(`${operation.name}, one ${who}: ${status} ${code}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(await first.brand.view(first.ids.campaignId!)).toEqual(before);
    console.info(
      `tenants apart: ${calls} calls of ${walk.length} operations by ${Object.keys(strangers).length} strangers, all 404`,
    );
  });

  it('does not exist inside of a stranger’s own', async () => {
    const { campaignId, tenantId } = other.ids;
    const mixed = { ...first.ids, campaignId, tenantId } as Record<string, string>;
    const inOwn = walk.filter(({ path }) => (path.match(/\{/g) ?? []).length > 1);
    expect(inOwn.map(({ name }) => name)).toContain('PATCH /campaigns/{campaignId}/drops/{dropId}');
    for (const operation of inOwn) {
      const { status, code } = await tried(other.brand.marketer.token, operation, mixed);
      expect([operation.name, status, code]).toEqual([operation.name, 404, 'not_found']);
    }
  });

  it('is not to be had by naming it in a body', async () => {
    const { brand, ids } = other;
    const { tenantId, coverId, audienceId, roomId } = first.ids;
    const plan = { name: 'x', currency: 'CNY', budget: 100, startsAt: iso(0), endsAt: iso(60_000) };
    expect((await brand.tried('POST', '/campaigns', { ...plan, tenantId })).code).toBe('not_found');
    expect(
      (await brand.tried('POST', '/campaigns', { ...plan, tenantId: brand.tenantId, coverId })).code,
    ).toBe('cover_not_found');
    const draft = await brand.campaign();
    expect((await brand.tried('PATCH', `/campaigns/${draft}`, { coverId })).code).toBe('cover_not_found');
    expect((await brand.tried('PATCH', `/campaigns/${draft}`, { tenantId })).code).toBe('invalid_request');
    const add = async (fields: object) =>
      (await brand.tried('POST', `/campaigns/${ids.campaignId}/drops`, { ...drop, ...fields })).code;
    expect(await add({ audience: { kind: 'list', audienceId } })).toBe('audience_not_found');
    expect(await add({ audience: { kind: 'room', roomId } })).toBe('audience_not_found');
    expect(await add({ tiers: [{ name: 'x', audienceId, packet: drop.packet }] })).toBe('audience_not_found');
    const place = { kind: 'place', lat: 1, lng: 1, radiusMeters: 50, clue: { coverId } };
    expect(await add({ gates: [place] })).toBe('cover_not_found');
    const token = brand.marketer.token;
    const cover = await uploadCover(token, tenantId!);
    expect([cover.status, ((await cover.json()) as Problem).code]).toEqual([404, 'not_found']);
    const list = await fetch(`${url}${V1}/audiences?tenantId=${tenantId}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
      body: 'x',
    });
    expect([list.status, ((await list.json()) as Problem).code]).toEqual([404, 'not_found']);
  });

  it('is not told or given on sockets', async () => {
    const outsider: TestPerson = await signIn(url);
    const client = await outsider.connect();
    const { packetId, campaignId, roomId } = first.ids as Record<
      'packetId' | 'campaignId' | 'roomId',
      string
    >;
    const calls = [
      () => client.grab(packetId),
      () => client.inspect(packetId),
      () => client.joinRoom(roomId),
    ];
    for (const ask of calls) await expect(ask()).rejects.toMatchObject({ code: 'not_found' });
    const { packets } = await client.packetsList();
    expect(packets.filter((packet) => packet.campaignId === campaignId)).toEqual([]);
    client.close();
  });

  // Last: this one changes things. Without it, wrong ids would pass for everyone's 404.
  it('exists for its owner, on the same routes', async () => {
    const missing: string[] = [];
    const byOwner = walk
      .filter(({ name }) => !NOT_BY_OWNER.has(name))
      .filter(({ path, method }) => path.includes('{') || method === 'GET');
    for (const operation of byOwner) {
      const { status } = await tried(first.brand.marketer.token, operation, first.ids);
      if (status === 404 || status >= 500) missing.push(`${operation.name}: ${status}`);
    }
    expect(missing).toEqual([]);
  });
});
