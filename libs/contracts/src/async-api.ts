import { z } from 'zod';
import { grabOnSocketSchema, packetIdSchema, sendPacketOnSocketSchema } from './packets.js';
import { postMessageOnSocketSchema, roomIdSchema } from './rooms.js';
import type { ClientEvents, ServerEvents } from './socket-events.js';
import {
  listOf,
  money,
  record,
  ref,
  remaining,
  text,
  viewSchemas,
  whole,
  type JsonSchema,
} from './view-schemas.js';

const instant = { type: 'integer', description: 'epoch milliseconds' };

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
      {
        amount: money,
        ordinal: whole,
        currency: text,
        opensAt: instant,
        reason: text,
        message: text,
        retryAfterMs: whole,
      },
    ),
  },
  'packet:inspect': {
    asks: packetIdSchema,
    answer: record({ packet: ref('Packet'), claims: listOf(ref('Claim')) }),
  },
  'packets:list': { asks: z.object({}), answer: record({ packets: listOf(ref('Packet')) }) },
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
    components: { schemas: viewSchemas(instant) },
  };
}
