import type { LedgerCheck } from '../context.js';
import { IDS_PER_LINE_MAX } from '../findings.js';

/** The day of a claim is the one by which its grab was judged: it stands in the packet's rules. */
const CLAIMS = `
SELECT p.campaign_id, k.caps, c.user_id, c.amount, (
  SELECT d ->> 'day' FROM jsonb_array_elements(p.rules #> '{campaign,days}') d
  WHERE (d ->> 'startMs')::bigint <= extract(epoch FROM c.claimed_at) * 1000 ORDER BY (d ->> 'startMs')::bigint DESC LIMIT 1
) AS day
FROM claims c JOIN packets p USING (packet_id) JOIN campaigns k USING (campaign_id) WHERE k.caps <> '{}'`;

const over = (what: string, cap: string, sum: string, by: string) => `
SELECT campaign_id::text AS id, '${cap}' AS cap, concat_ws(' ', ${by || "'in all'"}, ${sum}, 'of', caps ->> '${cap}', '${what}') AS note
FROM judged WHERE caps ? '${cap}' GROUP BY campaign_id, caps${by ? `, ${by}` : ''} HAVING ${sum} > (caps ->> '${cap}')::bigint`;

const OVER = `
WITH judged AS MATERIALIZED (${CLAIMS})
${[
  over('claims', 'claims', 'count(*)', ''),
  over('claims', 'claimsPerDay', 'count(*)', 'day'),
  over('minor units', 'amountPerDay', 'sum(amount)', 'day'),
  over('claims', 'claimsPerPerson', 'count(*)', 'user_id'),
  over('claims', 'claimsPerPersonPerDay', 'count(*)', 'user_id, day'),
].join('\nUNION ALL\n')}
ORDER BY 1, 2 LIMIT ${IDS_PER_LINE_MAX + 1}`;

/** I6 for campaigns: a claim beyond a cap is one that had to be refused. */
export const capsHold: LedgerCheck = async ({ db }, report) => {
  for (const { id, cap, note } of await db.query<{ id: string; cap: string; note: string }>(OVER)) {
    report({ invariant: 'I6', id, problem: `more than its cap ${cap} allows`, note: `${id} ${note}` });
  }
};
