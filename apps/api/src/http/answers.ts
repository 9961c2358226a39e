import { listOf, money, record, ref, text, viewSchemas, whole, type JsonSchema } from '@app/contracts';
import { csvAnswer, reportAnswer, seriesAnswer } from '../reports/report-schemas.js';

const instant = { type: 'string', format: 'date-time' };
const flag = { type: 'boolean' };
const kind = { enum: ['lucky', 'fixed'] };
const room = record({ roomId: text, name: text, open: flag, members: whole });
const member = record({ userId: text, name: text });
const role = { enum: ['owner', 'marketer', 'viewer'] };
const balances = listOf(record({ currency: text, available: money, held: money }));
const cover = record(
  { coverId: text, tenantId: text, url: text, width: whole, height: whole, uses: whole, createdAt: instant },
  { validFrom: instant, validUntil: instant, usesMax: whole },
);
const audience = record({ audienceId: text, tenantId: text, name: text, count: whole, createdAt: instant });
const rejectedLine = record({ line: whole, reason: { enum: ['invalid_user_id', 'duplicate', 'too_many'] } });
const revocation = record(
  { revokedAt: instant, revokedBy: text },
  { tokenId: text, userId: text, issuedBefore: instant, expiresAt: instant },
);
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
  RevocationsController_revoke: revocation,
  RevocationsController_list: listOf(revocation),
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
  TenantsController_removeMember: record({ userId: text }),
  TenantsController_topUp: record({ topupId: text, status: text, amount: money, currency: text }),
  TenantsController_balance: record({ balances }),
  CampaignsController_create: ref('Campaign'),
  CampaignsController_list: listOf(ref('Campaign')),
  CampaignsController_view: ref('Campaign'),
  CampaignsController_edit: ref('Campaign'),
  CampaignsController_remove: record({}),
  CampaignsController_schedule: record({ state: text }),
  CampaignsController_pause: record({ state: text }),
  CampaignsController_resume: record({ state: text }),
  CampaignsController_cancel: record({ state: text }),
  CampaignsController_rehearse: record({ state: text, rehearsalId: text }),
  DropsController_add: ref('Drop'),
  DropsController_list: listOf(ref('Drop')),
  DropsController_change: ref('Drop'),
  DropsController_remove: record({}),
  ReportsController_report: reportAnswer,
  ReportsController_series: seriesAnswer,
  ReportsController_claimsCsv: csvAnswer,
  ReportsController_totalsCsv: csvAnswer,
  CoversController_create: cover,
  CoversController_list: listOf(cover),
  CoversController_view: cover,
  AudiencesController_upload: record({
    ...{ audienceId: text, accepted: whole, rejected: listOf(rejectedLine), rejectedCount: whole },
  }),
  AudiencesController_list: listOf(audience),
  AudiencesController_view: audience,
  TenantKeysController_create: record({ keyId: text, secret: text }),
  TenantKeysController_list: listOf(
    record({ keyId: text, createdBy: text, createdAt: instant }, { revokedAt: instant }),
  ),
  TenantKeysController_revoke: record({ keyId: text }),
  TasksController_complete: record({ accepted: whole }),
  OpsController_alive: record({ status: text }),
  OpsController_ready: record({ status: text, checks: { type: 'object', additionalProperties: flag } }),
};

/** Lists that say where they go on. */
export const pagedAnswers = /_(entries|mine|open|members|messages|claims|history|list)$/;

/** What is not JSON, by its content type. */
export const contentTypes: Record<string, string> = {
  ReportsController_claimsCsv: 'text/csv',
  ReportsController_totalsCsv: 'text/csv',
};
