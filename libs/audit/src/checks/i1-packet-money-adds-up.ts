import type { LedgerCheck } from '../context.js';
import { IDS_PER_LINE_MAX } from '../findings.js';

const PACKETS = `
WITH c AS (SELECT packet_id, count(*)::int AS claims, sum(amount) AS amount FROM claims GROUP BY packet_id),
e AS (SELECT owner, sum(balance) AS balance FROM accounts WHERE kind = 'escrow' GROUP BY owner),
f AS (
  SELECT p.packet_id, count(*)::int AS funds, count(*) FILTER (WHERE t.transfer_key = 'fund:' || p.packet_id
    AND t.amount = p.amount AND t.currency = p.currency
    AND d.kind = CASE WHEN p.campaign_id IS NULL THEN 'wallet' ELSE 'campaign' END
    AND d.owner = coalesce(p.campaign_id::text, p.sender_id)
    AND k.kind = 'escrow' AND k.owner = p.packet_id::text)::int AS fitting
  FROM packets p JOIN transfers t ON t.kind = 'fund' AND t.packet_id = p.packet_id
  LEFT JOIN accounts d ON d.account_id = t.debit_account LEFT JOIN accounts k ON k.account_id = t.credit_account
  GROUP BY p.packet_id
),
sums AS (
  SELECT p.packet_id::text AS id, p.amount, p.refunded, p.claimed_count, p.claimed_amount,
    p.closed_at IS NOT NULL AS closed, coalesce(c.claims, 0) AS claims, coalesce(c.amount, 0) AS claimed,
    coalesce(e.balance, 0) AS escrow, coalesce(f.funds, 0) AS funds, coalesce(f.fitting, 0) AS fitting
  FROM packets p LEFT JOIN c USING (packet_id) LEFT JOIN e ON e.owner = p.packet_id::text LEFT JOIN f USING (packet_id)
),
judged AS (
  SELECT *, claimed + refunded + escrow <> amount AS unequal, claims <> claimed_count OR claimed <> claimed_amount AS miscounted,
    closed AND escrow <> 0 AS left_over, funds <> 1 OR fitting <> 1 AS unfunded FROM sums
)
SELECT id, unequal, miscounted, left_over, unfunded,
  concat(id, ' ', claimed, ' + ', refunded, ' + ', escrow, ' of ', amount) AS sum,
  concat(id, ' counts ', claimed_count, ' over ', claimed_amount, ', has ', claims, ' over ', claimed) AS counted,
  concat(id, ' holds ', escrow) AS held, concat(id, ' has ', fitting, ' of ', funds) AS funded
FROM judged WHERE unequal OR miscounted OR left_over OR unfunded ORDER BY id LIMIT ${IDS_PER_LINE_MAX + 1}`;

interface Row {
  id: string;
  unequal: boolean;
  miscounted: boolean;
  left_over: boolean;
  unfunded: boolean;
  sum: string;
  counted: string;
  held: string;
  funded: string;
}

const OWNERLESS = `
SELECT 'escrow:' || owner || ':' || currency AS id FROM accounts
WHERE kind = 'escrow' AND NOT EXISTS (SELECT 1 FROM packets WHERE packet_id::text = owner)
UNION ALL
SELECT transfer_key FROM transfers t
WHERE kind = 'fund' AND NOT EXISTS (SELECT 1 FROM packets p WHERE p.packet_id = t.packet_id)
LIMIT ${IDS_PER_LINE_MAX + 1}`;

/**
 * I1: for a packet, claimed + refunded + left in escrow = funded, and after the close the escrow is 0. Also holds the
 * packet's own counters to its rows, for the close decides by them, and the amount to the transfer that funded it.
 */
export const packetMoneyAddsUp: LedgerCheck = async ({ db }, report) => {
  const invariant = 'I1';
  for (const row of await db.query<Row>(PACKETS)) {
    const { id } = row;
    if (row.unequal) {
      report({ invariant, id, problem: 'claimed + refunded + escrow is not what was funded', note: row.sum });
    }
    if (row.miscounted) {
      report({ invariant, id, problem: 'its counters are not its claims', note: row.counted });
    }
    if (row.left_over) report({ invariant, id, problem: 'closed with money left in escrow', note: row.held });
    if (row.unfunded) {
      const problem = 'not funded by exactly one transfer of its amount from its sender or campaign';
      report({ invariant, id, problem, note: row.funded });
    }
  }
  for (const { id } of await db.query<{ id: string }>(OWNERLESS)) {
    report({ invariant, id, problem: 'money of a packet that does not exist' });
  }
};
