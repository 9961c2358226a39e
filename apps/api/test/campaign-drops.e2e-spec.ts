import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HongbaoClient } from '@app/client';
import type { ClaimView, DropView, PacketView, Problem } from '@app/contracts';
import { fundedRoom, until } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';
import { connectAll, crowdOf, everythingHeardBy, heard } from './campaign-crowd.js';
import { Brand, iso } from './campaign-scene.js';

const { url, env } = serviceUnderTest();
const START_IN_MS = 600_000;
const END_IN_MS = 3_600_000;
const SHARE_MAX = 20_000;

let brand: Brand;
/** A draft of that brand, which starts in ten minutes. */
let plannedId: string;
const clients: HongbaoClient[] = [];
beforeAll(async () => {
  brand = await Brand.found(url);
  plannedId = await brand.campaign({
    startsAt: iso(START_IN_MS),
    endsAt: iso(END_IN_MS),
    budget: 10_000_000_000,
  });
});
afterAll(() => {
  for (const client of clients) client.close();
});

const lucky = (amount: unknown, count: unknown) => ({ packet: { kind: 'lucky', amount, count } });
const planned = { opensAt: iso(START_IN_MS + 60_000), audience: { kind: 'everyone' }, ...lucky(1_000, 10) };

async function refusal(body: object): Promise<{ code: string | undefined; paths: string[] }> {
  const { status, code, body: problem } = await brand.tried('POST', `/campaigns/${plannedId}/drops`, body);
  expect(status).toBe(400);
  return { code, paths: ((problem as unknown as Problem).issues ?? []).map(({ path }) => path) };
}

async function connected(
  count: number,
): Promise<{ userId: string; client: HongbaoClient; frames: string[] }[]> {
  const crowd = await crowdOf({ url, env }, count, 'guest');
  const opened = await connectAll(crowd);
  clients.push(...opened);
  return crowd.map(({ userId }, k) => ({
    userId,
    client: opened[k]!,
    frames: everythingHeardBy(opened[k]!),
  }));
}

/** Of that campaign alone: others in this service are for everyone too. */
async function listed(client: HongbaoClient, campaignId: string): Promise<PacketView<number>[]> {
  return (await client.packetsList()).packets.filter((packet) => packet.campaignId === campaignId);
}

describe('the instant of a drop', () => {
  it.each([
    ['without a zone', '2027-01-01T00:00:00', 'invalid_request'],
    ['as a number', Date.now() + START_IN_MS, 'invalid_request'],
    ['in the past', iso(-60_000), 'drop_outside_campaign'],
    ['before its campaign', iso(START_IN_MS - 5_000), 'drop_outside_campaign'],
    ['after its campaign', iso(END_IN_MS + 5_000), 'drop_outside_campaign'],
    ['in the year 9999', '9999-12-31T23:59:59Z', 'drop_outside_campaign'],
  ])('%s is refused', async (_what, opensAt, code) => {
    expect(await refusal({ ...planned, opensAt })).toEqual({ code, paths: ['opensAt'] });
  });

  it('with rain must leave room for the last round', async () => {
    const rain = { rounds: 3, roundSeconds: 10, gapSeconds: 5, catchesPerRound: 1 };
    const body = { ...planned, opensAt: iso(END_IN_MS - 30_000), rain };
    expect(await refusal(body)).toEqual({ code: 'drop_outside_campaign', paths: ['opensAt'] });
  });

  it('may be written with any zone', async () => {
    const opensAt = new Date(Date.now() + START_IN_MS + 90_000);
    const inShanghai = `${new Date(opensAt.getTime() + 8 * 3_600_000).toISOString().slice(0, -1)}+08:00`;
    const dropId = await brand.drop(plannedId, { ...planned, opensAt: inShanghai });
    expect((await brand.dropView(plannedId, dropId)).opensAt).toBe(opensAt.toISOString());
  });
});

describe('what a drop gives', () => {
  const broken = [0, -1, 1.5, '10', 1e21, null];
  it.each(broken)('is no amount of %s', async (amount) => {
    expect(await refusal({ ...planned, ...lucky(amount, 1) })).toEqual({
      code: 'invalid_request',
      paths: ['packet.amount'],
    });
  });
  it.each(broken)('is no count of %s', async (count) => {
    expect(await refusal({ ...planned, ...lucky(100, count) })).toEqual({
      code: 'invalid_request',
      paths: ['packet.count'],
    });
  });
  it.each([
    ['a share over the largest', lucky(SHARE_MAX * 10 + 1, 10), 'share_out_of_range'],
    ['a share under the smallest', lucky(9, 10), 'share_out_of_range'],
    [
      'fixed shares that do not divide',
      { packet: { kind: 'fixed', amount: 1_001, count: 10 } },
      'amount_not_divisible',
    ],
    ['more shares than a packet may have', lucky(20_000_000, 10_000_001), 'too_many_shares'],
    [
      'a tier with too large a share',
      { tiers: [{ name: 'x', neverWon: true, ...lucky(SHARE_MAX + 1, 1) }] },
      'share_out_of_range',
    ],
    [
      'fewer shares than rounds',
      { ...lucky(100, 3), rain: { rounds: 2, roundSeconds: 5, catchesPerRound: 2 } },
      'invalid_request',
    ],
    [
      'rain and a shake',
      { rain: { rounds: 1, roundSeconds: 5 }, shake: { oddsPercent: 5 } },
      'invalid_request',
    ],
    ['a shake without odds', { shake: { oddsPercent: 0 } }, 'invalid_request'],
    ['a kind that is none', { packet: { kind: 'equal', amount: 100, count: 1 } }, 'invalid_request'],
    ['a field that is none', { state: 'open' }, 'invalid_request'],
  ])('is not %s', async (_what, fields, code) => {
    expect((await refusal({ ...planned, ...fields })).code).toBe(code);
  });

  it('counts the tiers into the budget', async () => {
    const campaignId = await brand.campaign({ budget: 3_000 });
    const tiers = [{ name: 'x', neverWon: true, ...lucky(1_500, 10) }];
    await brand.drop(campaignId, { ...lucky(1_500, 10), tiers });
    expect((await brand.view(campaignId)).planned).toBe(3_000);
    const body = { ...planned, opensAt: iso(60_000), ...lucky(1, 1) };
    expect((await brand.tried('POST', `/campaigns/${campaignId}/drops`, body)).code).toBe('over_budget');
  });
});

describe('whom a drop is for', () => {
  it('is everyone who belongs to its room, whatever room their page shows, and nobody else', async () => {
    const [member, stranger] = await connected(2);
    const roomId = await fundedRoom(brand.marketer, [], 0);
    await brand.marketer.http.addMembers(roomId, [member!.userId]);
    const campaignId = await brand.campaign();
    const told = heard(member!.client, 'packet:dropped', (packet) => packet.campaignId === campaignId);
    await brand.drop(campaignId, { audience: { kind: 'room', roomId }, opensAt: iso(1_500) });
    await brand.post(`/campaigns/${campaignId}/schedule`);
    const { packetId } = await told;
    expect(await listed(member!.client, campaignId)).toMatchObject([{ packetId }]);
    expect(await listed(stranger!.client, campaignId)).toEqual([]);
    expect(await member!.client.grab(packetId)).toMatchObject({ outcome: 'won' });
    expect(stranger!.frames.join('')).not.toContain(packetId);
    await expect(stranger!.client.grab(packetId)).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each([
    ['a list that is not there', { kind: 'list', audienceId: randomUUID() }, 'audience_not_found'],
    ['a room that is not there', { kind: 'room', roomId: randomUUID() }, 'audience_not_found'],
    ['a segment without a condition', { kind: 'segment', segment: {} }, 'invalid_request'],
    ['nobody', { kind: 'nobody' }, 'invalid_request'],
  ])('is not %s', async (_what, audience, code) => {
    expect((await refusal({ ...planned, audience })).code).toBe(code);
  });
  it('is not a room of strangers', async () => {
    const [owner] = await crowdOf({ url, env }, 1, 'owner');
    const roomId = await fundedRoom(owner!, [], 0);
    expect(await refusal({ ...planned, audience: { kind: 'room', roomId } })).toEqual({
      ...{ code: 'audience_not_found', paths: ['audience.roomId'] },
    });
  });
  it.each([
    [
      'an answer that is no option',
      [{ kind: 'quiz', questions: [{ text: 'x', options: ['a', 'b'], answer: 2 }] }],
    ],
    ['one option', [{ kind: 'quiz', questions: [{ text: 'x', options: ['a'], answer: 0 }] }]],
    ['a circle of no width', [{ kind: 'place', lat: 1, lng: 1, radiusMeters: 1 }]],
    ['nine gates', Array.from({ length: 9 }, () => ({ kind: 'password', phrase: 'x' }))],
    ['a gate that is none', [{ kind: 'captcha' }]],
  ])('is not told by %s', async (_what, gates) => {
    expect((await refusal({ ...planned, gates })).code).toBe('invalid_request');
  });
});

describe('a planned drop', () => {
  it('is changed whole or taken out until its packets are made, and its budget is free again', async () => {
    const campaignId = await brand.campaign({ budget: 2_000 });
    const path = `/campaigns/${campaignId}/drops`;
    const dropId = await brand.drop(campaignId, { ...lucky(2_000, 10), opensAt: iso(1_800_000) });
    const change = {
      opensAt: iso(1_800_000),
      audience: { kind: 'everyone' },
      ...lucky(500, 5),
      greeting: '早',
    };
    const changed = await brand.tried<DropView>('PATCH', `${path}/${dropId}`, change);
    expect(changed.body).toMatchObject({ ...lucky(500, 5), greeting: '早', state: 'planned', packets: [] });
    expect((await brand.tried('PATCH', `${path}/${dropId}`, { ...change, state: 'open' })).code).toBe(
      'invalid_request',
    );
    expect((await brand.tried('PATCH', `${path}/${randomUUID()}`, change)).code).toBe('not_found');
    expect((await brand.tried('DELETE', `/campaigns/${plannedId}/drops/${dropId}`)).code).toBe('not_found');
    const soon = await brand.drop(campaignId, { ...lucky(1_500, 10), opensAt: iso(1_500) });
    await brand.post(`/campaigns/${campaignId}/schedule`);
    await brand.opened(campaignId, soon);
    expect((await brand.tried('PATCH', `${path}/${soon}`, change)).code).toBe('wrong_state');
    expect((await brand.tried('DELETE', `${path}/${soon}`)).code).toBe('wrong_state');
    expect((await brand.tried('DELETE', `${path}/${dropId}`)).status).toBe(200);
    expect(await brand.view(campaignId)).toMatchObject({ planned: 1_500, drops: 1 });
    const later = await brand.drop(campaignId, { ...lucky(500, 5), opensAt: iso(1_500), announceSeconds: 0 });
    expect((await brand.opened(campaignId, later)).packets).toHaveLength(1);
    await brand.post(`/campaigns/${campaignId}/cancel`);
    expect((await brand.settledUp(campaignId)).refunded).toBe(2_000);
  });
});

describe('a drop for everyone', () => {
  it('is announced ahead, opens at its instant and not before, and is listed for who comes late', async () => {
    const campaignId = await brand.campaign();
    const people = await connected(30);
    const isMine = (packet: PacketView<number>) => packet.campaignId === campaignId;
    const announced = people.map(({ client }) => heard(client, 'packet:announced', isMine));
    const dropped = people.map(({ client }) => heard(client, 'packet:dropped', isMine));
    const opensAt = iso(3_000);
    const dropId = await brand.drop(campaignId, { opensAt, announceSeconds: 2, ...lucky(5_000, 50) });
    await brand.post(`/campaigns/${campaignId}/schedule`);
    const [ahead] = await Promise.all(announced);
    expect(Date.now()).toBeLessThan(Date.parse(opensAt) - 500);
    expect(ahead).toMatchObject({
      state: 'armed',
      opensAt: Date.parse(opensAt),
      dropId,
      commitment: expect.any(String),
    });
    const [early] = await connected(1);
    expect(await listed(early!.client, campaignId)).toMatchObject([
      { packetId: ahead!.packetId, state: 'armed' },
    ]);

    const hammering = people.map(async ({ client }) => {
      for (;;) {
        const result = await client.grab(ahead!.packetId);
        if (result.outcome !== 'not_open') return result;
        expect(result.opensAt).toBe(Date.parse(opensAt));
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    });
    const results = await Promise.all(hammering);
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['won']));
    for (const packet of await Promise.all(dropped))
      expect(packet).toMatchObject({ packetId: ahead!.packetId, state: 'open' });
    const claims = await brand.get<ClaimView[]>(`/packets/${ahead!.packetId}/claims`);
    const firstMs = Math.min(...claims.map(({ at }) => Date.parse(at))) - Date.parse(opensAt);
    expect(firstMs).toBeGreaterThanOrEqual(0);
    console.info(`a drop that 30 people wait for: first claim ${firstMs} ms after its instant`);

    const [late] = await connected(1);
    expect(await listed(late!.client, campaignId)).toMatchObject([
      { packetId: ahead!.packetId, state: 'open' },
    ]);
    expect(await late!.client.grab(ahead!.packetId)).toMatchObject({ outcome: 'won', ordinal: 31 });
    await brand.post(`/campaigns/${campaignId}/cancel`);
    const isTold = () =>
      late!.frames.some((frame) => frame.includes('packet:closed') && frame.includes(ahead!.packetId));
    await until('who came late is told of the close', isTold);
    await until('it is listed no more', async () => (await listed(late!.client, campaignId)).length === 0);
  });
});

describe('a drop for a room', () => {
  it('is told to its members alone; to others it is not there', async () => {
    const [member, lateMember, stranger] = await connected(3);
    const http = brand.marketer.http;
    const { roomId } = await http.createRoom('brand room');
    await http.addMembers(roomId, [member!.userId, lateMember!.userId]);
    await member!.client.joinRoom(roomId);
    const campaignId = await brand.campaign();
    const told = heard(member!.client, 'packet:dropped', (packet) => packet.campaignId === campaignId);
    const audience = { kind: 'room', roomId };
    const dropId = await brand.drop(campaignId, { opensAt: iso(2_000), audience, ...lucky(500, 5) });
    await brand.post(`/campaigns/${campaignId}/schedule`);
    const { packetId } = await told;
    await brand.opened(campaignId, dropId);
    expect((await member!.client.grab(packetId)).outcome).toBe('won');
    await expect(stranger!.client.grab(packetId)).rejects.toMatchObject({ code: 'not_found' });
    await expect(stranger!.client.inspect(packetId)).rejects.toMatchObject({ code: 'not_found' });
    expect(await listed(stranger!.client, campaignId)).toEqual([]);
    await lateMember!.client.joinRoom(roomId);
    expect(await listed(lateMember!.client, campaignId)).toMatchObject([{ packetId }]);
    expect((await lateMember!.client.grab(packetId)).outcome).toBe('won');
    await brand.post(`/campaigns/${campaignId}/cancel`);
    await until('members are told', () => member!.frames.some((frame) => frame.includes('packet:closed')));
    expect(stranger!.frames.filter((frame) => frame.includes(packetId))).toEqual([]);
  });
});
