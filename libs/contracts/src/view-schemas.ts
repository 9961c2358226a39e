import { ERRORS } from './errors.js';

export type JsonSchema = Record<string, unknown>;

export const whole = { type: 'integer' };
export const text = { type: 'string' };
export const money = { type: 'integer', description: 'minor units' };
export const record = (
  properties: Record<string, JsonSchema>,
  optional: Record<string, JsonSchema> = {},
): JsonSchema => ({
  type: 'object',
  properties: { ...properties, ...optional },
  required: Object.keys(properties),
});
export const listOf = (items: JsonSchema) => ({ type: 'array', items });
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
export const remaining = record({ count: whole, amount: money });

/** The shapes that several answers and messages share; the types of packets.ts, rooms.ts and wallet.ts. */
export const viewSchemas = (instant: JsonSchema): Record<string, JsonSchema> => ({
  BestLuck: record({ userId: text, name: text, amount: money, ordinal: whole }),
  Packet: record(
    {
      ...{
        packetId: text,
        roomId: text,
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
    { onlyUserIds: listOf(text), bestLuck: ref('BestLuck'), refunded: money },
  ),
  Claim: record({
    ...{ ordinal: whole, userId: text, name: text, amount: money, at: instant },
    ...{ settled: { type: 'boolean' }, bestLuck: { type: 'boolean' } },
  }),
  Message: record({ messageId: text, roomId: text, userId: text, name: text, text, at: instant }),
  Entry: record(
    { entryId: text, kind: text, amount: money, currency: text, at: instant },
    { packetId: text },
  ),
  Error: record({
    error: record({ code: { enum: Object.keys(ERRORS) }, message: text }, { retryAfterMs: whole }),
  }),
});
