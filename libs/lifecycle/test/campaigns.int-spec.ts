import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { packClaims, type Caps } from '@app/contracts';
import { CampaignDropEntity, PacketEntity, scheduleCampaign, settleClaims, type DropPlan } from '@app/ledger';
import type { Grab, GrabDecision } from '@app/packet-store';
import { advanceCampaign, advanceDrop, cancelCampaign, pauseCampaign, resumeCampaign } from '../src/index.js';
import { useLifecycle } from './lifecycle-bench.js';

const bench = useLifecycle();
const BUDGET = 10_000;
const PLAN: DropPlan = {
  ...{ audience: { kind: 'everyone' }, tiers: [], gates: [] },
  packet: { kind: 'lucky', amount: 1_000, count: 10 },
};

/** A scheduled campaign whose one drop is due. */
async function dueDrop(plan: Partial<DropPlan> = {}, caps: Caps = {}, drops = 1) {
  const tenantId = await bench.tenant(BUDGET);
  const campaignId = randomUUID();
  await bench.query(
    `INSERT INTO campaigns (campaign_id, tenant_id, name, brand, currency, budget, starts_at, ends_at, greeting, caps, created_by)
     VALUES ($1, $2, 'c', 'brand', 'CNY', $3, now(), now() + interval '1 hour', '', $4, 'owner')`,
    [campaignId, tenantId, BUDGET, JSON.stringify(caps)],
  );
  const dropIds = Array.from({ length: drops }, () => randomUUID());
  for (const dropId of dropIds) {
    await bench.dataSource.getRepository(CampaignDropEntity).insert({
      ...{
        dropId,
        campaignId,
        opensAt: new Date(),
        announceSeconds: 0,
        expiresInSeconds: 600,
        amount: 1_000,
      },
      plan: { ...PLAN, ...plan } as never,
    });
  }
  await scheduleCampaign(bench.dataSource, campaignId, 60_000);
  return { tenantId, campaignId, dropIds, dropId: dropIds[0]! };
}

async function packetOf(dropId: string): Promise<PacketEntity> {
  return bench.dataSource.getRepository(PacketEntity).findOneByOrFail({ dropId });
}

async function grab({ packetId, rules }: PacketEntity, ...userIds: string[]): Promise<GrabDecision[]> {
  const { campaignId, audienceId } = rules!.campaign!;
  const grabs = userIds.map((userId): Grab => ({ userId, mark: 'met' }));
  const answer = await bench.parts.store.grab({ packetId, ruled: { campaignId, audienceId } }, grabs);
  if (answer.status !== 'decided') throw new Error(`the store answered ${answer.status}`);
  return answer.decisions;
}

const wordsOf = (decisions: GrabDecision[]) =>
  decisions.map((one) => ('reason' in one && one.reason) || one.outcome);

async function settleAllOf({ packetId }: PacketEntity): Promise<void> {
  const claims = await bench.parts.store.claims(packetId);
  await settleClaims(
    bench.dataSource,
    claims.map((claim) => ({ packetId, ...claim })),
  );
}

async function balances(tenantId: string, campaignId: string) {
  const rows = await bench.query<{ kind: string; balance: number }>(
    `SELECT kind, sum(balance)::bigint AS balance FROM accounts WHERE owner IN ($1, $2) OR kind = 'escrow' GROUP BY kind`,
    [tenantId, campaignId],
  );
  return Object.fromEntries(rows.map(({ kind, balance }) => [kind, balance]));
}

describe('a drop that is due', () => {
  it('is funded, armed and told once, however many move it on at the same time', async () => {
    const { tenantId, campaignId, dropId } = await dueDrop();
    await Promise.all(Array.from({ length: 6 }, () => advanceDrop(bench.parts, dropId)));
    expect(await bench.dataSource.getRepository(PacketEntity).countBy({ dropId })).toBe(1);
    expect(await balances(tenantId, campaignId)).toEqual({ tenant: 0, campaign: 9_000, escrow: 1_000 });
    const drop = await bench.dataSource.getRepository(CampaignDropEntity).findOneByOrFail({ dropId });
    expect(drop).toMatchObject({ state: 'open', openedAt: expect.any(Date) });
    expect(wordsOf(await grab(await packetOf(dropId), 'a'))).toEqual(['won']);
  });

  it('stands still while its campaign is paused, and goes on when that resumes', async () => {
    const { campaignId, dropId } = await dueDrop();
    await pauseCampaign(bench.parts, campaignId);
    await advanceDrop(bench.parts, dropId);
    expect(await bench.dataSource.getRepository(PacketEntity).countBy({ dropId })).toBe(0);
    await resumeCampaign(bench.parts, campaignId);
    await advanceDrop(bench.parts, dropId);
    expect(wordsOf(await grab(await packetOf(dropId), 'a'))).toEqual(['won']);
  });
});

describe('a campaign that is paused', () => {
  it('stays so, however the sweep looks at it meanwhile', async () => {
    const { campaignId, dropId } = await dueDrop();
    await advanceDrop(bench.parts, dropId);
    const packet = await packetOf(dropId);
    for (let round = 0; round < 60; round += 1) {
      const looks = [0, 1, 2].map(() => advanceCampaign(bench.parts, campaignId));
      await pauseCampaign(bench.parts, campaignId);
      const answered = wordsOf(await grab(packet, `early-${round}`));
      await Promise.all(looks);
      expect([...answered, ...wordsOf(await grab(packet, `late-${round}`))], `round ${round}`).toEqual([
        'paused',
        'paused',
      ]);
      await resumeCampaign(bench.parts, campaignId);
    }
  });
});

describe('a campaign that is cancelled', () => {
  it('lets nobody win any more, and gives back to the fen what was not won', async () => {
    const { tenantId, campaignId, dropIds } = await dueDrop({}, {}, 2);
    await advanceDrop(bench.parts, dropIds[0]!);
    const packet = await packetOf(dropIds[0]!);
    const [won] = await grab(packet, 'a');
    await settleAllOf(packet);
    expect(await cancelCampaign(bench.parts, campaignId)).toBe('cancelled');
    expect(wordsOf(await grab(packet, 'a', 'b'))).toEqual(['already', 'closed']);
    const amount = won!.outcome === 'won' ? won!.amount : 0;
    expect(await balances(tenantId, campaignId)).toEqual({ tenant: BUDGET - amount, campaign: 0, escrow: 0 });
    const states = await bench.query<{ state: string }>('SELECT state FROM campaign_drops ORDER BY state');
    expect(states.map(({ state }) => state)).toEqual(['cancelled', 'closed']);
    expect(await advanceCampaign(bench.parts, campaignId)).toBe(true);
    expect(await balances(tenantId, campaignId)).toMatchObject({ tenant: BUDGET - amount });
  });

  it('waits with the money for claims that are still on their way', async () => {
    const { tenantId, campaignId, dropId } = await dueDrop();
    await advanceDrop(bench.parts, dropId);
    const packet = await packetOf(dropId);
    const [won] = await grab(packet, 'a');
    await cancelCampaign(bench.parts, campaignId);
    expect(await balances(tenantId, campaignId)).toMatchObject({ tenant: 0, escrow: 1_000 });
    await settleAllOf(packet);
    expect(await advanceCampaign(bench.parts, campaignId)).toBe(true);
    const amount = won!.outcome === 'won' ? won!.amount : 0;
    expect(await balances(tenantId, campaignId)).toEqual({ tenant: BUDGET - amount, campaign: 0, escrow: 0 });
  });
});

describe('a Redis that came back empty', () => {
  it('counts caps from where they were, from claims settled and not', async () => {
    const { dropIds } = await dueDrop({}, { claims: 5, claimsPerPerson: 1 }, 2);
    for (const dropId of dropIds) await advanceDrop(bench.parts, dropId);
    const [first, second] = [await packetOf(dropIds[0]!), await packetOf(dropIds[1]!)];
    await grab(first, 'a', 'b', 'c');
    const claims = (await bench.parts.store.claims(first.packetId)).map((claim) => ({
      packetId: first.packetId,
      ...claim,
    }));
    await settleClaims(bench.dataSource, claims.slice(0, 2));
    await bench.parts.settlementQueue.add('settle-claims', {
      claims: packClaims(claims.slice(2)),
      entries: [],
    });
    await bench.money.flushall();
    await bench.recover();
    expect(wordsOf(await grab(second, 'a', 'd', 'c', 'e', 'f'))).toEqual(['cap', 'won', 'cap', 'won', 'cap']);
  });

  it('is paused still, and knows its lists again', async () => {
    const audienceId = randomUUID();
    const { tenantId, campaignId, dropIds } = await dueDrop({}, {}, 1);
    const { gzipSync } = await import('node:zlib');
    await bench.query(
      `INSERT INTO audiences (audience_id, tenant_id, name, count, created_by) VALUES ($1, $2, 'l', 2, 'owner')`,
      [audienceId, tenantId],
    );
    await bench.query(`INSERT INTO audience_chunks (audience_id, chunk, ids_gzip) VALUES ($1, 0, $2)`, [
      audienceId,
      gzipSync('a\nb'),
    ]);
    await bench.query(`UPDATE campaign_drops SET plan = plan || $2 WHERE drop_id = $1`, [
      dropIds[0],
      JSON.stringify({ audience: { kind: 'list', audienceId } }),
    ]);
    await advanceDrop(bench.parts, dropIds[0]!);
    const packet = await packetOf(dropIds[0]!);
    expect(wordsOf(await grab(packet, 'a', 'x'))).toEqual(['won', 'not_found']);
    await settleAllOf(packet);
    await pauseCampaign(bench.parts, campaignId);
    await bench.money.flushall();
    await bench.recover();
    expect(wordsOf(await grab(packet, 'b', 'x'))).toEqual(['paused', 'not_found']);
    await resumeCampaign(bench.parts, campaignId);
    expect(wordsOf(await grab(packet, 'a', 'b', 'x'))).toEqual(['already', 'won', 'not_found']);
  });
});
