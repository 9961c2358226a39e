import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode } from '@app/contracts';
import { fundedRoom, signInMany, type TestPerson } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';
import { Brand, iso } from './campaign-scene.js';

const { url } = serviceUnderTest();
const STACK = /node_modules|\bat \S+ \(|\.js:\d+|QueryFailedError/;

/** As they stand in a body: JSON.stringify would make null of some. */
const NO_AMOUNTS = [
  ...[
    '0',
    '-1',
    '1.5',
    '"10"',
    '1e21',
    '9007199254740992',
    'NaN',
    '"0x10"',
    '0x10',
    'Infinity',
    '1e400',
    'null',
  ],
  ...['true', '[10]', '{"$gt":0}', '""', '"ten"', '-0', '1e-7', '010', '１０'],
];
const NO_COUNTS = [...NO_AMOUNTS, '1000000000', '4294967297'];
const NO_INSTANTS = [
  ...[
    '"9999-12-31T23:59:59Z"',
    '"2001-01-01T00:00:00Z"',
    '"2027-01-01T00:00:00"',
    '"2027-01-01"',
    '"tomorrow"',
  ],
  ...[
    '1795000000000',
    '"+275760-09-13T00:00:00Z"',
    '"2027-02-30T00:00:00Z"',
    '"2027-01-01T24:00:00Z"',
    'null',
    '""',
  ],
  ...['"-000001-01-01T00:00:00Z"', '"2027-01-01T00:00:00+99:00"', '"0000-00-00T00:00:00Z"'],
];

let people: TestPerson[];
let brand: Brand;
let roomId: string;
let campaignId: string;
let looked = 0;

beforeAll(async () => {
  people = await signInMany(url, 5, 'bad');
  roomId = await fundedRoom(people[0]!, people, 20_000);
  brand = await Brand.found(url, 50_000);
  campaignId = await brand.campaign();
});

const packet = { kind: 'lucky', amount: 100, count: 10 };
/** A right body of each call, and who makes the call; what is put in place of a field goes by its path. */
const calls = {
  topup: () => ({
    path: '/topups',
    body: { amount: 100, currency: 'CNY', provider: 'sandbox' },
    by: person(),
  }),
  'topup of a brand': () => ({
    ...{ path: `/tenants/${brand.tenantId}/topups`, by: brand.marketer },
    body: { amount: 100, currency: 'CNY', provider: 'sandbox' },
  }),
  packet: () => ({ path: '/packets', body: { roomId, ...packet, currency: 'CNY' }, by: people[0]! }),
  campaign: () => ({
    ...{ path: '/campaigns', by: brand.marketer },
    body: {
      ...{
        tenantId: brand.tenantId,
        name: 'x',
        currency: 'CNY',
        budget: 1_000,
        startsAt: iso(0),
        endsAt: iso(60_000),
      },
      caps: { claimsPerPerson: 1, claims: 10, amountPerDay: 100 },
    },
  }),
  drop: () => ({
    ...{ path: `/campaigns/${campaignId}/drops`, by: brand.marketer },
    body: {
      ...{
        opensAt: iso(60_000),
        announceSeconds: 10,
        expiresInSeconds: 60,
        audience: { kind: 'everyone' },
        packet,
      },
      tiers: [{ name: 'new', neverWon: true, packet }],
    },
  }),
};

/** Each in its turn: no one meets their own limit. */
const person = () => people[(looked += 1) % people.length]!;

async function refused(what: keyof typeof calls, field: string, value: string): Promise<ErrorCode> {
  const { path, body, by } = calls[what]();
  const mark = randomUUID();
  const text = JSON.stringify(replaced(body, field.split('.'), mark)).replace(`"${mark}"`, value);
  const response = await fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${by.token}`,
      ...{ 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    },
    body: text,
  });
  const answer = await response.text();
  expect(answer).not.toMatch(STACK);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const { code, status } = JSON.parse(answer) as { code: ErrorCode; status: number };
  expect([response.status, status]).toEqual([ERRORS[code].status, ERRORS[code].status]);
  expect(response.status).toBeLessThan(500);
  return code;
}

function replaced(body: unknown, [name, ...rest]: string[], value: unknown): unknown {
  const own = body as Record<string, unknown>;
  const copy = Array.isArray(body) ? [...(body as unknown[])] : { ...own };
  Reflect.set(copy, name!, rest.length > 0 ? replaced(own[name!], rest, value) : value);
  return copy;
}

/** Everything that a call of these could have changed. */
async function state(): Promise<unknown> {
  return Promise.all([
    ...people.map(({ http }) => http.wallet()),
    brand.get(`/tenants/${brand.tenantId}/balance`),
    brand.get<object[]>(`/campaigns?tenantId=${brand.tenantId}`),
    brand.get(`/campaigns/${campaignId}/drops`),
  ]);
}

/** Of every value for one field; the state is looked at once, before and after. */
async function codesOf(
  what: keyof typeof calls,
  field: string,
  values: string[],
): Promise<Record<string, string[]>> {
  const before = await state();
  const codes: Record<string, string[]> = {};
  for (const value of values) (codes[await refused(what, field, value)] ??= []).push(value);
  expect(await state()).toEqual(before);
  return codes;
}

describe('amounts', () => {
  it.each([
    ['topup', 'amount'],
    ['topup of a brand', 'amount'],
    ['packet', 'amount'],
    ['campaign', 'budget'],
    ['campaign', 'caps.amountPerDay'],
    ['drop', 'packet.amount'],
    ['drop', 'tiers.0.packet.amount'],
  ] as const)(
    'that are none, as %s %s: each invalid_request, and nothing is changed',
    async (what, field) => {
      expect(Object.keys(await codesOf(what, field, NO_AMOUNTS))).toEqual(['invalid_request']);
    },
  );

  it.each([
    ['topup', ['9007199254740991', '100000001']],
    ['topup of a brand', ['9007199254740991']],
  ] as const)('that are too large, as a %s', async (what, values) => {
    expect(Object.keys(await codesOf(what, 'amount', [...values]))).toEqual(['invalid_request']);
  });
});

describe('counts', () => {
  it.each([
    ['packet', 'count', 'too_many_shares'],
    ['drop', 'packet.count', 'too_many_shares'],
    ['drop', 'tiers.0.packet.count', 'too_many_shares'],
  ] as const)('that are none, or far too many, as %s %s', async (what, field, tooMany) => {
    const codes = await codesOf(what, field, NO_COUNTS);
    expect(codes).toEqual({ invalid_request: NO_AMOUNTS, [tooMany]: ['1000000000', '4294967297'] });
  });

  it('over the amount leave no share of one', async () => {
    expect(await codesOf('packet', 'amount', ['9'])).toEqual({ share_out_of_range: ['9'] });
    expect(await codesOf('drop', 'packet.amount', ['9'])).toEqual({ share_out_of_range: ['9'] });
  });

  it.each([
    ['campaign', 'caps.claimsPerPerson'],
    ['campaign', 'caps.claims'],
  ] as const)('that are none as a cap, %s %s', async (what, field) => {
    expect(Object.keys(await codesOf(what, field, NO_AMOUNTS))).toEqual(['invalid_request']);
  });
});

describe('instants', () => {
  it.each([
    ['campaign', 'startsAt'],
    ['campaign', 'endsAt'],
    ['drop', 'opensAt'],
  ] as const)('in the past, in year 9999, without a zone, or none, as %s %s', async (what, field) => {
    const codes = Object.keys(await codesOf(what, field, NO_INSTANTS));
    for (const code of codes) expect(['invalid_request', 'drop_outside_campaign']).toContain(code);
  });

  it.each([
    ['packet', 'expiresInSeconds'],
    ['drop', 'expiresInSeconds'],
    ['drop', 'announceSeconds'],
  ] as const)('spans that are none, as %s %s', async (what, field) => {
    const values = ['-1', '9.5', '"60"', '1e9', '9007199254740992', 'null', 'NaN', '[60]'];
    expect(Object.keys(await codesOf(what, field, values))).toEqual(['invalid_request']);
  });

  it('an end before the start', async () => {
    expect(Object.keys(await codesOf('campaign', 'endsAt', [JSON.stringify(iso(-120_000))]))).toEqual([
      'invalid_request',
    ]);
  });
});

describe('text', () => {
  it.each([
    ['SQL', `'); DROP TABLE packets; --`],
    ['HTML', `<script>alert(1)</script><img src=x onerror="alert(1)">`],
    ['a formula', `=HYPERLINK("http://evil.example","x")`],
    ['a template', '${7*7} {{7*7}} %s %n'],
    ['letters from right to left', '\u202eتجربة\u202c'],
    ['letters of four bytes, joined and combined', '🧧👨‍👩‍👧‍👦 e\u0301 Z͑ͫ̓'],
    ['quotes, slashes and a line break', `"\\'\`\r\n\t/`],
  ])('%s in names, messages and greetings is stored as typed', async (_what, text) => {
    const [sender] = people as [TestPerson];
    const auth = { authorization: `Bearer ${sender.token}`, 'content-type': 'application/json' };
    const room = await sender.http.createRoom(text);
    const post = (path: string, body: object) =>
      fetch(`${url}/api/v1${path}`, { method: 'POST', headers: auth, body: JSON.stringify(body) });
    const read = async <T>(path: string) =>
      (await (await fetch(`${url}/api/v1${path}`, { headers: auth })).json()) as T;
    expect((await post(`/rooms/${room.roomId}/messages`, { text })).status).toBe(201);
    const sent = await sender.http.sendPacket({
      roomId,
      ...packet,
      kind: 'lucky',
      currency: 'CNY',
      greeting: text,
      expiresInSeconds: 10,
    });
    expect((await sender.http.packet(sent.packetId)).greeting).toBe(text);
    expect((await read<{ name: string }>(`/rooms/${room.roomId}`)).name).toBe(text);
    expect((await read<{ text: string }[]>(`/rooms/${room.roomId}/messages`)).map((one) => one.text)).toEqual(
      [text],
    );
    const { token } = await sender.http.devToken({ userId: `${sender.userId}.n`, name: text });
    expect((await sender.http.withToken(token).me()).name).toBe(text);
  });
});
