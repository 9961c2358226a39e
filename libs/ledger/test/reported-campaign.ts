import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { ClaimRecord } from '@app/contracts';
import { commitmentOf, splitLucky } from '@app/domain';
import { closePacket, fundDrop, SeedVault, settleClaims, topUp, type NewPacket } from '../src/index.js';

const vault = new SeedVault('ab'.repeat(32));
export const BUDGET = 100_000;

export interface MadePacket {
  packetId: string;
  dropId: string;
  amount: number;
  shares: number[];
}

/** A tenant with exactly the budget, and a draft of a campaign that runs for a day. */
export async function newCampaign(dataSource: DataSource, budget = BUDGET): Promise<string> {
  const [tenantId, campaignId] = [randomUUID(), randomUUID()];
  await dataSource.query(`INSERT INTO tenants (tenant_id, name, created_by) VALUES ($1, 'brand', 'x')`, [
    tenantId,
  ]);
  const topup = { amount: budget, currency: 'CNY', provider: 'sandbox' } as const;
  await topUp(dataSource, 'x', randomUUID(), topup, { kind: 'tenant', owner: tenantId });
  await dataSource.query(
    `INSERT INTO campaigns (campaign_id, tenant_id, name, brand, currency, budget, starts_at, ends_at, greeting, caps, created_by)
     VALUES ($1, $2, 'c', 'brand', 'CNY', $3, now(), now() + interval '1 day', '', '{}', 'x')`,
    [campaignId, tenantId, budget],
  );
  return campaignId;
}

/** A planned drop of so many fen. */
export async function newDrop(
  dataSource: DataSource,
  campaignId: string,
  amount: number,
  audience: object = { kind: 'segment', segment: {} },
): Promise<string> {
  const dropId = randomUUID();
  await dataSource.query(
    `INSERT INTO campaign_drops (drop_id, campaign_id, opens_at, announce_seconds, expires_in_seconds, plan, amount)
     VALUES ($1, $2, now(), 0, 600, $3, $4)`,
    [dropId, campaignId, JSON.stringify({ audience, tiers: [] }), amount],
  );
  return dropId;
}

/** Funds and opens the drop, in as many packets as `counts`; each takes its part of the amount, which has to divide. */
export async function openDrop(
  dataSource: DataSource,
  dropId: string,
  counts: number[],
): Promise<MadePacket[]> {
  const made: MadePacket[] = [];
  await fundDrop(dataSource, dropId, async ({ campaignId, tenantId }, drop) =>
    counts.map((count, k) => {
      const terms = { amount: drop.amount / counts.length, count, min: 1, max: drop.amount };
      const packetId = randomUUID();
      const seed = vault.makeSeed();
      made.push({ packetId, dropId, amount: terms.amount, shares: splitLucky(seed, terms) });
      const part = counts.length > 1 ? `round:${k + 1}:1` : 'base';
      return {
        ...{
          packetId,
          roomId: null,
          senderId: tenantId,
          kind: 'lucky',
          currency: 'CNY',
          terms,
          greeting: '',
        },
        ...{ commitment: commitmentOf(packetId, seed, terms), seedSealed: vault.seal(packetId, seed) },
        ...{
          expiresInMs: 600_000,
          drop: { campaignId, dropId, part, senderName: 'brand', opensAt: new Date() },
        },
      } satisfies NewPacket;
    }),
  );
  await dataSource.query(`UPDATE packets SET state = 'open' WHERE drop_id = $1`, [dropId]);
  await dataSource.query(
    `UPDATE campaign_drops SET state = 'open', opened_at = opens_at + interval '7 ms' WHERE drop_id = $1`,
    [dropId],
  );
  return made;
}

/** The first shares of a packet, to these people; `ahead`: after so many that are taken. */
export function claimsOf(
  { packetId, shares }: MadePacket,
  userIds: string[],
  ahead = 0,
  atMs = Date.now(),
): ClaimRecord[] {
  return userIds.map((userId, k) => {
    return { packetId, userId, ordinal: ahead + k + 1, amount: shares[ahead + k]!, atMs };
  });
}

export async function settle(dataSource: DataSource, claims: ClaimRecord[]): Promise<number> {
  const { broken, credited } = await settleClaims(dataSource, claims);
  if (broken.length > 0) throw new Error(JSON.stringify(broken));
  return credited.reduce((sum, { amount }) => sum + amount, 0);
}

/** Expired with what is not claimed. */
export async function close(
  dataSource: DataSource,
  packet: MadePacket,
  claims: readonly ClaimRecord[],
): Promise<void> {
  const claimed = claims.filter(({ packetId }) => packetId === packet.packetId);
  const left = packet.amount - claimed.reduce((sum, { amount }) => sum + amount, 0);
  const remaining = { count: packet.shares.length - claimed.length, amount: left };
  const { status } = await closePacket(dataSource, vault, packet.packetId, { state: 'expired', remaining });
  if (status !== 'closed') throw new Error(`it is ${status}`);
}

/** So many claims of one packet, written as settlement would, in one statement: a million take most of a minute. */
export async function fillPacket(
  dataSource: DataSource,
  { packetId, shares }: Pick<MadePacket, 'packetId' | 'shares'>,
  people: number,
): Promise<void> {
  const n = shares.length;
  await dataSource.transaction(async (manager) => {
    await manager.query(`SET LOCAL statement_timeout = 0`);
    await manager.query(
      `INSERT INTO users (user_id, name) SELECT 'big-' || k, '人 ' || k FROM generate_series(1, $1::int) k ON CONFLICT DO NOTHING`,
      [people],
    );
    await manager.query(
      `INSERT INTO accounts (kind, owner, currency) SELECT 'wallet', 'big-' || k, 'CNY' FROM generate_series(1, $1::int) k ON CONFLICT DO NOTHING`,
      [people],
    );
    // Grabs come in no order of their people: neither the ids nor the wallets of neighbours are neighbours.
    await manager.query(
      `CREATE TEMP TABLE given ON COMMIT DROP AS SELECT row_number() OVER (ORDER BY random())::int AS ordinal, 'big-' || k AS user_id
       FROM generate_series(1, $1::int) k`,
      [n],
    );
    await manager.query(
      `INSERT INTO claims (packet_id, ordinal, user_id, amount, claimed_at)
       SELECT $1, ordinal, user_id, ($2::bigint[])[ordinal], now() + ordinal * interval '1 ms' FROM given ORDER BY ordinal`,
      [packetId, shares],
    );
    await manager.query(
      `INSERT INTO transfers (transfer_key, kind, debit_account, credit_account, amount, currency, packet_id)
       SELECT 'settle:' || c.packet_id || ':' || c.ordinal, 'settle', e.account_id, w.account_id, c.amount, 'CNY', c.packet_id
       FROM claims c JOIN accounts e ON e.kind = 'escrow' AND e.owner = c.packet_id::text
       JOIN accounts w ON w.kind = 'wallet' AND w.owner = c.user_id AND w.currency = 'CNY' WHERE c.packet_id = $1`,
      [packetId],
    );
    await manager.query(
      `UPDATE accounts SET balance = balance + c.amount FROM claims c WHERE c.packet_id = $1 AND kind = 'wallet' AND owner = c.user_id`,
      [packetId],
    );
    await manager.query(
      `WITH s AS (SELECT count(*) AS n, sum(amount)::bigint AS amount FROM claims WHERE packet_id = $1),
       e AS (UPDATE accounts SET balance = balance - s.amount FROM s WHERE kind = 'escrow' AND owner = $1::uuid::text)
       UPDATE packets SET claimed_count = s.n, claimed_amount = s.amount FROM s WHERE packet_id = $1`,
      [packetId],
    );
  });
}
