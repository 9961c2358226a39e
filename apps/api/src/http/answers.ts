import { listOf, money, record, ref, text, viewSchemas, whole, type JsonSchema } from '@app/contracts';

const instant = { type: 'string', format: 'date-time' };
const flag = { type: 'boolean' };
const kind = { enum: ['lucky', 'fixed'] };
const room = record({ roomId: text, name: text, open: flag, members: whole });
const member = record({ userId: text, name: text });
const role = { enum: ['owner', 'marketer', 'viewer'] };
const balances = listOf(record({ currency: text, available: money, held: money }));
const share = record({ ordinal: whole, amount: money });
const line = record(
  { packetId: text, roomId: text, kind, currency: text, greeting: text, at: instant, amount: money },
  {
    ...{ count: whole, claimed: whole, refunded: money, state: text },
    ...{ senderId: text, senderName: text, bestLuck: flag },
  },
);

export const answerSchemas = viewSchemas(instant);

/** What each call answers when it is not refused, by the name of its method; a test holds that none is missing. */
export const answers: Record<string, JsonSchema> = {
  IdentityController_makeToken: record({ token: text }),
  IdentityController_me: record({ userId: text, name: text, role: text }, { tenantId: text }),
  WalletController_wallet: record({ balances }),
  WalletController_entries: listOf(ref('Entry')),
  WalletController_topUp: record({ topupId: text, status: text, amount: money, currency: text }),
  RoomsController_create: record({ roomId: text }),
  RoomsController_mine: listOf(room),
  RoomsController_open: listOf(room),
  RoomsController_view: room,
  RoomsController_enter: record({ roomId: text }),
  RoomsController_snapshot: record({
    ...{ room, messages: listOf(ref('Message')) },
    ...{ packets: listOf(ref('Packet')), closedPackets: listOf(ref('Packet')) },
  }),
  RoomsController_addMembers: record({ userIds: listOf(text) }),
  RoomsController_members: listOf(member),
  RoomsController_post: ref('Message'),
  RoomsController_messages: listOf(ref('Message')),
  RoomsController_packets: listOf(ref('Packet')),
  PacketsController_send: ref('Packet'),
  PacketsController_view: ref('Packet'),
  PacketsController_grab: record(
    { outcome: { enum: ['won', 'already', 'empty', 'not_open', 'closed', 'not_eligible', 'busy'] } },
    { amount: money, ordinal: whole, currency: text, opensAt: instant, reason: text, retryAfterMs: whole },
  ),
  PacketsController_claims: listOf(ref('Claim')),
  PacketsController_proof: record({
    ...{ version: text, packetId: text, kind, seed: text, commitment: text, amount: money, count: whole },
    ...{ min: money, max: money, partitions: whole, claims: listOf(share) },
  }),
  PacketsController_history: record(
    {
      items: listOf(line),
      totals: listOf(
        record({ currency: text, count: whole, amount: money }, { refunded: money, bestLuck: whole }),
      ),
    },
    { nextCursor: text },
  ),
  TenantsController_create: record({ tenantId: text }),
  TenantsController_mine: listOf(record({ tenantId: text, name: text, role })),
  TenantsController_members: listOf(record({ userId: text, name: text, role })),
  TenantsController_setMember: record({ userId: text, role }),
  TenantsController_topUp: record({ topupId: text, status: text, amount: money, currency: text }),
  TenantsController_balance: record({ balances }),
  OpsController_alive: record({ status: text }),
  OpsController_ready: record({ status: text, checks: { type: 'object', additionalProperties: flag } }),
};

/** Lists that say where they go on. */
export const pagedAnswers = /_(entries|mine|open|members|messages|claims|history)$/;
