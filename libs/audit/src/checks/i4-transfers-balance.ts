import type { LedgerCheck } from '../context.js';
import { IDS_PER_LINE_MAX } from '../findings.js';

const LIMIT = `ORDER BY 1 LIMIT ${IDS_PER_LINE_MAX + 1}`;

const UNSOUND = `
SELECT t.transfer_key AS id, concat(t.transfer_key, ' moves ', t.amount, ' ', t.currency, ' from ', coalesce(d.kind || ' in ' || d.currency, 'nowhere'),
  ' to ', coalesce(c.kind || ' in ' || c.currency, 'nowhere')) AS note
FROM transfers t LEFT JOIN accounts d ON d.account_id = t.debit_account LEFT JOIN accounts c ON c.account_id = t.credit_account
WHERE t.amount <= 0 OR t.debit_account = t.credit_account OR t.currency IS DISTINCT FROM d.currency
  OR t.currency IS DISTINCT FROM c.currency ${LIMIT}`;

const TWICE = `
SELECT transfer_key AS id, concat(transfer_key, ' stands ', count(*), ' times') AS note FROM transfers
GROUP BY transfer_key HAVING count(*) > 1 ${LIMIT}`;

const DRIFTED = `
WITH moved AS (
  SELECT account_id, sum(amount) AS amount FROM (
    SELECT credit_account AS account_id, amount FROM transfers
    UNION ALL SELECT debit_account, -amount FROM transfers) m
  GROUP BY account_id
),
balances AS (
  SELECT kind || ':' || owner || ':' || currency AS id, balance, coalesce(amount, 0) AS moved
  FROM accounts LEFT JOIN moved USING (account_id)
)
SELECT id, concat(id, ' has ', balance, ', its transfers give ', moved) AS note FROM balances
WHERE balance <> moved ${LIMIT}`;

const SUMS = `
SELECT currency AS id, concat(currency, ' sums to ', sum(balance)) AS note FROM accounts GROUP BY currency
HAVING sum(balance) <> 0 ${LIMIT}`;

const CHECKS = [
  ['a transfer that is no transfer between two accounts of its currency', UNSOUND],
  ['a transfer that stands more than once', TWICE],
  ['a balance that is not the sum of its transfers', DRIFTED],
  ['the sum over all accounts is not 0', SUMS],
] as const;

/** I4: what one account gives another gets, and nothing else moves a balance. What the transfers are for: i4-transfers-pair. */
export const transfersBalance: LedgerCheck = async ({ db }, report) => {
  for (const [problem, sql] of CHECKS) {
    for (const { id, note } of await db.query<{ id: string; note: string }>(sql)) {
      report({ invariant: 'I4', id, problem, note });
    }
  }
};
