import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { packClaims } from '@app/contracts';
import { commitmentOf, partitionOfOrdinal, splitLucky, verifyProof } from '@app/domain';
import { CampaignEntity, ClaimEntity, fundDrop, PacketEntity, settleClaims } from '@app/ledger';
import {
  GrabBatcher,
  homeOf,
  keys,
  packetIdInSlotOf,
  packetRefOf,
  SpreadGrabs,
  type GrabVerdict,
} from '@app/packet-store';
import {
  armPacket,
  endPacket,
  pauseCampaign,
  recoverSpread,
  resumeCampaign,
  shutSpreadPackets,
  termsOf,
} from '../src/index.js';
import { useLifecycle } from './lifecycle-bench.js';

const PARTITIONS = 3;
const COUNT = 2_100;
const AMOUNT = COUNT * 100;
const bench = useLifecycle();

/** A campaign that runs with one packet of 2,100 shares over three partitions, open in store and ledger. */
async function openSpread(): Promise<{ packetId: string; campaignId: string }> {
  const tenantId = await bench.tenant(AMOUNT);
  const [campaignId, dropId] = [randomUUID(), randomUUID()];
  await bench.query(
    `INSERT INTO campaigns (campaign_id, tenant_id, name, brand, currency, budget, starts_at, ends_at, greeting, caps, created_by, state, reserved)
     VALUES ($1, $2, 'c', 'brand', 'CNY', $3, now(), now() + interval '1 day', '', '{}', 'x', 'running', $3)`,
    [campaignId, tenantId, AMOUNT],
  );
  await bench.query(
    `INSERT INTO accounts (kind, owner, currency, balance) VALUES ('campaign', $1, 'CNY', $2)`,
    [campaignId, AMOUNT],
  );
  await bench.query(
    `INSERT INTO campaign_drops (drop_id, campaign_id, opens_at, announce_seconds, expires_in_seconds, plan, amount)
     VALUES ($1, $2, now(), 0, 600, '{"tiers": []}', $3)`,
    [dropId, campaignId, AMOUNT],
  );
  const packetId = packetIdInSlotOf(campaignId, randomUUID());
  const terms = { amount: AMOUNT, count: COUNT, min: 1, max: 1_000 };
  const seed = bench.parts.vault.makeSeed();
  const campaign = { campaignId, dropId, part: 'base', audience: { kind: 'everyone' as const }, caps: {} };
  await fundDrop(bench.dataSource, dropId, async () => [
    {
      ...{ packetId, roomId: null, senderId: tenantId, kind: 'lucky', currency: 'CNY', terms, greeting: '' },
      ...{ partitions: PARTITIONS, expiresInMs: 600_000, commitment: commitmentOf(packetId, seed, terms) },
      seedSealed: bench.parts.vault.seal(packetId, seed),
      rules: { gates: [], salt: '0'.repeat(32), campaign: { ...campaign, days: [], releaseMs: 0 } },
      drop: { campaignId, dropId, part: 'base', senderName: 'brand', opensAt: new Date() },
    },
  ]);
  await armPacket(bench.parts, packetId);
  return { packetId, campaignId };
}

const find = (packetId: string) => bench.dataSource.getRepository(PacketEntity).findOneByOrFail({ packetId });

async function grabAll(packetId: string, userIds: readonly string[]): Promise<GrabVerdict[]> {
  const { store } = bench.parts;
  const ref = packetRefOf(termsOf(await find(packetId)));
  const limits = { grabsPerCallMax: 256, grabsWaitingMax: 100_000 };
  const walker = new SpreadGrabs(new GrabBatcher(store, limits, () => undefined), store);
  return Promise.all(
    userIds.map(
      (userId) => new Promise<GrabVerdict>((answer) => walker.submit(ref, { userId, mark: 'met' }, answer)),
    ),
  );
}

const outcomesOf = (verdicts: readonly GrabVerdict[]) => [...new Set(verdicts.map(({ outcome }) => outcome))];
const people = (count: number, prefix = 'u') => Array.from({ length: count }, (_, k) => `${prefix}${k}`);
const claimsOf = async (packetId: string) =>
  (await bench.parts.store.claims(packetId)).map((claim) => ({ packetId, ...claim }));

async function losePartition(packetId: string, p: number): Promise<void> {
  await bench.money.del(
    ...[keys.meta(packetId, p), keys.shares(packetId, p), keys.claims(packetId, p)],
    keys.packetGate(packetId, p),
  );
}

describe('a packet over partitions', () => {
  it('is closed as one, with a proof that names its partitions', async () => {
    const { packetId } = await openSpread();
    expect(outcomesOf(await grabAll(packetId, people(COUNT)))).toEqual(['won']);
    expect(outcomesOf(await grabAll(packetId, people(5, 'late')))).toEqual(['empty']);
    expect(await endPacket(bench.parts, packetId)).toMatchObject({ status: 'later' });
    await settleClaims(bench.dataSource, await claimsOf(packetId));
    expect(await endPacket(bench.parts, packetId)).toEqual({ status: 'ended' });
    const proof = (await bench.parts.views.proof(await find(packetId)))!;
    expect(proof.partitions).toBe(PARTITIONS);
    expect(proof.claims).toHaveLength(COUNT);
    expect(verifyProof(proof)).toEqual({ ok: true, claims: COUNT });
    const ttls = [0, 1, 2].flatMap((p) => [keys.meta(packetId, p), keys.packetGate(packetId, p)]);
    for (const key of ttls) expect(await bench.money.ttl(key), key).toBeGreaterThan(3_600);
  });

  it('is shut when all of Redis comes back empty, and goes on from what the ledger has', async () => {
    const { packetId } = await openSpread();
    const before = await grabAll(packetId, people(300));
    const claims = await claimsOf(packetId);
    await settleClaims(bench.dataSource, claims.slice(0, 200));
    await bench.money.flushall();
    expect(await bench.recover()).toEqual({ checked: 1, mended: 1 });
    const kept = new Map(claims.slice(0, 200).map((claim) => [claim.userId, claim.ordinal]));
    const again = await grabAll(packetId, people(300));
    for (const [k, userId] of people(300).entries()) {
      if (kept.has(userId)) expect(again[k]).toEqual({ ...before[k], outcome: 'already' });
    }
    await grabAll(packetId, people(3_000, 'v'));
    const all = await claimsOf(packetId);
    const { seedSealed } = await find(packetId);
    const split = splitLucky(bench.parts.vault.open(packetId, seedSealed), termsOf(await find(packetId)));
    expect(all.map(({ amount }) => amount)).toEqual(split);
    expect(new Set(all.map(({ userId }) => userId)).size).toBe(COUNT);
    expect((await settleClaims(bench.dataSource, all)).broken).toEqual([]);
  });

  it('is not retired while one of its partitions has not been looked at', async () => {
    const { packetId } = await openSpread();
    await grabAll(packetId, people(COUNT));
    await bench.money.set(keys.packetGate(packetId, 1), 'an older process');
    expect(await bench.parts.store.retire(packetId, 60)).toBe(false);
    expect(await recoverSpread(bench.parts, new Map())).toMatchObject({ checked: 1 });
    expect(await bench.parts.store.retire(packetId, 60)).toBe(true);
  });

  it('leaves nothing behind when its first partition was lost after its close', async () => {
    const { packetId } = await openSpread();
    await grabAll(packetId, people(100));
    await settleClaims(bench.dataSource, await claimsOf(packetId));
    await bench.parts.store.cutShort(packetId);
    await bench.query(`UPDATE packets SET expires_at = now() WHERE packet_id = $1`, [packetId]);
    const { pusher } = bench.parts;
    const tellsNobody = Object.assign(Object.create(pusher) as typeof pusher, { toAudience: () => false });
    await endPacket({ ...bench.parts, pusher: tellsNobody }, packetId);
    expect(await find(packetId)).toMatchObject({ state: 'expired', retiredAt: null });
    await losePartition(packetId, 0);
    expect(await endPacket(bench.parts, packetId)).toEqual({ status: 'ended' });
    expect((await find(packetId)).retiredAt).not.toBeNull();
    expect(await bench.money.keys(`hb:*${packetId}*`)).toEqual([]);
  });

  it('has what only the queue knew settled, so that it ends also when the jobs are lost after it', async () => {
    const { packetId } = await openSpread();
    await grabAll(packetId, people(COUNT));
    const claims = packClaims(await claimsOf(packetId));
    await bench.parts.settlementQueue.add('settle-claims', { claims, entries: [] });
    await bench.money.flushall();
    expect(await bench.recover()).toEqual({ checked: 1, mended: 1 });
    await bench.parts.settlementQueue.obliterate({ force: true });
    expect(await endPacket(bench.parts, packetId)).toEqual({ status: 'ended' });
    expect(await find(packetId)).toMatchObject({ claimedCount: COUNT, claimedAmount: AMOUNT, refunded: 0 });
  });

  it('one partition of which was lost gives nobody a second claim whose first lies elsewhere', async () => {
    const { packetId } = await openSpread();
    const homeIsTwo = people(6_000).filter((userId) => homeOf(packetId, userId, PARTITIONS) === 2);
    // Two partitions' worth of people whose home is the last one: half of them win elsewhere.
    const names = homeIsTwo.slice(0, 1_400);
    expect(outcomesOf(await grabAll(packetId, names))).toEqual(['won']);
    const claims = await claimsOf(packetId);
    const elsewhere = claims.filter(({ ordinal }) => partitionOfOrdinal(COUNT, PARTITIONS, ordinal) !== 2);
    expect(elsewhere).toHaveLength(700);
    await losePartition(packetId, 2);
    expect(await shutSpreadPackets(bench.parts)).toEqual([packetId]);
    expect(outcomesOf(await grabAll(packetId, names.slice(0, 20)))).toEqual(['busy']);
    expect(await recoverSpread(bench.parts, new Map())).toEqual({ checked: 1, mended: 1 });
    const again = await grabAll(
      packetId,
      elsewhere.map(({ userId }) => userId),
    );
    expect(again.map((one) => ('ordinal' in one ? one.ordinal : 0))).toEqual(
      elsewhere.map(({ ordinal }) => ordinal),
    );
    expect(outcomesOf(again)).toEqual(['already']);
  });

  it('is frozen when two owners of an ordinal are known, and stays shut', async () => {
    const { packetId } = await openSpread();
    await grabAll(packetId, people(10));
    const [claim] = await claimsOf(packetId);
    await settleClaims(bench.dataSource, [{ ...claim!, userId: 'somebody-else' }]);
    await bench.money.del(keys.packetGate(packetId, 1));
    await recoverSpread(bench.parts, new Map());
    expect(bench.frozen).toEqual([packetId]);
    expect(outcomesOf(await grabAll(packetId, people(30)))).toEqual(['busy']);
    expect((await find(packetId)).frozenReason).toContain('two owners');
  });

  it('of a paused campaign gives nothing, also after Redis came back empty', async () => {
    const { packetId, campaignId } = await openSpread();
    await pauseCampaign(bench.parts, campaignId);
    expect(await grabAll(packetId, people(20))).toEqual(
      people(20).map(() => ({ outcome: 'not_eligible', reason: 'paused' })),
    );
    await bench.money.flushall();
    await bench.recover();
    expect(await grabAll(packetId, people(20))).toEqual(
      people(20).map(() => ({ outcome: 'not_eligible', reason: 'paused' })),
    );
    await resumeCampaign(bench.parts, campaignId);
    expect(outcomesOf(await grabAll(packetId, people(20)))).toEqual(['won']);
    const { state } = await bench.dataSource.getRepository(CampaignEntity).findOneByOrFail({ campaignId });
    expect(state).toBe('running');
    expect(await bench.dataSource.getRepository(ClaimEntity).countBy({ packetId })).toBe(0);
  });
});
