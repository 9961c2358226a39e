import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataSource } from 'typeorm';
import type { HongbaoClient } from '@app/client';
import type { GrabResult } from '@app/contracts';
import { makeDataSource } from '@app/ledger';
import { auditOf, until, type TestPerson } from '@app/testing';
import { connectAll, crowdOf, grabByHttp, heard } from '../../api/test/campaign-crowd.js';
import { Brand, iso } from '../../api/test/campaign-scene.js';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';

const { url, env } = serviceUnderTest();
const CLIENTS = 1_000;
const ON_SOCKETS = 400;
const DROPS = 30;
const AMOUNT = 1_000_000;
const BUDGET = DROPS * AMOUNT;
const PAUSED_AFTER_WINS = 1_500;
const REFUSED_WHILE_PAUSED = 1_500;
const MORE_WINS = 1_000;

let dataSource: DataSource;
const clients: HongbaoClient[] = [];
beforeAll(async () => {
  dataSource = await makeDataSource(env.DATABASE_URL!, 2, 'pause-test').initialize();
});
afterAll(async () => {
  for (const client of clients) client.close();
  await dataSource.destroy();
});

/** Grabs without end, packet after packet, until told to stop; asks again for what it was refused. */
class Crowd {
  readonly outcomes = new Map<string, number>();
  amountWon = 0;
  private stopped = false;
  private hands: Promise<void>[] = [];

  constructor(private readonly packetIds: readonly string[]) {}

  begin(grabs: readonly ((packetId: string) => Promise<GrabResult<number>>)[]): void {
    this.hands = grabs.map((grab, k) => this.grabOn(grab, k));
  }

  count(outcome: string): number {
    return this.outcomes.get(outcome) ?? 0;
  }

  async end(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.hands);
  }

  private async grabOn(grab: (packetId: string) => Promise<GrabResult<number>>, from: number): Promise<void> {
    for (let k = from; !this.stopped;) {
      const { outcome, reason, amount = 0 } = await grab(this.packetIds[k % this.packetIds.length]!);
      const word = reason ? `${outcome} ${reason}` : outcome;
      this.outcomes.set(word, this.count(word) + 1);
      if (outcome === 'won') this.amountWon += amount;
      if (outcome === 'won' || outcome === 'already') k += 1;
    }
  }
}

/** Claims by the store's clock, which here is this machine's too. */
async function claimsOf(campaignId: string, fromMs = 0, beforeMs = 8e15) {
  const [row] = await dataSource.query<{ claims: number; amount: number; last: Date | null }[]>(
    `SELECT count(*) AS claims, coalesce(sum(c.amount), 0)::bigint AS amount, max(c.claimed_at) AS last
     FROM claims c JOIN packets p USING (packet_id)
     WHERE p.campaign_id = $1 AND c.claimed_at > to_timestamp($2 / 1000.0) AND c.claimed_at < to_timestamp($3 / 1000.0)`,
    [campaignId, fromMs, beforeMs],
  );
  return row!;
}

/** Asks, and says when the answer came. */
async function steer(brand: Brand, campaignId: string, step: string) {
  const askedMs = Date.now();
  const { state } = await brand.post<{ state: string }>(`/campaigns/${campaignId}/${step}`);
  return { state, askedMs, answeredMs: Date.now() };
}

async function runningWith(people: readonly TestPerson[]) {
  const brand = await Brand.found(url, BUDGET);
  const campaignId = await brand.campaign({ budget: BUDGET });
  const opensAt = iso(4_000);
  const packet = { kind: 'lucky', amount: AMOUNT, count: 10_000 };
  for (let k = 0; k < DROPS; k += 1) await brand.drop(campaignId, { opensAt, announceSeconds: 0, packet });
  await brand.post(`/campaigns/${campaignId}/schedule`);
  clients.push(...(await connectAll(people.slice(0, ON_SOCKETS))));
  const opened = await brand.allOpened(campaignId);
  return { brand, campaignId, packetIds: opened.map(({ packetId }) => packetId!) };
}

describe('a campaign from which 1,000 clients grab', () => {
  it('has no claim after a pause is answered, goes on when resumed, and gives all back when cancelled', async () => {
    const people = await crowdOf({ url, env }, CLIENTS, 'busy');
    const { brand, campaignId, packetIds } = await runningWith(people);
    const crowd = new Crowd(packetIds);
    crowd.begin([
      ...clients.map((client) => (packetId: string) => client.grab(packetId)),
      ...people
        .slice(ON_SOCKETS)
        .map((person) => (packetId: string) => grabByHttp(url, person, packetId) as Promise<never>),
    ]);
    await until('many have won', () => crowd.count('won') >= PAUSED_AFTER_WINS, 20_000);

    const pause = await steer(brand, campaignId, 'pause');
    const [wonAtPause, refusedBefore] = [crowd.count('won'), crowd.count('not_eligible paused')];
    const refused = () => crowd.count('not_eligible paused') - refusedBefore;
    await until('many are refused', () => refused() >= REFUSED_WHILE_PAUSED, 20_000);
    const wonInPause = crowd.count('won') - wonAtPause;
    const resume = await steer(brand, campaignId, 'resume');
    const wonBefore = crowd.count('won');
    await until('more win again', () => crowd.count('won') >= wonBefore + MORE_WINS, 20_000);
    const cancel = await steer(brand, campaignId, 'cancel');
    await until('everyone is told that it is over', () => crowd.count('closed') >= CLIENTS, 20_000);
    await crowd.end();

    expect([pause.state, resume.state, cancel.state]).toEqual(['paused', 'running', 'cancelled']);
    const settledUp = await brand.settledUp(campaignId);
    const settledUpMs = Date.now() - cancel.answeredMs;
    const beforePause = await claimsOf(campaignId, 0, pause.answeredMs);
    const inPause = await claimsOf(campaignId, pause.answeredMs, resume.askedMs);
    const afterResume = await claimsOf(campaignId, resume.askedMs, cancel.answeredMs);
    const afterCancel = await claimsOf(campaignId, cancel.answeredMs);
    const lastMs = (inPause.last ?? beforePause.last)!.getTime() - pause.answeredMs;
    console.info(
      `pause while ${CLIENTS} clients grab (${ON_SOCKETS} on sockets): answered in ${pause.answeredMs - pause.askedMs} ms; last claim ` +
        `${lastMs} ms after the answer; ${refused()} refused while paused for ${resume.askedMs - pause.answeredMs} ms, and ${wonInPause} ` +
        `answers of claims made before; cancel answered in ${cancel.answeredMs - cancel.askedMs} ms, settled up ${settledUpMs} ms later`,
    );
    expect(lastMs).toBeLessThan(1_000);
    expect([inPause.claims, afterCancel.claims]).toEqual([0, 0]);
    expect(afterResume.claims).toBeGreaterThanOrEqual(MORE_WINS);
    const all = await claimsOf(campaignId);
    expect(all).toMatchObject({ claims: crowd.count('won'), amount: crowd.amountWon });
    expect(settledUp).toMatchObject({ spent: all.amount, refunded: BUDGET - all.amount });
    expect(await brand.balance()).toMatchObject({ available: BUDGET - all.amount, held: 0 });
    expect([...crowd.outcomes.keys()].sort()).toEqual(['closed', 'not_eligible paused', 'won']);
    expect(await auditOf(env)).toMatchObject({ ok: true, broken: [] });
  }, 90_000);
});

describe('a campaign that is paused over an opening', () => {
  it('keeps the packet shut, and when resumed opens all that came due, each once', async () => {
    const [client] = await connectAll(await crowdOf({ url, env }, 1, 'waiting'));
    clients.push(client!);
    const brand = await Brand.found(url);
    const campaignId = await brand.campaign();
    const isMine = (packet: { campaignId?: string }) => packet.campaignId === campaignId;
    const announced = heard(client!, 'packet:announced', isMine);
    const told: string[] = [];
    client!.on('packet:dropped', (packet) => isMine(packet) && told.push(packet.packetId));
    const armed = await brand.drop(campaignId, { opensAt: iso(2_500), announceSeconds: 2 });
    await brand.post(`/campaigns/${campaignId}/schedule`);
    const { packetId, opensAt } = await announced;
    await brand.post(`/campaigns/${campaignId}/pause`);
    const planned = await brand.drop(campaignId, { opensAt: iso(1_000), announceSeconds: 0 });
    const seen = await until('it says something else than not open', async () => {
      const result = await client!.grab(packetId);
      return result.outcome !== 'not_open' && result;
    });
    expect(seen).toMatchObject({ outcome: 'not_eligible', reason: 'paused' });
    expect(Date.now()).toBeGreaterThanOrEqual(opensAt);
    expect([told, (await brand.dropView(campaignId, planned)).packets]).toEqual([[], []]);
    await brand.post(`/campaigns/${campaignId}/resume`);
    const resumedMs = Date.now();
    const drops = await brand.allOpened(campaignId);
    for (const drop of drops) {
      expect(drop.openedLateMs).toBeGreaterThan(0);
      expect(Date.parse(drop.openedAt!)).toBeLessThan(resumedMs + 2_000);
      expect((await client!.grab(drop.packetId!)).outcome).toBe('won');
    }
    expect(drops.map(({ dropId }) => dropId).sort()).toEqual([armed, planned].sort());
    await until('both were told', () => told.length >= 2);
    await brand.post(`/campaigns/${campaignId}/cancel`);
    await brand.settledUp(campaignId);
    expect(told.sort()).toEqual(drops.map((drop) => drop.packetId).sort());
  });
});

describe('campaigns that are cancelled at any instant around their opening', () => {
  const CAMPAIGNS = 24;
  const SPREAD_MS = 1_800;

  it('give back to the fen what was not won, and audit clean', async () => {
    const brand = await Brand.found(url);
    const winners = await connectAll(await crowdOf({ url, env }, 4, 'quick'));
    clients.push(...winners);
    const wins = new Map<string, number>();
    const grabs: Promise<void>[] = [];
    for (const client of winners) {
      client.on('packet:dropped', ({ campaignId, packetId }) => {
        const grab = client.grab(packetId).then(({ outcome, amount = 0 }) => {
          if (outcome === 'won') wins.set(campaignId!, (wins.get(campaignId!) ?? 0) + amount);
        });
        grabs.push(grab);
      });
    }
    const cancelled = Array.from({ length: CAMPAIGNS }, async (_, k) => {
      const campaignId = await brand.campaign({ budget: 20_000 });
      await brand.drop(campaignId, { opensAt: iso(900), announceSeconds: 0 });
      await brand.post(`/campaigns/${campaignId}/schedule`);
      // Spread evenly from the funding over the opening to the first claims.
      await new Promise((resolve) => setTimeout(resolve, (k / CAMPAIGNS) * SPREAD_MS));
      const { state } = await brand.post<{ state: string }>(`/campaigns/${campaignId}/cancel`);
      expect(state).toBe('cancelled');
      return campaignId;
    });
    const campaignIds = await Promise.all(cancelled);
    const settled = [];
    for (const campaignId of campaignIds) settled.push(await brand.settledUp(campaignId));
    await Promise.all(grabs);
    expect(settled.map(({ spent }) => spent)).toEqual(
      campaignIds.map((campaignId) => wins.get(campaignId) ?? 0),
    );
    const withClaims = settled.filter((one) => one.spent > 0).length;
    expect(withClaims).toBeGreaterThan(0);
    expect(withClaims).toBeLessThan(CAMPAIGNS);
    const spent = settled.reduce((sum, one) => sum + one.spent, 0);
    expect(await brand.balance()).toMatchObject({ available: 10_000_000 - spent, held: 0 });
    expect(await auditOf(env)).toMatchObject({ ok: true, broken: [] });
    console.info(
      `cancelled around the opening: ${CAMPAIGNS} campaigns, ${withClaims} with claims, ${spent} fen spent, all else back`,
    );
  });
});
