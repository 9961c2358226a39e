import { listOf, money, record, text, whole, type JsonSchema } from '@app/contracts';

const instant = { type: 'string', format: 'date-time' };
const people = { type: 'integer', description: 'people, each counted once' };
const funnel = record({
  audience: { type: ['integer', 'null'], description: 'null: only the host app could say' },
  ...{ reached: people, tapped: people, won: people },
  settled: { type: 'integer', description: 'claims in the ledger' },
  refused: { type: 'object', additionalProperties: people },
});
const latency = record({ count: whole, p50: ms(), p95: ms(), p99: ms() });
const sums = { spent: money, refunded: money };
const packet = record({ packetId: text, part: text, state: text, amount: money, ...sums });
const drop = record(
  {
    ...{ dropId: text, packets: listOf(packet), opensAt: instant, state: text },
    ...{ budget: money, ...sums, costPerWinner: money, funnel },
  },
  { packetId: text, openedAt: instant, openedLateMs: whole, latency },
);

/** CampaignReport of the contracts. */
export const reportAnswer: JsonSchema = record(
  {
    ...{ campaignId: text, state: text, currency: text, budget: money, ...sums, held: money },
    ...{ costPerWinner: money, funnel, drops: listOf(drop) },
    ledger: record({ ...sums, held: money, matches: { type: 'boolean' } }),
    at: instant,
  },
  { latency },
);

/** CampaignSeries of the contracts. */
export const seriesAnswer: JsonSchema = record({
  bucketSeconds: whole,
  points: listOf(record({ at: instant, winners: whole, amount: money, stockLeft: whole, budgetLeft: money })),
  amounts: listOf(record({ from: money, to: money, claims: whole })),
});

export const csvAnswer: JsonSchema = {
  type: 'string',
  description: 'UTF-8 with a byte order mark, RFC 4180',
};

function ms(): JsonSchema {
  return { type: 'number', description: 'milliseconds' };
}
