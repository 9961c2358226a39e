import { randomUUID } from 'node:crypto';
import type { PacketRules } from '@app/contracts';
import { commitmentOf } from '@app/domain';
import { fundDrop, scheduleCampaign, topUp } from '@app/ledger';
import { packetIdInSlotOf } from '@app/packet-store';
import { vault, type MadePacket, type Maker } from './maker.js';

const CAPS = { claims: 6, claimsPerDay: 5, claimsPerPerson: 1, amountPerDay: 900 };
const DAYS = [{ startMs: 0, day: '2026-11-23' }];
export const CAMPAIGN_BUDGET = 5_000;

export interface MadeCampaign extends MadePacket {
  campaignId: string;
}

/** A campaign that runs, with one packet of 10 shares, of which 3 are won and settled. */
export async function makeCampaign(maker: Maker): Promise<MadeCampaign> {
  const { dataSource, store } = maker;
  const [tenantId, campaignId, dropId] = [randomUUID(), randomUUID(), randomUUID()];
  await dataSource.query(`INSERT INTO tenants (tenant_id, name, created_by) VALUES ($1, 'brand', 'x')`, [
    tenantId,
  ]);
  const topup = { amount: CAMPAIGN_BUDGET, currency: 'CNY', provider: 'sandbox' } as const;
  await topUp(dataSource, maker.senderId, randomUUID(), topup, { kind: 'tenant', owner: tenantId });
  await dataSource.query(
    `INSERT INTO campaigns (campaign_id, tenant_id, name, brand, currency, budget, starts_at, ends_at, greeting, caps, created_by)
     VALUES ($1, $2, 'c', 'brand', 'CNY', $3, now(), now() + interval '1 day', '', $4, 'x')`,
    [campaignId, tenantId, CAMPAIGN_BUDGET, JSON.stringify(CAPS)],
  );
  await dataSource.query(
    `INSERT INTO campaign_drops (drop_id, campaign_id, opens_at, announce_seconds, expires_in_seconds, plan, amount)
     VALUES ($1, $2, now(), 0, 600, '{}', 1000)`,
    [dropId, campaignId],
  );
  await scheduleCampaign(dataSource, campaignId, 60_000);
  const packet = newPacket(tenantId, campaignId, dropId);
  await fundDrop(dataSource, dropId, async () => [packet]);
  const { packetId, terms, seed, rules, senderId } = packet;
  const stored = { ...terms, packetId, roomId: null, senderId, currency: 'CNY', epoch: 1, rules };
  const armed = await store.arm({ terms: stored, seed, opensAtMs: 0, expiresInMs: 3_600_000 });
  await dataSource.query(
    `UPDATE packets SET state = 'open', opens_at = $2, expires_at = $3, announced_at = now() WHERE packet_id = $1`,
    [packetId, new Date(armed.opensAtMs), new Date(armed.expiresAtMs)],
  );
  const users = Array.from({ length: 3 }, () => ({ userId: randomUUID(), mark: 'met' as const }));
  await store.grab({ packetId, ruled: { campaignId } }, users);
  const made: MadeCampaign = { packetId, campaignId, count: terms.count, claims: [] };
  await maker.settle(made);
  return made;
}

function newPacket(tenantId: string, campaignId: string, dropId: string) {
  const packetId = packetIdInSlotOf(campaignId, randomUUID());
  const seed = vault.makeSeed();
  const terms = { amount: 1_000, count: 10, min: 1, max: 1_000 };
  const campaign = { campaignId, dropId, part: 'base', caps: CAPS, days: DAYS, releaseMs: 0 };
  const rules: PacketRules = {
    gates: [],
    salt: 'ab'.repeat(16),
    campaign: { ...campaign, audience: { kind: 'everyone' } },
  };
  return {
    ...{
      packetId,
      roomId: null,
      senderId: tenantId,
      kind: 'lucky' as const,
      currency: 'CNY',
      terms,
      greeting: '',
    },
    ...{ seed, rules, expiresInMs: 3_600_000 },
    commitment: commitmentOf(packetId, seed, terms),
    seedSealed: vault.seal(packetId, seed),
    drop: { campaignId, dropId, part: 'base', senderName: 'brand', opensAt: new Date() },
  };
}
