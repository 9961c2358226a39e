import { ERRORS } from './errors.js';
import { campaignSchemas } from './campaign-schemas.js';
import { listOf, money, record, ref, text, whole, type JsonSchema } from './json-schema.js';

export { listOf, money, record, ref, text, whole, type JsonSchema } from './json-schema.js';
export const remaining = record({ count: whole, amount: money });

/** The shapes that several answers and messages share; the types of packets.ts, rooms.ts and wallet.ts. */
export const viewSchemas = (instant: JsonSchema): Record<string, JsonSchema> => ({
  BestLuck: record({ userId: text, name: text, amount: money, ordinal: whole }),
  Packet: record(
    {
      ...{
        packetId: text,
        roomId: { type: ['string', 'null'] },
        senderId: text,
        senderName: text,
        kind: { enum: ['lucky', 'fixed'] },
      },
      ...{
        amount: money,
        count: whole,
        currency: text,
        greeting: text,
        opensAt: instant,
        expiresAt: instant,
      },
      ...{
        state: { enum: ['armed', 'open', 'finished', 'expired'] },
        remaining,
        commitment: text,
        min: money,
        max: money,
      },
    },
    {
      ...{ onlyUserIds: listOf(text), bestLuck: ref('BestLuck'), refunded: money, coverUrl: text },
      ...{
        gates: listOf({ type: 'object' }),
        campaignId: text,
        dropId: text,
        releaseMs: whole,
        staggerMs: whole,
      },
      ...{ rain: { type: 'object' }, shake: { type: 'object' }, rehearsal: { const: true } },
    },
  ),
  Claim: record({
    ...{ ordinal: whole, userId: text, name: text, amount: money, at: instant },
    ...{ settled: { type: 'boolean' }, bestLuck: { type: 'boolean' } },
  }),
  ...campaignSchemas(instant),
  Message: record({ messageId: text, roomId: text, userId: text, name: text, text, at: instant }),
  Entry: record(
    { entryId: text, kind: text, amount: money, currency: text, at: instant },
    { packetId: text },
  ),
  Error: record({
    error: record({ code: { enum: Object.keys(ERRORS) }, message: text }, { retryAfterMs: whole }),
  }),
});
