import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataSource } from 'typeorm';
import type { CampaignReport, CampaignSeries, GrabResult } from '@app/contracts';
import { funnelKeys } from '@app/funnel';
import { makeDataSource } from '@app/ledger';
import { connectSockets, type Redis } from '@app/redis';
import { auditOf, signIn, until, type TestPerson } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';
import { Brand, call, iso } from './campaign-scene.js';
import { grabByHttp } from './campaign-crowd.js';
import { parseCsv, slyPeople } from './report-scene.js';

const { url, env } = serviceUnderTest();
const BUDGET = 50_000;
const PHRASE = '端午安康';
let dataSource: DataSource;
let redis: Redis;
beforeAll(async () => {
  dataSource = await makeDataSource(env.DATABASE_URL!, 2, 'reports-test').initialize();
  redis = connectSockets(env.REDIS_SOCKET_URL ?? env.REDIS_URL!, () => undefined);
});
afterAll(async () => {
  redis.disconnect();
  await dataSource.destroy();
});

const grab = (person: TestPerson, packetId: string, password?: string) =>
  grabByHttp(url, person, packetId, password === undefined ? undefined : { password }) as Promise<GrabResult>;

function csvOf(person: TestPerson, path: string): Promise<Response> {
  return fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${person.token}` } });
}

/** What the ledger itself holds, read apart from the service. */
async function sumsOf(campaignId: string) {
  const [sums] = await dataSource.query(
    `SELECT (SELECT coalesce(sum(c.amount), 0)::bigint FROM claims c JOIN packets p USING (packet_id) WHERE p.campaign_id = $1) AS claimed,
       (SELECT count(*) FROM claims c JOIN packets p USING (packet_id) WHERE p.campaign_id = $1) AS claims,
       (SELECT count(DISTINCT c.user_id) FROM claims c JOIN packets p USING (packet_id) WHERE p.campaign_id = $1) AS people,
       (SELECT coalesce(sum(w.balance), 0)::bigint FROM accounts w WHERE w.kind = 'wallet' AND w.owner IN (SELECT c.user_id
          FROM claims c JOIN packets p USING (packet_id) WHERE p.campaign_id = $1)) AS wallets,
       (SELECT coalesce(sum(balance), 0)::bigint FROM accounts WHERE (kind = 'campaign' AND owner = $1::uuid::text)
          OR (kind = 'escrow' AND owner IN (SELECT packet_id::text FROM packets WHERE campaign_id = $1))) AS held`,
    [campaignId],
  );
  return sums as Record<'claimed' | 'claims' | 'people' | 'wallets' | 'held', number>;
}

interface Evening {
  brand: Brand;
  campaignId: string;
  gated: string;
  fixed: string;
  winners: TestPerson[];
}

/** A drop with a phrase that expires with shares left, and one that is taken whole; three people try a wrong phrase. */
async function evening(): Promise<Evening> {
  const brand = await Brand.found(url, BUDGET);
  const campaignId = await brand.campaign({ budget: BUDGET });
  const gated = await brand.drop(campaignId, {
    ...{ opensAt: iso(1_500), announceSeconds: 1, expiresInSeconds: 10 },
    ...{
      gates: [{ kind: 'password', phrase: PHRASE }],
      packet: { kind: 'lucky', amount: 20_003, count: 40 },
    },
  });
  const fixed = await brand.drop(campaignId, {
    ...{ opensAt: iso(1_600), announceSeconds: 0, packet: { kind: 'fixed', amount: 1_998, count: 6 } },
  });
  await brand.post(`/campaigns/${campaignId}/schedule`);
  const winners = await slyPeople(url);
  const late = await signIn(url);
  const wrong = await Promise.all(Array.from({ length: 3 }, () => signIn(url)));
  await brand.allOpened(campaignId);
  const [first, second] = [await brand.dropView(campaignId, gated), await brand.dropView(campaignId, fixed)];
  for (const person of wrong) expect((await grab(person, first.packetId!, '中秋')).reason).toBe('password');
  // One of them comes to know it.
  for (const person of [...winners, wrong[0]!])
    expect((await grab(person, first.packetId!, PHRASE)).outcome).toBe('won');
  for (const person of winners.slice(0, 6))
    expect((await grab(person, second.packetId!)).outcome).toBe('won');
  expect((await grab(late, second.packetId!)).outcome).toBe('empty');
  return { brand, campaignId, gated, fixed, winners: [...winners, wrong[0]!] };
}

describe('a campaign with wins, wrong answers, an expiry and a refund', () => {
  let scene: Evening;
  let report: CampaignReport;
  let people: number;

  beforeAll(async () => {
    scene = await evening();
    const { brand, campaignId, gated } = scene;
    await until(
      'it expired',
      async () => (await brand.dropView(campaignId, gated)).state === 'closed',
      40_000,
    );
    await brand.post(`/campaigns/${campaignId}/cancel`);
    await brand.settledUp(campaignId);
    report = await brand.report(campaignId);
    people = scene.winners.length;
  });

  it('is reported to the fen: its sums, those of its transfers alone, and what the accounts hold', async () => {
    const sums = await sumsOf(scene.campaignId);
    const { spent, refunded, held, ledger } = report;
    console.info(
      `report ${spent} + ${refunded} + ${held}, ledger ${ledger.spent} + ${ledger.refunded} + ${ledger.held}, claims ${sums.claimed}, wallets ${sums.wallets}`,
    );
    expect(report).toMatchObject({
      campaignId: scene.campaignId,
      state: 'cancelled',
      currency: 'CNY',
      budget: BUDGET,
    });
    expect(ledger).toEqual({ spent, refunded, held, matches: true });
    expect([sums.claimed, sums.wallets, sums.held]).toEqual([spent, spent, held]);
    expect([spent + refunded, held]).toEqual([BUDGET, 0]);
    expect(await scene.brand.balance()).toMatchObject({ available: refunded, held: 0 });
    expect(report.costPerWinner).toBe(Math.round(spent / sums.people));
    const [gated, fixed] = report.drops;
    expect(gated!.spent + fixed!.spent).toBe(spent);
    expect(fixed).toMatchObject({
      budget: 1_998,
      spent: 1_998,
      refunded: 0,
      costPerWinner: 333,
      state: 'closed',
    });
    expect(gated).toMatchObject({
      budget: 20_003,
      refunded: 20_003 - gated!.spent,
      packets: [{ part: 'base', state: 'expired' }],
    });
    expect((await auditOf(env)).broken).toEqual([]);
  });

  it('counts people once at each step, in each drop and over both', async () => {
    const { brand, campaignId } = scene;
    const seen = await until('the gateways have told of everyone', async () => {
      const now = await brand.report(campaignId);
      return now.funnel.tapped === people + 3 && now;
    });
    const known = (seen.funnel.audience ?? 0) >= people;
    expect(known).toBe(true);
    expect(seen.funnel).toMatchObject({
      tapped: people + 3,
      won: people,
      settled: people + 6,
      refused: { password: 3, empty: 1 },
    });
    const [gated, fixed] = seen.drops;
    expect(gated!.funnel).toMatchObject({
      tapped: people + 2,
      won: people,
      settled: people,
      refused: { password: 3 },
    });
    expect(fixed!.funnel).toMatchObject({ tapped: 7, won: 6, settled: 6, refused: { empty: 1 } });
    expect(gated!.openedLateMs).toBe(Date.parse(gated!.openedAt!) - Date.parse(gated!.opensAt));
    expect(gated!.latency!.count).toBe(people + 3);
  });

  it('keeps its funnel when Redis loses it', async () => {
    const { brand, campaignId, gated, fixed } = scene;
    const before = await brand.report(campaignId);
    await until('all of it is kept', async () => {
      const rows: { figures: { tapped: number; latency: unknown; campaign?: { tapped: number } } }[] =
        await dataSource.query(`SELECT figures FROM drop_funnels WHERE drop_id = ANY($1::uuid[])`, [
          [gated, fixed],
        ]);
      const tapped = rows.reduce((sum, { figures }) => sum + figures.tapped, 0);
      return tapped === people + 2 + 7 && rows.some(({ figures }) => figures.campaign?.tapped === people + 3);
    });
    for (const dropId of [gated, fixed]) {
      const reasons = ['password', 'empty'].map((reason) => funnelKeys.refused(dropId, reason));
      const { reached, tapped, reasons: known, latency } = funnelKeys;
      expect(
        await redis.del(reached(dropId), tapped(dropId), known(dropId), latency(dropId), ...reasons),
      ).toBeGreaterThan(0);
    }
    const { at: _, ...after } = await brand.report(campaignId);
    expect({ ...after, at: before.at }).toEqual(before);
  });

  it('gives its claims as a CSV that sums to what was spent and computes nothing', async () => {
    const response = await csvOf(scene.brand.marketer, `/campaigns/${scene.campaignId}/claims.csv`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="claims-${scene.campaignId}.csv"`,
    );
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    const [header, ...lines] = parseCsv(bytes.subarray(3).toString());
    const claims = lines.map((cells) => Object.fromEntries(cells.map((cell, k) => [header![k]!, cell])));
    expect(header).toEqual([
      'drop_id',
      'packet_id',
      'part',
      'ordinal',
      'user_id',
      'name',
      'amount',
      'currency',
      'claimed_at',
      'settled_at',
    ]);
    expect(claims.reduce((sum, claim) => sum + Number(claim.amount), 0)).toBe(report.spent);
    expect(claims).toHaveLength((await sumsOf(scene.campaignId)).claims);
    for (const cell of lines.flat()) expect(cell).not.toMatch(/^[\s\p{Cf}]*[=+\-@\t\r＝＋－＠]/u);
    for (const { userId, name } of scene.winners) {
      const own = claims.filter((claim) => claim.user_id!.replace(/^'/, '') === userId);
      expect(own.length).toBeGreaterThan(0);
      for (const claim of own) expect([name, `'${name}`]).toContain(claim.name);
    }
    for (const { claimed_at: claimed, settled_at: settled } of claims) {
      expect(Date.parse(settled!) - Date.parse(claimed!)).toBeGreaterThan(-1_000);
    }
  });

  it('gives its totals as a CSV, a line a drop and one for the whole', async () => {
    const response = await csvOf(scene.brand.marketer, `/campaigns/${scene.campaignId}/totals.csv`);
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="totals-${scene.campaignId}.csv"`,
    );
    const text = Buffer.from(await response.arrayBuffer())
      .subarray(3)
      .toString();
    const [header, ...lines] = parseCsv(text);
    const rows = lines.map((cells) => Object.fromEntries(cells.map((cell, k) => [header![k]!, cell])));
    expect(rows.map(({ scope }) => scope)).toEqual(['drop', 'drop', 'campaign']);
    const sum = (column: string) => rows.slice(0, 2).reduce((all, row) => all + Number(row[column]), 0);
    const whole = rows[2]!;
    expect([sum('spent'), Number(whole.spent), Number(whole.ledger_spent)]).toEqual([
      report.spent,
      report.spent,
      report.spent,
    ]);
    expect(whole).toMatchObject({
      refunded: String(report.refunded),
      refused_password: '3',
      refused_empty: '1',
      ledger_matches: 'true',
    });
    expect(rows.map(({ held }) => held)).toEqual(['0', '0', '0']);
  });

  it('gives its series, which sums to the same', async () => {
    const series = await scene.brand.get<CampaignSeries>(`/campaigns/${scene.campaignId}/series`);
    expect(series.points.reduce((sum, { amount }) => sum + amount, 0)).toBe(report.spent);
    expect(series.points.reduce((sum, { winners }) => sum + winners, 0)).toBe(report.funnel.settled);
    expect(series.amounts.reduce((sum, { claims }) => sum + claims, 0)).toBe(report.funnel.settled);
    expect(series.points.at(-1)).toMatchObject({ stockLeft: 0, budgetLeft: BUDGET - report.spent });
  });

  it('is shown to a viewer of the tenant and to nobody outside', async () => {
    const [viewer, other] = [await signIn(url, 'viewer'), (await Brand.found(url, 0)).marketer];
    await scene.brand.post(`/tenants/${scene.brand.tenantId}/members`, {
      userId: viewer.userId,
      role: 'viewer',
    });
    for (const part of ['report', 'series', 'claims.csv', 'totals.csv']) {
      const path = `/campaigns/${scene.campaignId}/${part}`;
      expect([part, (await call(url, viewer.token, 'GET', path)).status]).toEqual([part, 200]);
      const outside = await call(url, other.token, 'GET', path);
      expect([part, outside.status, outside.code]).toEqual([part, 404, 'not_found']);
      const unknown = await call(url, viewer.token, 'GET', `/campaigns/${randomUUID()}/${part}`);
      expect([part, unknown.status, unknown.code]).toEqual([part, 404, 'not_found']);
      expect((await call(url, '', 'GET', path)).code).toBe('unauthorized');
    }
  });
});

describe('a campaign that has not begun', () => {
  it('has a report of nothing, no points, and files without lines', async () => {
    const brand = await Brand.found(url, 0);
    const campaignId = await brand.campaign({ budget: BUDGET });
    const report = await brand.report(campaignId);
    expect(report).toMatchObject({
      state: 'draft',
      budget: BUDGET,
      spent: 0,
      refunded: 0,
      held: 0,
      costPerWinner: 0,
      drops: [],
    });
    expect(report.funnel).toEqual({ audience: null, reached: 0, tapped: 0, won: 0, settled: 0, refused: {} });
    expect(report.ledger).toEqual({ spent: 0, refunded: 0, held: 0, matches: true });
    expect((await brand.get<CampaignSeries>(`/campaigns/${campaignId}/series`)).points).toEqual([]);
    const lines = async (file: string) =>
      parseCsv(await (await csvOf(brand.marketer, `/campaigns/${campaignId}/${file}`)).text());
    expect(await lines('claims.csv')).toHaveLength(1);
    expect(await lines('totals.csv')).toHaveLength(2);
  });
});

describe('the OpenAPI document', () => {
  it('says which of the calls answer with a file', async () => {
    const { paths } = JSON.parse(await (await fetch(`${url}/api/docs-json`)).text());
    const answered = (part: string) =>
      Object.keys(paths[`/api/v1/campaigns/{campaignId}/${part}`].get.responses['200'].content);
    expect(['report', 'series', 'claims.csv', 'totals.csv'].map(answered)).toEqual([
      ...[['application/json'], ['application/json'], ['text/csv'], ['text/csv']],
    ]);
  });
});
