import type { LedgerCheck } from '../context.js';
import { IDS_PER_LINE_MAX } from '../findings.js';

const CLAIMS = `
SELECT packet_id || ':' || ordinal AS id, amount::text AS figure FROM claims WHERE amount < 1
ORDER BY 1 LIMIT ${IDS_PER_LINE_MAX + 1}`;
/** A provider is the world outside: what came in from it stands there with a minus. */
const ACCOUNTS = `
SELECT kind || ':' || owner || ':' || currency AS id, balance::text AS figure FROM accounts
WHERE kind <> 'provider' AND balance < 0 ORDER BY 1 LIMIT ${IDS_PER_LINE_MAX + 1}`;

/** I3: no claim under 1, no wallet and no escrow under 0. Looked at by row, since a constraint may have been dropped. */
export const nothingUnderZero: LedgerCheck = async ({ db }, report) => {
  for (const [problem, sql] of [
    ['a claim under 1', CLAIMS],
    ['an account under 0', ACCOUNTS],
  ] as const) {
    for (const { id, figure } of await db.query<{ id: string; figure: string }>(sql)) {
      report({ invariant: 'I3', id, problem, note: `${id} has ${figure}` });
    }
  }
};
