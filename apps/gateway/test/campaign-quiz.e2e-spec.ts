import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataSource } from 'typeorm';
import type { HongbaoClient } from '@app/client';
import type { GrabResult, PacketClosed } from '@app/contracts';
import { makeDataSource } from '@app/ledger';
import { until, type TestPerson } from '@app/testing';
import {
  connectAll,
  crowdOf,
  eachOf,
  grabByHttp,
  heard,
  quizAnswers,
} from '../../api/test/campaign-crowd.js';
import { Brand, iso } from '../../api/test/campaign-scene.js';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';

const { url, env } = serviceUnderTest();
const PEOPLE = 5_000;
/** Two thirds of them are fewer than the shares, so that some are left for the calls. */
const ON_SOCKETS = 1_450;
const CALLS_AT_ONCE = 48;
const SHARES = 1_000;
const AMOUNT = 200_000;
const BUDGET = 250_000;
const QUIZ = {
  kind: 'quiz',
  questions: [
    { text: '包粽子用的是哪一种叶?', options: ['荷叶', '箬叶', '梧桐叶', '银杏叶'], answer: 1 },
    { text: '五芳斋从哪座城开始?', options: ['嘉兴', '绍兴', '无锡'], answer: 0 },
  ],
};
const RIGHT = ['箬叶', '嘉兴'];

type Result = Pick<GrabResult, 'outcome' | 'reason' | 'amount' | 'ordinal'>;
interface Seen {
  person: TestPerson;
  isRight: boolean;
  way: 'socket' | 'http';
  result: Result;
}

let dataSource: DataSource;
const clients: HongbaoClient[] = [];
beforeAll(async () => {
  dataSource = await makeDataSource(env.DATABASE_URL!, 2, 'quiz-test').initialize();
});
afterAll(async () => {
  for (const client of clients) client.close();
  await dataSource.destroy();
});

/** Every third answers wrongly. */
const answersRightly = (k: number) => k % 3 !== 2;

async function grabOnSocket(person: TestPerson, k: number, campaignId: string): Promise<Seen> {
  const client = clients[k]!;
  const { packetId, gates } = await heard(
    client,
    'packet:dropped',
    (packet) => packet.campaignId === campaignId,
  );
  const isRight = answersRightly(k);
  const result = await client.grab(packetId, quizAnswers(gates, RIGHT, isRight));
  return { person, isRight, way: 'socket', result };
}

async function grabByCall(person: TestPerson, k: number, packetId: string): Promise<Seen> {
  const isRight = answersRightly(k);
  const { gates } = await person.http.packet(packetId);
  const result = await grabByHttp(url, person, packetId, quizAnswers(gates, RIGHT, isRight));
  return { person, isRight, way: 'http', result: result as Result };
}

/** What each person got of the packet, by the ledger. */
async function paidOf(packetId: string): Promise<Map<string, { ordinal: number; amount: number }>> {
  const rows = await dataSource.query<{ userId: string; ordinal: number; amount: number }[]>(
    `SELECT c.user_id AS "userId", c.ordinal, c.amount FROM claims c
     JOIN accounts a ON a.kind = 'wallet' AND a.owner = c.user_id AND a.currency = 'CNY' AND a.balance = c.amount
     WHERE c.packet_id = $1`,
    [packetId],
  );
  return new Map(rows.map(({ userId, ...claim }) => [userId, claim]));
}

function assertWhoWon(seen: readonly Seen[]): void {
  const won = seen.filter(({ result }) => result.outcome === 'won');
  expect(won).toHaveLength(SHARES);
  expect(won.filter(({ isRight }) => !isRight)).toEqual([]);
  expect(new Set(won.map(({ way }) => way))).toEqual(new Set(['socket', 'http']));
  expect(new Set(won.map(({ result }) => result.ordinal)).size).toBe(SHARES);
  expect(won.reduce((sum, { result }) => sum + result.amount!, 0)).toBe(AMOUNT);
  for (const { isRight, result } of seen) {
    if (!isRight) expect(result).toMatchObject({ outcome: 'not_eligible', reason: 'quiz' });
    else if (result.outcome !== 'won') expect(result).toEqual({ outcome: 'empty' });
  }
}

describe('a quiz before 1,000 shares, for 5,000 people of whom a third answer wrongly', () => {
  it('has 1,000 winners, all of whom answered rightly, and sums, balance and report that agree to the fen', async () => {
    const brand = await Brand.found(url);
    const topup = await brand.available();
    const people = await crowdOf({ url, env }, PEOPLE, 'guest');
    clients.push(...(await connectAll(people.slice(0, ON_SOCKETS))));
    const closed: PacketClosed[] = [];
    clients[0]!.on('packet:closed', (packet) => closed.push(packet));
    const campaignId = await brand.campaign({ budget: BUDGET, caps: { claimsPerPerson: 1 } });
    const packet = { kind: 'lucky', amount: AMOUNT, count: SHARES };
    const dropId = await brand.drop(campaignId, { opensAt: iso(3_000), packet, gates: [QUIZ] });
    const onSockets = people.slice(0, ON_SOCKETS).map((person, k) => grabOnSocket(person, k, campaignId));
    await brand.post(`/campaigns/${campaignId}/schedule`);
    expect(await brand.available()).toBe(topup - BUDGET);

    const { packetId } = await brand.opened(campaignId, dropId);
    const startedMs = performance.now();
    const others = people.slice(ON_SOCKETS);
    const byCalls = eachOf(others, CALLS_AT_ONCE, (person, k) =>
      grabByCall(person, ON_SOCKETS + k, packetId!),
    );
    const seen = [...(await Promise.all(onSockets)), ...(await byCalls)];
    const seconds = (performance.now() - startedMs) / 1_000;

    assertWhoWon(seen);
    const told = await until('it is closed', () => closed.find((packet) => packet.packetId === packetId));
    expect(told).toMatchObject({ state: 'finished', refunded: 0 });
    const paid = await paidOf(packetId!);
    expect(paid.size).toBe(SHARES);
    for (const { person, result } of seen) {
      const { outcome, amount, ordinal } = result;
      expect(paid.get(person.userId)).toEqual(outcome === 'won' ? { amount, ordinal } : undefined);
    }

    await brand.post(`/campaigns/${campaignId}/cancel`);
    await until('what was not given is back', async () => (await brand.available()) === topup - AMOUNT);
    expect(await brand.view(campaignId)).toMatchObject({ spent: AMOUNT, refunded: BUDGET - AMOUNT });
    expect(await brand.balance()).toMatchObject({ available: topup - AMOUNT, held: 0 });
    const wrong = seen.filter(({ isRight }) => !isRight).length;
    console.info(
      `quiz: ${PEOPLE} people (${ON_SOCKETS} on sockets), ${wrong} wrong, ${SHARES} winners, ${AMOUNT} fen, ` +
        `all answered in ${seconds.toFixed(1)} s`,
    );
    // Who tapped is told to Redis a quarter of a second later at most (libs/funnel), and once more by each process.
    const report = await until('all who tapped are counted', async () => {
      const now = await brand.report(campaignId);
      return now.funnel.tapped >= PEOPLE && now;
    });
    expect(report).toMatchObject({
      ...{
        budget: BUDGET,
        spent: AMOUNT,
        refunded: BUDGET - AMOUNT,
        held: 0,
        costPerWinner: AMOUNT / SHARES,
      },
      ledger: { spent: AMOUNT, refunded: BUDGET - AMOUNT, held: 0, matches: true },
      funnel: { tapped: PEOPLE, won: SHARES, settled: SHARES, refused: { quiz: wrong } },
    });
    const csv = await fetch(`${url}/api/v1/campaigns/${campaignId}/claims.csv`, {
      headers: { authorization: `Bearer ${brand.marketer.token}` },
    });
    const lines = (await csv.text()).trim().split('\n');
    expect([csv.status, lines.length]).toEqual([200, 1 + SHARES]);
  }, 120_000);
});
