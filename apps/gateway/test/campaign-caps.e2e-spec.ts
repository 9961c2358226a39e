import { afterAll, describe, expect, it } from 'vitest';
import type { HongbaoClient } from '@app/client';
import type { GrabResult } from '@app/contracts';
import { splitLucky } from '@app/domain';
import type { TestPerson } from '@app/testing';
import { connectAll, crowdOf, eachOf, grabByHttp } from '../../api/test/campaign-crowd.js';
import { Brand, iso } from '../../api/test/campaign-scene.js';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';

const { url, env } = serviceUnderTest();
const open: HongbaoClient[] = [];
afterAll(() => {
  for (const client of open) client.close();
});

type Result = GrabResult<number>;
const fixed = (amount: number, count: number) => ({ packet: { kind: 'fixed', amount, count } });

async function connected(people: readonly TestPerson[]): Promise<HongbaoClient[]> {
  const clients = await connectAll(people);
  open.push(...clients);
  return clients;
}

/** A campaign with these caps, and drops that are open. */
async function running(
  caps: object,
  drops: object[],
): Promise<{ brand: Brand; campaignId: string; packetIds: string[] }> {
  const brand = await Brand.found(url);
  const campaignId = await brand.campaign({ caps });
  const opensAt = iso(1_500);
  for (const drop of drops) await brand.drop(campaignId, { opensAt, announceSeconds: 0, ...drop });
  await brand.post(`/campaigns/${campaignId}/schedule`);
  const opened = await brand.allOpened(campaignId);
  return { brand, campaignId, packetIds: opened.map(({ packetId }) => packetId!) };
}

const sumOf = (results: readonly Result[]) => results.reduce((sum, { amount = 0 }) => sum + amount, 0);
const winsOf = (results: readonly Result[]) => results.filter(({ outcome }) => outcome === 'won');

/** All who did not win were told that a cap is reached, and nothing else. */
function assertCapped(results: readonly Result[], wins: number): void {
  expect(winsOf(results)).toHaveLength(wins);
  const others = results.filter(({ outcome }) => outcome !== 'won');
  for (const result of others) expect(result).toMatchObject({ outcome: 'not_eligible', reason: 'cap' });
}

/** What the campaign says that it spent, once all claims are settled. */
async function assertSpent(brand: Brand, campaignId: string, amount: number): Promise<void> {
  await brand.post(`/campaigns/${campaignId}/cancel`);
  expect((await brand.settledUp(campaignId)).spent).toBe(amount);
}

describe.concurrent('the last 50 claims of a day', () => {
  it('go to 50 of 200 who ask at once for two packets, on sockets and by HTTP', async () => {
    const { brand, campaignId, packetIds } = await running({ claimsPerDay: 150 }, [
      fixed(20_000, 200),
      fixed(20_000, 200),
    ]);
    const people = await crowdOf({ url, env }, 300, 'capped');
    const first = await eachOf(people.slice(0, 100), 50, (person, k) =>
      grabByHttp(url, person, packetIds[k % 2]!),
    );
    expect(winsOf(first as never)).toHaveLength(100);
    const clients = await connected(people.slice(100, 250));
    const startedMs = performance.now();
    const late = await Promise.all([
      ...clients.map((client, k) => client.grab(packetIds[k % 2]!)),
      ...people.slice(250).map((person, k) => grabByHttp(url, person, packetIds[k % 2]!) as Promise<never>),
    ]);
    const tookMs = performance.now() - startedMs;
    expect(late).toHaveLength(200);
    assertCapped(late, 50);
    expect(sumOf(late)).toBe(5_000);
    // Who has won is told so, also when nobody can win any more.
    const again = late.findIndex(({ outcome }, k) => outcome === 'won' && k < clients.length);
    expect(await clients[again]!.grab(packetIds[again % 2]!)).toEqual({ ...late[again], outcome: 'already' });
    await assertSpent(brand, campaignId, 15_000);
    console.info(
      `daily cap: 200 at once for the last 50 of 150: ${winsOf(late).length} won, in ${Math.round(tookMs)} ms`,
    );
  });
});

describe.concurrent('an amount for a day', () => {
  it('is not passed by one fen, and nothing that still fits is held back', async () => {
    const CAP = 5_000;
    const { brand, campaignId, packetIds } = await running({ amountPerDay: CAP }, [
      { packet: { kind: 'lucky', amount: 20_000, count: 200 } },
    ]);
    const clients = await connected(await crowdOf({ url, env }, 150, 'capped'));
    const results = await Promise.all(clients.map((client) => client.grab(packetIds[0]!)));
    const [wins, sum] = [winsOf(results).length, sumOf(results)];
    assertCapped(results, wins);
    await assertSpent(brand, campaignId, sum);
    const { seed, amount, count, min, max } = await brand.marketer.http.proof(packetIds[0]!);
    const shares = splitLucky(seed, { amount, count, min, max });
    expect(sum).toBe(shares.slice(0, wins).reduce((total, share) => total + share, 0));
    expect(sum).toBeLessThanOrEqual(CAP);
    expect(sum + shares[wins]!).toBeGreaterThan(CAP);
    console.info(
      `amount of a day: ${CAP} fen, given ${sum} in ${wins} shares, the next would be ${shares[wins]} fen`,
    );
  });

  it('of which the last share lacks one fen gives that share to nobody, from two packets at once', async () => {
    const { brand, campaignId, packetIds } = await running({ amountPerDay: 4_999 }, [
      fixed(20_000, 200),
      fixed(20_000, 200),
    ]);
    const clients = await connected(await crowdOf({ url, env }, 150, 'capped'));
    const results = await Promise.all(clients.map((client, k) => client.grab(packetIds[k % 2]!)));
    assertCapped(results, 49);
    await assertSpent(brand, campaignId, 4_900);
  });
});

describe.concurrent('what one person may win', () => {
  it.each([
    ['in a campaign', { claimsPerPerson: 2 }],
    ['in a day', { claimsPerPersonPerDay: 2 }],
  ])('%s is exact over 10 sockets and 5 drops, for 6 people at once', async (_when, caps) => {
    const { brand, campaignId, packetIds } = await running(
      caps,
      Array.from({ length: 5 }, () => fixed(10_000, 100)),
    );
    const people = await crowdOf({ url, env }, 6, 'greedy');
    const won = await Promise.all(
      people.map(async (person) => {
        const clients = await connected(Array.from({ length: 10 }, () => person));
        const asked = clients.flatMap((client) => packetIds.map((packetId) => ({ client, packetId })));
        const results = await Promise.all(
          asked.map(async ({ client, packetId }) => ({ packetId, ...(await client.grab(packetId)) })),
        );
        const wins = winsOf(results) as typeof results;
        const packetsWon = new Set(wins.map(({ packetId }) => packetId));
        for (const { packetId, outcome, reason } of results) {
          if (packetsWon.has(packetId)) expect(['won', 'already']).toContain(outcome);
          else expect([outcome, reason]).toEqual(['not_eligible', 'cap']);
        }
        expect(packetsWon.size).toBe(wins.length);
        return wins.length;
      }),
    );
    expect(won).toEqual([2, 2, 2, 2, 2, 2]);
    await assertSpent(brand, campaignId, 1_200);
    console.info(`cap of 2 for a person: 6 people, 10 sockets each, 5 drops, 300 grabs: ${won.join(' ')}`);
  });
});

describe.concurrent('claims of a whole campaign', () => {
  it('are exact over three drops at once, and a later drop has none left', async () => {
    const { brand, campaignId, packetIds } = await running({ claims: 30 }, [
      fixed(2_000, 20),
      fixed(2_000, 20),
      fixed(2_000, 20),
    ]);
    const clients = await connected(await crowdOf({ url, env }, 60, 'capped'));
    const results = await Promise.all(clients.map((client, k) => client.grab(packetIds[k % 3]!)));
    assertCapped(results, 30);
    const dropId = await brand.drop(campaignId, {
      opensAt: iso(1_000),
      announceSeconds: 0,
      ...fixed(2_000, 20),
    });
    const { packetId } = await brand.opened(campaignId, dropId);
    assertCapped([await clients[0]!.grab(packetId!)], 0);
    await assertSpent(brand, campaignId, 3_000);
  });
});
