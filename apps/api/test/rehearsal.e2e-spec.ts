import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataSource } from 'typeorm';
import type { CampaignReport, CampaignView, DropView, GrabResult, WalletView } from '@app/contracts';
import type { HongbaoClient } from '@app/client';
import { funnelKeys, readFunnel } from '@app/funnel';
import { makeDataSource } from '@app/ledger';
import { connectSockets, type Redis } from '@app/redis';
import { auditOf, fundedRoom, signIn, until, type TestPerson } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';
import { Brand, call, iso } from './campaign-scene.js';
import { coverOf, ears, evening } from './rehearsal-scene.js';

const { url, env } = serviceUnderTest();
/** An evening of 8 s until it opens, three gaps of 10 s, and 15 s for the last, with room for two busy cores. */
const REHEARSAL_MS_MAX = 110_000;

let dataSource: DataSource;
let redis: Redis;
beforeAll(async () => {
  dataSource = await makeDataSource(env.DATABASE_URL!, 2, 'rehearsal-test').initialize();
  redis = connectSockets(env.REDIS_SOCKET_URL ?? env.REDIS_URL!, () => undefined);
});
afterAll(async () => {
  redis.disconnect();
  await dataSource.destroy();
});

interface Rehearsing {
  state: string;
  rehearsalId: string;
}

const ended = (brand: Brand, rehearsalId: string) =>
  until(
    'the rehearsal is over and settled up',
    async () => {
      const campaign = await brand.get<CampaignView>(`/campaigns/${rehearsalId}`);
      return campaign.state === 'ended' && campaign.spent + campaign.refunded === campaign.budget && campaign;
    },
    REHEARSAL_MS_MAX,
  );

/** Real money of these owners, and that robots and the rehearsal have none. */
async function realMoney(owners: string[], rehearsalId: string): Promise<unknown[]> {
  const robots = `robot.${rehearsalId.slice(-8)}.%`;
  const strays = await dataSource.query<unknown[]>(
    `SELECT owner FROM accounts WHERE currency <> 'XTS' AND (owner LIKE $1 OR owner = $2)
     UNION ALL SELECT transfer_key FROM transfers t JOIN packets p USING (packet_id)
     WHERE p.campaign_id = $2::uuid AND (t.currency <> 'XTS' OR p.currency <> 'XTS')`,
    [robots, rehearsalId],
  );
  expect(strays).toEqual([]);
  return dataSource.query(
    `SELECT kind, owner, currency, balance FROM accounts WHERE owner = ANY($1::text[]) ORDER BY 1, 2, 3`,
    [owners],
  );
}

async function claimsOf(campaignId: string): Promise<{ count: number; amount: number }> {
  const [sums] = await dataSource.query<{ count: number; amount: number }[]>(
    `SELECT count(*)::int AS count, coalesce(sum(c.amount), 0)::int AS amount
     FROM claims c JOIN packets p USING (packet_id) WHERE p.campaign_id = $1`,
    [campaignId],
  );
  return sums!;
}

async function usesOf(coverId: string): Promise<number> {
  const sql = `SELECT uses FROM covers WHERE cover_id = $1`;
  return (await dataSource.query<{ uses: number }[]>(sql, [coverId]))[0]!.uses;
}

const refusalsOf = async (dropId: string) => Object.keys((await readFunnel(redis, dropId)).refused);

/** What is known of a campaign, a rehearsal of it left aside. */
async function planOf(brand: Brand, campaignId: string) {
  const { rehearsalId: _latest, ...campaign } = await brand.get<CampaignView>(`/campaigns/${campaignId}`);
  const { at: _at, ...report } = (
    await brand.tried<{ at?: string }>('GET', `/campaigns/${campaignId}/report`)
  ).body;
  return { campaign, report, drops: await brand.get<DropView[]>(`/campaigns/${campaignId}/drops`) };
}

describe('a rehearsal', () => {
  it(
    'plays the whole campaign with robots and play money, and reaches nothing real',
    async () => {
      const brand = await Brand.found(url);
      const person = await signIn(url);
      const roomId = await fundedRoom(brand.marketer, [person], 10_000);
      const coverId = await coverOf(brand);
      const campaignId = await evening(brand, roomId, coverId);
      const client = await person.connect();
      const marketers = await brand.marketer.connect();
      await client.joinRoom(roomId);
      const heard = [ears(client), ears(marketers)];
      const owners = [brand.tenantId, person.userId, brand.marketer.userId, campaignId];
      const [before, moneyBefore] = [await planOf(brand, campaignId), await realMoney(owners, campaignId)];
      const balanceBefore = await brand.get<WalletView>(`/tenants/${brand.tenantId}/balance`);

      const startedMs = Date.now();
      const { state, rehearsalId } = await brand.post<Rehearsing>(`/campaigns/${campaignId}/rehearse`);
      expect(state).toBe('running');
      expect(await brand.tried('POST', `/campaigns/${campaignId}/rehearse`)).toMatchObject({
        ...{ status: 409, code: 'wrong_state' },
        body: { detail: 'A rehearsal of it runs already.' },
      });
      expect((await brand.tried('POST', `/campaigns/${rehearsalId}/rehearse`)).code).toBe('wrong_state');

      const drops = await rehearsedDrops(brand, rehearsalId, startedMs);
      await until('the quiz is open', () => isOpen(brand, rehearsalId, drops[1]!.dropId), REHEARSAL_MS_MAX);
      await nobodyElse(brand, person, client, rehearsalId);
      const view = await ended(brand, rehearsalId);
      console.log(`rehearsed in ${Math.round((Date.now() - startedMs) / 1_000)} s`);
      client.close();
      marketers.close();

      expect(view).toMatchObject({ currency: 'XTS', rehearsalOf: campaignId, name: '端午 quiz', coverId });
      await robotsPlayed(rehearsalId, drops);
      expect(heard).toEqual([[], []]);
      expect(await planOf(brand, campaignId)).toEqual(before);
      expect(await realMoney(owners, rehearsalId)).toEqual(moneyBefore);
      expect(await brand.get(`/tenants/${brand.tenantId}/balance`)).toEqual(balanceBefore);
      for (const { http } of [person, brand.marketer])
        expect((await http.wallet()).balances.map(({ currency }) => currency)).not.toContain('XTS');
      expect(await usesOf(coverId)).toBe(0);
      expect((await brand.get<CampaignView>(`/campaigns/${campaignId}`)).rehearsalId).toBe(rehearsalId);
      const listed = await brand.get<CampaignView[]>(`/campaigns?tenantId=${brand.tenantId}`);
      expect(listed.map((campaign) => campaign.campaignId)).toEqual([campaignId]);
      const [completed] = await dataSource.query<{ n: number }[]>(
        `SELECT count(*)::int AS n FROM task_completions WHERE tenant_id = $1 AND task_id NOT LIKE $2`,
        [brand.tenantId, `rehearsal.${rehearsalId}.%`],
      );
      expect(completed!.n).toBe(0);
      expect((await auditOf(env)).broken).toEqual([]);
    },
    REHEARSAL_MS_MAX + 60_000,
  );

  it(
    'is paused, resumed and cancelled by its own id, and the next one may come',
    { timeout: 90_000 },
    async () => {
      const brand = await Brand.found(url, 0);
      const campaignId = await brand.campaign({ budget: 10_000 });
      expect(await brand.tried('POST', `/campaigns/${campaignId}/rehearse`)).toMatchObject({
        ...{ status: 409, code: 'wrong_state' },
        body: { detail: 'Plan at least one drop first.' },
      });
      const shake = { oddsPercent: 50, releaseSeconds: 15 };
      const dropId = await brand.drop(campaignId, { opensAt: iso(600_000), shake });
      const { rehearsalId } = await brand.post<Rehearsing>(`/campaigns/${campaignId}/rehearse`);
      const [{ dropId: rehearsedId }] = await brand.get<[DropView]>(`/campaigns/${rehearsalId}/drops`);
      await brand.opened(rehearsalId, rehearsedId);
      const spent = async () => (await brand.get<CampaignView>(`/campaigns/${rehearsalId}`)).spent;
      await until('a robot has won', async () => (await spent()) > 0);

      expect(await brand.post(`/campaigns/${rehearsalId}/pause`)).toEqual({ state: 'paused' });
      const won = () => claimsOf(rehearsalId);
      // What the store gave out before the pause may still be on its way to the ledger; the report counts both.
      const paused = await until('no win is on its way', async () => {
        const { funnel } = await brand.get<CampaignReport>(`/campaigns/${rehearsalId}/report`);
        return funnel.won === funnel.settled && won();
      });
      await until('robots are refused while it is paused', async () => {
        const counted = await refusalsOf(rehearsedId);
        return counted.includes('paused');
      });
      expect((await won()).count).toBe(paused.count);
      expect(await brand.post(`/campaigns/${rehearsalId}/resume`)).toEqual({ state: 'running' });
      await until('robots win again', async () => (await won()).count > paused.count, 15_000);
      expect(await brand.post(`/campaigns/${rehearsalId}/cancel`)).toEqual({ state: 'cancelled' });
      const settled = () => brand.get<CampaignView>(`/campaigns/${rehearsalId}`);
      await until('all of it is back', async () => {
        const { spent: given, refunded, budget } = await settled();
        return given + refunded === budget;
      });

      const original = await brand.get<CampaignView>(`/campaigns/${campaignId}`);
      expect(original).toMatchObject({ state: 'draft', spent: 0, refunded: 0, rehearsalId });
      expect((await brand.dropView(campaignId, dropId)).state).toBe('planned');
      const next = await brand.post<Rehearsing>(`/campaigns/${campaignId}/rehearse`);
      expect(next.rehearsalId).not.toBe(rehearsalId);
      await brand.post(`/campaigns/${next.rehearsalId}/cancel`);
      expect((await auditOf(env)).broken).toEqual([]);
    },
  );

  describe('beside a campaign for everyone', () => {
    let real: { dropId: string; packetId: string };

    it('leaves what is real to people', { timeout: 60_000 }, async () => {
      const brand = await Brand.found(url);
      const campaignId = await brand.campaign();
      const client = await (await signIn(url)).connect();
      const dropId = await brand.drop(campaignId, { opensAt: iso(4_000) });
      const { rehearsalId } = await brand.post<Rehearsing>(`/campaigns/${campaignId}/rehearse`);
      await brand.post(`/campaigns/${campaignId}/schedule`);
      const { packetId } = await brand.opened(campaignId, dropId);
      real = { dropId, packetId: packetId! };
      expect((await client.grab(real.packetId)).outcome).toBe('won');
      await until(
        'robots have won of the rehearsal',
        async () => (await claimsOf(rehearsalId)).count > 30,
        20_000,
      );
      expect((await claimsOf(campaignId)).count).toBe(1);
      await brand.post(`/campaigns/${campaignId}/cancel`);
      await brand.post(`/campaigns/${rehearsalId}/cancel`);
      client.close();
    });

    // Sockets of robots are in every audience that is everyone: to be kept out where audiences are judged, then this is `it`.
    it('does not count among the people whom the campaign reached', async () => {
      const reached = await redis.smembers(funnelKeys.reached(real.dropId));
      expect(reached.length).toBeGreaterThan(0);
      expect(reached.filter((userId) => userId.startsWith('robot.'))).toEqual([]);
    });
  });

  it('is for owners and marketers, and unknown to strangers', async () => {
    const brand = await Brand.found(url, 0);
    const campaignId = await brand.campaign();
    await brand.drop(campaignId);
    const [viewer, stranger] = [await signIn(url, 'viewer'), await signIn(url, 'stranger')];
    await brand.post(`/tenants/${brand.tenantId}/members`, { userId: viewer.userId, role: 'viewer' });
    const path = `/campaigns/${campaignId}/rehearse`;
    expect((await call(url, viewer.token, 'POST', path)).code).toBe('forbidden');
    expect((await call(url, stranger.token, 'POST', path)).code).toBe('not_found');
    const views = await Promise.all([
      brand.tried<Rehearsing>('POST', path),
      brand.tried<Rehearsing>('POST', path),
    ]);
    expect(views.map(({ status }) => status).sort()).toEqual([200, 409]);
    const { rehearsalId } = views.find(({ status }) => status === 200)!.body;
    expect((await call(url, stranger.token, 'GET', `/campaigns/${rehearsalId}`)).code).toBe('not_found');
    await brand.post(`/campaigns/${rehearsalId}/cancel`);
  });
});

/** They open soon, in their order, with the two of one instant together; given by opening. */
async function rehearsedDrops(brand: Brand, rehearsalId: string, startedMs: number): Promise<DropView[]> {
  const drops = await brand.get<DropView[]>(`/campaigns/${rehearsalId}/drops`);
  const opens = drops.map(({ opensAt }) => Date.parse(opensAt) - startedMs);
  expect(opens[0]).toBeGreaterThan(5_000);
  expect(opens[0]).toBeLessThan(12_000);
  expect(opens.map((at) => at - opens[0]!)).toEqual([0, 10_000, 10_000, 20_000, 30_000]);
  for (const { audience } of drops)
    expect(audience).toEqual({ kind: 'segment', segment: { attributes: { rehearsal: rehearsalId } } });
  return drops;
}

async function isOpen(brand: Brand, campaignId: string, dropId: string): Promise<boolean> {
  return (await brand.dropView(campaignId, dropId)).state === 'open';
}

/** While its packets are open: no list names them, and a grab by whatever way finds nothing. */
async function nobodyElse(
  brand: Brand,
  person: TestPerson,
  client: HongbaoClient,
  rehearsalId: string,
): Promise<void> {
  expect((await client.packetsList()).packets).toEqual([]);
  const drops = await brand.get<DropView[]>(`/campaigns/${rehearsalId}/drops`);
  const packetIds = drops.flatMap(({ packets }) => packets.map(({ packetId }) => packetId));
  expect(packetIds.length).toBeGreaterThan(2);
  for (const packetId of packetIds) {
    await expect(client.grab(packetId)).rejects.toMatchObject({ code: 'not_found' });
    await expect(client.inspect(packetId)).rejects.toMatchObject({ code: 'not_found' });
    for (const { token } of [person, brand.marketer]) {
      const grabbed = await call<GrabResult>(url, token, 'POST', `/packets/${packetId}/grabs`, {});
      expect(grabbed.code).toBe('not_found');
    }
  }
}

/** Robots won of every packet, those who were wrong at first too; nobody else did, and no cap was passed. */
async function robotsPlayed(rehearsalId: string, drops: DropView[]): Promise<void> {
  const claims = await dataSource.query<{ dropId: string; userId: string; part: string }[]>(
    `SELECT p.drop_id AS "dropId", p.part, c.user_id AS "userId" FROM claims c JOIN packets p USING (packet_id)
     WHERE p.campaign_id = $1`,
    [rehearsalId],
  );
  for (const { userId } of claims)
    expect(userId).toMatch(new RegExp(`^robot\\.${rehearsalId.slice(-8)}\\.\\d+$`));
  const [plain, , tasks, rain, shaken] = drops.map(({ dropId }) =>
    claims.filter((claim) => claim.dropId === dropId),
  );
  const counts = drops.map(({ dropId }) => claims.filter((claim) => claim.dropId === dropId).length);
  console.log(`claims by drop: ${counts.join(', ')}`);
  const parts = (some: typeof claims) => [...new Set(some.map(({ part }) => part))].sort();
  expect(parts(plain!)).toEqual(['base', 'tier:1']);
  expect(plain!.length).toBeGreaterThan(30);
  for (const { dropId } of drops) expect((await readFunnel(redis, dropId)).reached).toBe(60);
  expect(await refusalsOf(drops[1]!.dropId)).toContain('quiz');
  expect(counts[1]! + counts[2]!).toBeGreaterThan(70);
  expect(await refusalsOf(drops[2]!.dropId)).toContain('task');
  expect(new Set(tasks!.map(({ userId }) => userId)).size).toBe(tasks!.length);
  expect(parts(rain!)).toEqual(['round:1:1', 'round:1:2', 'round:2:1', 'round:2:2']);
  expect(rain!.length).toBe(40);
  expect(shaken!.length).toBe(20);
}
