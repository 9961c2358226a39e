import { listOf, money, record, text, whole, type JsonSchema } from './json-schema.js';

/** The types of campaigns.ts, as the documents show them. */
export const campaignSchemas = (instant: JsonSchema): Record<string, JsonSchema> => ({
  Campaign: record(
    {
      ...{ campaignId: text, tenantId: text, name: text, brand: text, currency: text, greeting: text },
      ...{ budget: money, planned: money, spent: money, refunded: money, drops: whole },
      ...{ startsAt: instant, endsAt: instant, createdAt: instant, caps: { type: 'object' } },
      state: { enum: ['draft', 'scheduled', 'running', 'paused', 'ended', 'cancelled'] },
    },
    { coverId: text, coverUrl: text, rehearsalOf: text, rehearsalId: text },
  ),
  Drop: record(
    {
      ...{
        dropId: text,
        campaignId: text,
        opensAt: instant,
        announceSeconds: whole,
        expiresInSeconds: whole,
      },
      ...{ audience: { type: 'object' }, packet: { type: 'object' } },
      ...{ tiers: listOf({ type: 'object' }), gates: listOf({ type: 'object' }) },
      ...{ state: { enum: ['planned', 'announced', 'open', 'closed', 'cancelled'] } },
      packets: listOf(record({ packetId: text, part: text })),
    },
    {
      ...{ packetId: text, openedAt: instant, openedLateMs: whole, greeting: text },
      ...{ rain: { type: 'object' }, shake: { type: 'object' } },
    },
  ),
});
