import type { LedgerCheck } from '../context.js';
import { IDS_PER_LINE_MAX } from '../findings.js';

const CAMPAIGNS = `
WITH p AS (
  SELECT campaign_id, sum(amount) AS funded, sum(refunded) AS refunded FROM packets WHERE campaign_id IS NOT NULL GROUP BY campaign_id
),
a AS (SELECT owner, sum(balance) AS balance FROM accounts WHERE kind = 'campaign' GROUP BY owner),
t AS (
  SELECT d.owner, sum(t.amount) AS released, bool_and(CASE WHEN c.rehearsal_of IS NULL
      THEN k.kind = 'tenant' AND k.owner = c.tenant_id::text ELSE k.kind = 'provider' AND k.owner = 'play' END) AS fitting
  FROM transfers t JOIN accounts d ON d.account_id = t.debit_account JOIN accounts k ON k.account_id = t.credit_account
  LEFT JOIN campaigns c ON c.campaign_id::text = d.owner WHERE t.kind = 'release' GROUP BY d.owner
),
sums AS (
  SELECT campaign_id::text AS id, c.reserved, c.released, c.settled_up_at IS NOT NULL AS settled_up,
    coalesce(p.funded, 0) AS funded, coalesce(p.refunded, 0) AS refunded, coalesce(a.balance, 0) AS balance,
    coalesce(t.released, 0) AS moved, coalesce(t.fitting, true) AS fitting
  FROM campaigns c LEFT JOIN p USING (campaign_id) LEFT JOIN a ON a.owner = c.campaign_id::text
  LEFT JOIN t ON t.owner = c.campaign_id::text
)
SELECT id, reserved <> funded - refunded + balance + released AS unequal, settled_up AND balance <> 0 AS left_over,
  moved <> released OR NOT fitting AS misgiven,
  concat(id, ' set aside ', reserved, ', gave ', funded, ' to packets, got ', refunded, ' back, holds ', balance,
    ', returned ', released, ' (', moved, ' moved)') AS note
FROM sums WHERE reserved <> funded - refunded + balance + released OR (settled_up AND balance <> 0) OR moved <> released OR NOT fitting
ORDER BY id LIMIT ${IDS_PER_LINE_MAX + 1}`;

const OWNERLESS = `
SELECT kind || ':' || owner AS id FROM accounts a WHERE kind = 'campaign'
  AND NOT EXISTS (SELECT 1 FROM campaigns WHERE campaign_id::text = a.owner)
UNION ALL
SELECT t.transfer_key FROM transfers t LEFT JOIN accounts d ON d.account_id = t.debit_account
WHERE t.kind = 'release' AND NOT EXISTS (SELECT 1 FROM campaigns WHERE campaign_id::text = d.owner)
LIMIT ${IDS_PER_LINE_MAX + 1}`;

/** I1 for campaigns: what was set aside = what packets keep + what the campaign holds + what went back, to whom it came from. */
export const campaignMoneyAddsUp: LedgerCheck = async ({ db }, report) => {
  const invariant = 'I1';
  type Row = { id: string; unequal: boolean; left_over: boolean; misgiven: boolean; note: string };
  for (const { id, note, ...row } of await db.query<Row>(CAMPAIGNS)) {
    if (row.unequal) report({ invariant, id, problem: "a campaign's budget does not add up", note });
    if (row.left_over) report({ invariant, id, problem: 'a campaign that is over still holds money', note });
    if (row.misgiven) {
      const problem = 'what a campaign gave back is not what moved, or went to another account';
      report({ invariant, id, problem, note });
    }
  }
  for (const { id } of await db.query<{ id: string }>(OWNERLESS)) {
    report({ invariant, id, problem: 'money of a campaign that does not exist' });
  }
};
