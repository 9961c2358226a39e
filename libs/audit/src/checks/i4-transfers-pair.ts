import type { LedgerCheck } from '../context.js';
import { IDS_PER_LINE_MAX } from '../findings.js';

/** How rows of one table and transfers of one kind belong together; `r` has key, amount, currency, debtor, creditor, and `creditorKind` its kind. */
interface Pairing {
  what: string;
  kind: string;
  debtorKind: string;
  /** SQL, over `r` where rows differ; so is the debtor's kind where it may be more than one. */
  creditorKind: string;
  rows: string;
}

const PAIRINGS: Pairing[] = [
  {
    what: 'claim',
    kind: 'settle',
    debtorKind: `'escrow'`,
    creditorKind: `'wallet'`,
    rows: `SELECT 'settle:' || packet_id || ':' || ordinal AS key, c.packet_id, c.amount, p.currency, packet_id::text AS debtor,
      user_id AS creditor FROM claims c LEFT JOIN packets p USING (packet_id)`,
  },
  {
    what: 'refund of a packet',
    kind: 'refund',
    debtorKind: `'escrow'`,
    creditorKind: 'r.creditor_kind',
    rows: `SELECT 'refund:' || packet_id AS key, packet_id, refunded AS amount, currency, packet_id::text AS debtor,
      coalesce(campaign_id::text, sender_id) AS creditor,
      CASE WHEN campaign_id IS NULL THEN 'wallet' ELSE 'campaign' END AS creditor_kind FROM packets WHERE refunded <> 0`,
  },
  {
    what: 'topup',
    kind: 'topup',
    debtorKind: `'provider'`,
    creditorKind: 'r.creditor_kind',
    rows: `SELECT 'topup:' || topup_id AS key, NULL::uuid AS packet_id, amount, currency, provider AS debtor,
      account_owner AS creditor, account_kind AS creditor_kind FROM topups`,
  },
  {
    what: 'budget of a campaign',
    kind: 'reserve',
    debtorKind: 'r.debtor_kind',
    creditorKind: `'campaign'`,
    rows: `SELECT 'reserve:' || campaign_id AS key, NULL::uuid AS packet_id, reserved AS amount, currency,
      CASE WHEN rehearsal_of IS NULL THEN tenant_id::text ELSE 'play' END AS debtor,
      CASE WHEN rehearsal_of IS NULL THEN 'tenant' ELSE 'provider' END AS debtor_kind,
      campaign_id::text AS creditor FROM campaigns WHERE reserved <> 0`,
  },
];

/** One join of hashes over the whole of both, since a transfer without its row shows as much as a row without its transfer. */
const pairsSql = ({ rows, kind, debtorKind, creditorKind }: Pairing) => `
WITH r AS (${rows}),
t AS (
  SELECT t.transfer_key AS key, t.packet_id, t.amount, t.currency, d.kind AS debtor_kind, d.owner AS debtor,
    c.kind AS creditor_kind, c.owner AS creditor
  FROM transfers t LEFT JOIN accounts d ON d.account_id = t.debit_account
  LEFT JOIN accounts c ON c.account_id = t.credit_account WHERE t.kind = '${kind}'
)
SELECT coalesce(r.key, t.key) AS id, CASE WHEN t.key IS NULL THEN 'unpaid' WHEN r.key IS NULL THEN 'unfounded' ELSE 'other' END AS how,
  concat(r.key, ' is ', r.amount, ' ', r.currency, ' from ', r.debtor, ' to ', r.creditor, ', moved ', t.amount, ' ', t.currency,
    ' from ', t.debtor_kind, ' ', t.debtor, ' to ', t.creditor_kind, ' ', t.creditor) AS difference
FROM r FULL JOIN t ON t.key = r.key
WHERE r.key IS NULL OR t.key IS NULL OR t.amount <> r.amount OR t.packet_id IS DISTINCT FROM r.packet_id
  OR t.currency IS DISTINCT FROM r.currency OR t.debtor_kind IS DISTINCT FROM ${debtorKind} OR t.debtor IS DISTINCT FROM r.debtor
  OR t.creditor_kind IS DISTINCT FROM ${creditorKind} OR t.creditor IS DISTINCT FROM r.creditor
ORDER BY 1 LIMIT ${IDS_PER_LINE_MAX + 1}`;

interface Row {
  id: string;
  how: 'unpaid' | 'unfounded' | 'other';
  difference: string;
}

/** I4: every claim, refund and topup moved its amount once, from whom to whom it should, and nothing else was moved as one. */
export const transfersPair: LedgerCheck = async ({ db }, report) => {
  for (const pairing of PAIRINGS) {
    const { what, kind } = pairing;
    const problems = {
      unpaid: `a ${what} without its transfer`,
      unfounded: `a ${kind} transfer without a ${what}`,
      other: `a ${what} and its transfer differ`,
    };
    for (const { id, how, difference } of await db.query<Row>(pairsSql(pairing))) {
      const note = how === 'other' ? difference : id;
      report({ invariant: 'I4', id, problem: problems[how], note });
    }
  }
};
