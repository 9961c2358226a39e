import { z } from 'zod';
import { ERRORS } from './errors.js';
import { grabOnSocketSchema, packetIdSchema, sendPacketOnSocketSchema } from './packets.js';
import { postMessageOnSocketSchema, roomIdSchema } from './rooms.js';
import type { ClientEvents, ServerEvents } from './socket-events.js';

type JsonSchema = Record<string, unknown>;

const whole = { type: 'integer' };
const text = { type: 'string' };
const instant = { type: 'integer', description: 'epoch milliseconds' };
const money = { type: 'integer', description: 'minor units' };
const record = (
  properties: Record<string, JsonSchema>,
  optional: Record<string, JsonSchema> = {},
): JsonSchema => ({
  type: 'object',
  properties: { ...properties, ...optional },
  required: Object.keys(properties),
});
const listOf = (items: JsonSchema) => ({ type: 'array', items });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const remaining = record({ count: whole, amount: money });

/** The shapes that several messages share; the types of packets.ts, rooms.ts and wallet.ts. */
const schemas: Record<string, JsonSchema> = {
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
};

/** Each request with what its acknowledgement carries. */
const requests: Record<keyof ClientEvents, { asks: z.ZodType; answer: JsonSchema }> = {
  'room:join': {
    asks: roomIdSchema,
    answer: record({
      room: record({
        ...{ roomId: text, name: text, open: { type: 'boolean' }, members: whole, online: whole },
        onlineUsers: listOf(record({ userId: text, name: text })),
      }),
      messages: listOf(ref('Message')),
      packets: listOf(ref('Packet')),
      closedPackets: listOf(ref('Packet')),
    }),
  },
  'room:leave': { asks: roomIdSchema, answer: record({}) },
  'message:post': { asks: postMessageOnSocketSchema, answer: record({ messageId: text, at: instant }) },
  'packet:send': { asks: sendPacketOnSocketSchema, answer: record({ packet: ref('Packet') }) },
  'packet:grab': {
    asks: grabOnSocketSchema,
    answer: record(
      { outcome: { enum: ['won', 'already', 'empty', 'not_open', 'closed', 'not_eligible', 'busy'] } },
      { amount: money, ordinal: whole, currency: text, opensAt: instant, reason: text, retryAfterMs: whole },
    ),
  },
  'packet:inspect': {
    asks: packetIdSchema,
    answer: record({ packet: ref('Packet'), claims: listOf(ref('Claim')) }),
  },
  'clock:sync': { asks: z.object({}), answer: record({ serverTimeMs: instant }) },
};

const pushes: Record<keyof ServerEvents, JsonSchema> = {
  'message:posted': ref('Message'),
  'packet:announced': ref('Packet'),
  'packet:dropped': ref('Packet'),
  'packet:progressed': record({ packetId: text, remaining }),
  'packet:closed': record(
    { packetId: text, state: { enum: ['finished', 'expired'] }, refunded: money, seed: text },
    { bestLuck: ref('BestLuck') },
  ),
  'wallet:changed': record({ currency: text, available: money, entry: ref('Entry') }),
  'presence:changed': record({ roomId: text, online: whole }),
};

/** The sockets as an AsyncAPI 3.0 document. A missing event does not compile: both tables are keyed by the event types. */
export function asyncApiDocument() {
  const messages: Record<string, JsonSchema> = {};
  const operations: Record<string, JsonSchema> = {};
  const channel = { $ref: '#/channels/socket' };
  const inChannel = (name: string) => ({ $ref: `#/channels/socket/messages/${name}` });
  for (const [event, { asks, answer }] of Object.entries(requests)) {
    const { $schema: _schema, ...payload } = z.toJSONSchema(asks, { io: 'input' });
    messages[`${event}.request`] = { name: event, payload };
    messages[`${event}.answer`] = { name: event, payload: { oneOf: [answer, ref('Error')] } };
    const reply = { channel, messages: [inChannel(`${event}.answer`)] };
    operations[event] = { action: 'receive', channel, messages: [inChannel(`${event}.request`)], reply };
  }
  for (const [event, payload] of Object.entries(pushes)) {
    messages[event] = { name: event, payload };
    operations[event] = { action: 'send', channel, messages: [inChannel(event)] };
  }
  const description =
    'Socket.IO 4, namespace /, WebSocket transport, auth: {token}. Answers are acknowledgements.';
  return {
    asyncapi: '3.0.0',
    info: { title: 'Hongbao sockets', version: '1', description },
    channels: { socket: { address: '/', messages } },
    operations,
    components: { schemas },
  };
}
