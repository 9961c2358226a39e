import { afterAll, describe, expect, it } from 'vitest';
import type { HongbaoClient } from '@app/client';
import type { ClaimView, GrabResult, PacketView } from '@app/contracts';
import { until, type TestPerson } from '@app/testing';
import {
  connectAll,
  crowdOf,
  eachOf,
  everythingHeardBy,
  grabByHttp,
  heard,
} from '../../api/test/campaign-crowd.js';
import { Brand, iso } from '../../api/test/campaign-scene.js';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';

const { url, env } = serviceUnderTest();
const clients: HongbaoClient[] = [];
afterAll(() => {
  for (const client of clients) client.close();
});

type Result = GrabResult<number>;
interface Guest {
  person: TestPerson;
  client: HongbaoClient;
}

async function guests(count: number, attributes?: Record<string, string | number>): Promise<Guest[]> {
  const crowd = await crowdOf({ url, env }, count, 'guest', attributes);
  const connected = await connectAll(crowd);
  clients.push(...connected);
  return crowd.map((person, k) => ({ person, client: connected[k]! }));
}

const fixed = (amount: number, count: number) => ({ kind: 'fixed', amount, count });
const claimsOf = (brand: Brand, packetId: string) => brand.get<ClaimView[]>(`/packets/${packetId}/claims`);
const sumOf = (claims: readonly { amount?: number }[]) =>
  claims.reduce((sum, { amount = 0 }) => sum + amount, 0);

/** At no claim had more been given than were released by then: one at the opening, the others evenly over `releaseMs`. */
function assertReleasedEvenly(
  claims: readonly ClaimView[],
  opensAtMs: number,
  releaseMs: number,
  count: number,
): void {
  for (const [k, { at }] of claims.entries()) {
    const sinceMs = Date.parse(at) - opensAtMs;
    expect(sinceMs).toBeGreaterThanOrEqual(0);
    expect(k + 1).toBeLessThanOrEqual(Math.floor((sinceMs * count) / releaseMs) + 1);
  }
  const atHalf = claims.filter(({ at }) => Date.parse(at) <= opensAtMs + releaseMs / 2).length;
  expect(atHalf).toBeLessThanOrEqual(count / 2 + 1);
}

/** Grabs until won or over; what is not released yet is asked for again at the instant that the answer names. */
async function grabUntilDecided(client: HongbaoClient, packetId: string): Promise<Result> {
  for (;;) {
    const result = await client.grab(packetId);
    if (result.outcome !== 'not_open') return result;
    expect(result.opensAt).toBeGreaterThan(0);
    const inMs = Math.min(500, Math.max(40, result.opensAt! - Date.now()));
    await new Promise((resolve) => setTimeout(resolve, inMs));
  }
}

describe.concurrent('rain of two rounds, in each of which a person may catch two', () => {
  it('opens each round at its time, gives evenly, and no one catches more', async () => {
    const ROUND_MS = 5_000;
    const ROUND_AND_GAP_MS = 6_000;
    const rain = { rounds: 2, roundSeconds: 5, gapSeconds: 1, catchesPerRound: 2 };
    const brand = await Brand.found(url);
    const campaignId = await brand.campaign();
    const opensAt = iso(2_000);
    const people = await guests(25);
    const caught: (Result & { packet: PacketView<number>; userId: string; heardLateMs: number })[] = [];
    const grabbing: Promise<void>[] = [];
    for (const { person, client } of people) {
      client.on('packet:dropped', (packet) => {
        if (packet.campaignId !== campaignId) return;
        const heardLateMs = Date.now() - packet.opensAt;
        const grab = grabUntilDecided(client, packet.packetId).then((result) => {
          caught.push({ ...result, packet, userId: person.userId, heardLateMs });
        });
        grabbing.push(grab);
      });
    }
    const dropId = await brand.drop(campaignId, {
      opensAt,
      packet: { kind: 'lucky', amount: 4_000, count: 40 },
      rain,
    });
    await brand.post(`/campaigns/${campaignId}/schedule`);
    await until('everyone heard of four packets', () => grabbing.length === people.length * 4, 20_000);
    await Promise.all(grabbing);

    const won = caught.filter(({ outcome }) => outcome === 'won');
    expect([won.length, sumOf(won)]).toEqual([40, 4_000]);
    const perPersonAndRound = new Map<string, number>();
    for (const { userId, packet } of won) {
      const round = `${userId} ${packet.rain!.round}`;
      perPersonAndRound.set(round, (perPersonAndRound.get(round) ?? 0) + 1);
    }
    expect(Math.max(...perPersonAndRound.values())).toBe(2);
    const packets = [...new Map(caught.map(({ packet }) => [packet.packetId, packet])).values()];
    expect(packets.map(({ rain: lane }) => `${lane!.round}:${lane!.lane}`).sort()).toEqual([
      '1:1',
      '1:2',
      '2:1',
      '2:2',
    ]);
    for (const { packetId, count, opensAt: opensAtMs, rain: lane } of packets) {
      expect(opensAtMs).toBe(Date.parse(opensAt) + (lane!.round - 1) * ROUND_AND_GAP_MS);
      assertReleasedEvenly(await claimsOf(brand, packetId), opensAtMs, ROUND_MS, count);
    }
    const lateMs = Math.max(...caught.map(({ heardLateMs }) => heardLateMs));
    expect(Math.min(...caught.map(({ heardLateMs }) => heardLateMs))).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThan(1_000);
    await until(
      'the drop is over',
      async () => (await brand.dropView(campaignId, dropId)).state === 'closed',
    );
    console.info(
      `rain: 2 rounds of 5 s, 25 people: ${won.length} caught of 40, at most ${Math.max(...perPersonAndRound.values())} by one in a round; ` +
        `rounds heard of at most ${lateMs} ms late`,
    );
  });
});

describe.concurrent('tiers', () => {
  it('give everyone the packet of the first tier that fits, once, and to no one else', async () => {
    const brand = await Brand.found(url);
    const campaignId = await brand.campaign();
    const [local] = await guests(1, { city: '嘉兴' });
    const [listed, never, before] = await guests(3);
    const [both] = await guests(1, { city: '嘉兴' });
    const { audienceId } = await brand.list([listed!.person.userId, both!.person.userId]);
    const first = await brand.drop(campaignId, { opensAt: iso(1_500), announceSeconds: 0 });
    await brand.post(`/campaigns/${campaignId}/schedule`);
    const { packetId: firstId } = await brand.opened(campaignId, first);
    expect((await before!.client.grab(firstId!)).outcome).toBe('won');

    const all = [local!, listed!, never!, before!, both!];
    const told = all.map(() => [] as string[]);
    all.forEach(({ client }, k) => {
      client.on('packet:dropped', (packet) => {
        if (packet.campaignId === campaignId) told[k]!.push(packet.packetId);
      });
    });
    const tiers = [
      { name: '本地', segment: { attributes: { city: '嘉兴' } }, packet: fixed(2_000, 10) },
      { name: '老友', audienceId, packet: fixed(5_000, 10) },
      { name: '初次', neverWon: true, packet: fixed(1_000, 10) },
    ];
    const dropId = await brand.drop(campaignId, {
      opensAt: iso(1_500),
      announceSeconds: 0,
      packet: fixed(500, 10),
      tiers,
    });
    const { packets } = await brand.opened(campaignId, dropId);
    const byPart = Object.fromEntries(packets.map(({ part, packetId }) => [part, packetId]));
    const theirs = ['tier:1', 'tier:2', 'tier:3', 'base', 'tier:1'].map((part) => [byPart[part]]);
    await until('all were told', () => told.every(({ length }) => length > 0));
    for (const [k, { client }] of all.entries()) {
      const listing = (await client.packetsList()).packets.filter((packet) => packet.dropId === dropId);
      expect(listing.map(({ packetId }) => packetId)).toEqual(theirs[k]);
    }
    await expect(never!.client.grab(byPart['tier:1']!)).rejects.toMatchObject({ code: 'not_found' });
    await expect(never!.client.grab(byPart['tier:2']!)).rejects.toMatchObject({ code: 'not_found' });
    expect(await before!.client.grab(byPart['tier:3']!)).toMatchObject({
      outcome: 'not_eligible',
      reason: 'members',
    });
    const results = await Promise.all(all.map(({ client }, k) => client.grab(theirs[k]![0]!)));
    expect(results.map(({ outcome, amount }) => [outcome, amount])).toEqual(
      [200, 500, 100, 50, 200].map((amount) => ['won', amount]),
    );
    for (const [k, { client }] of all.entries()) {
      const kept = (await client.packetsList()).packets.filter((packet) => packet.dropId === dropId);
      expect(kept.map(({ packetId }) => packetId)).toEqual(theirs[k]);
    }
    // Who may take the tier's packet and the drop's own gets one of them.
    expect(await local!.client.grab(byPart.base!)).toMatchObject({ outcome: 'not_eligible', reason: 'cap' });
    expect(await both!.client.grab(byPart['tier:2']!)).toMatchObject({
      outcome: 'not_eligible',
      reason: 'cap',
    });
    expect(await never!.client.grab(byPart['tier:3']!)).toMatchObject({ outcome: 'already', amount: 100 });
    expect(told).toEqual(theirs);
    await brand.post(`/campaigns/${campaignId}/cancel`);
    expect((await brand.settledUp(campaignId)).spent).toBe(
      1_050 + (await claimsOf(brand, firstId!))[0]!.amount,
    );
  });
});

describe.concurrent('a segment', () => {
  it('of newcomers with an attribute hears of the drop and may win; others hear nothing, and it is not there', async () => {
    const brand = await Brand.found(url);
    const campaignId = await brand.campaign();
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    const [inside] = await guests(1, { level: 3, joinedAt: daysAgo(2) });
    const outside = [
      ...(await guests(1, { level: 3, joinedAt: daysAgo(20) })),
      ...(await guests(1, { level: 1, joinedAt: daysAgo(2) })),
      ...(await guests(1)),
    ];
    const frames = outside.map(({ client }) => everythingHeardBy(client));
    const segment = { attributes: { level: { min: 2 } }, newcomerDays: 7 };
    const hears = heard(inside!.client, 'packet:dropped', (packet) => packet.campaignId === campaignId);
    await brand.drop(campaignId, {
      opensAt: iso(2_000),
      audience: { kind: 'segment', segment },
      packet: fixed(200, 2),
    });
    await brand.post(`/campaigns/${campaignId}/schedule`);
    const { packetId } = await hears;
    expect(frames.flat().filter((frame) => frame.includes(packetId))).toEqual([]);
    expect(await inside!.client.grab(packetId)).toMatchObject({ outcome: 'won', amount: 100 });
    for (const { client, person } of outside) {
      await expect(client.grab(packetId)).rejects.toMatchObject({ code: 'not_found' });
      expect(await grabByHttp(url, person, packetId)).toEqual({ outcome: 'not_found' });
      await expect(client.inspect(packetId)).rejects.toMatchObject({ code: 'not_found' });
      const { packets } = await client.packetsList();
      expect(packets.filter((packet) => packet.campaignId === campaignId)).toEqual([]);
    }
    const closed = new Promise<void>((resolve) => {
      inside!.client.on('packet:closed', (packet) => packet.packetId === packetId && resolve());
    });
    await brand.post(`/campaigns/${campaignId}/cancel`);
    await closed;
    expect(frames.flat().filter((frame) => frame.includes(packetId))).toEqual([]);
  });
});

describe.concurrent('a shake', () => {
  it('hits by its odds, answers each miss, and never misses one who has won', async () => {
    const ODDS = 25;
    const PEOPLE = 200;
    const brand = await Brand.found(url);
    const campaignId = await brand.campaign();
    const people = await guests(PEOPLE);
    const early = heard(people[0]!.client, 'packet:announced', (packet) => packet.campaignId === campaignId);
    const shake = { oddsPercent: ODDS };
    const dropId = await brand.drop(campaignId, { opensAt: iso(2_500), packet: fixed(20_000, 1_000), shake });
    await brand.post(`/campaigns/${campaignId}/schedule`);
    const { packetId, shake: shown } = await early;
    expect(shown).toEqual({ oddsPercent: ODDS });
    for (let k = 0; k < 10; k += 1) expect((await people[0]!.client.grab(packetId)).outcome).toBe('not_open');
    await brand.opened(campaignId, dropId);

    let tries = 0;
    await eachOf(people, 50, async ({ person, client }, k) => {
      const shakeOnce = () =>
        (k % 4 === 0 ? grabByHttp(url, person, packetId) : client.grab(packetId)) as Promise<Result>;
      let result = await shakeOnce();
      for (tries += 1; result.outcome !== 'won'; tries += 1) {
        expect(result).toMatchObject({
          outcome: 'not_eligible',
          reason: 'luck',
          message: expect.any(String),
        });
        result = await shakeOnce();
      }
      for (let again = 0; again < 8; again += 1)
        expect(await shakeOnce()).toEqual({ ...result, outcome: 'already' });
    });
    // A gateway that answers misses itself hears of claims that were made elsewhere when they are settled.
    await until('all is settled', async () => (await brand.view(campaignId)).spent === PEOPLE * 20);
    const words = await eachOf(people, 50, ({ client }) => client.grab(packetId));
    expect(new Set(words.map(({ outcome }) => outcome))).toEqual(new Set(['already']));
    const hitPercent = (PEOPLE / tries) * 100;
    console.info(`shake: odds ${ODDS} %, ${tries} tries for ${PEOPLE} wins: ${hitPercent.toFixed(1)} %`);
    // Five standard deviations of the tries that 200 wins take: 200 wins need 800 tries, give or take 49.
    expect(Math.abs(tries - 800)).toBeLessThan(245);
    await brand.post(`/campaigns/${campaignId}/cancel`);
    expect((await people[0]!.client.grab(packetId)).outcome).toBe('already');
    const [late] = await guests(1);
    for (let k = 0; k < 10; k += 1) expect((await late!.client.grab(packetId)).outcome).toBe('closed');
    expect((await brand.settledUp(campaignId)).spent).toBe(PEOPLE * 20);
  });

  it('gives its quota evenly over the time of its release', async () => {
    const RELEASE_MS = 3_000;
    const COUNT = 12;
    const brand = await Brand.found(url);
    const campaignId = await brand.campaign();
    const people = await guests(16);
    const shake = { oddsPercent: 100, releaseSeconds: RELEASE_MS / 1_000 };
    const told = people.map(({ client }) =>
      heard(client, 'packet:dropped', (packet) => packet.campaignId === campaignId),
    );
    await brand.drop(campaignId, {
      opensAt: iso(2_000),
      packet: { kind: 'lucky', amount: 1_200, count: COUNT },
      shake,
    });
    await brand.post(`/campaigns/${campaignId}/schedule`);
    const { packetId, opensAt, releaseMs } = (await Promise.all(told))[0]!;
    expect(releaseMs).toBe(RELEASE_MS);
    const results = await Promise.all(people.map(({ client }) => grabUntilDecided(client, packetId)));
    expect(results.map(({ outcome }) => outcome).sort()).toEqual([
      ...Array(4).fill('empty'),
      ...Array(COUNT).fill('won'),
    ]);
    expect(sumOf(results)).toBe(1_200);
    assertReleasedEvenly(await claimsOf(brand, packetId), opensAt, RELEASE_MS, COUNT);
  });
});
