import { z } from 'zod';
import { gatesSchema, type Gate } from './gates.js';
import { GREETING_CHARS_MAX, PACKET_EXPIRES_SECONDS_MAX, PACKET_EXPIRES_SECONDS_MIN } from './packets.js';
import { segmentSchema } from './segments.js';
import { textSchema, uuidSchema } from './text.js';

export const CAMPAIGN_NAME_CHARS_MAX = 64;
export const ANNOUNCE_SECONDS_MAX = 86_400;
export const ANNOUNCE_SECONDS_DEFAULT = 60;
export const DROPS_PER_CAMPAIGN_MAX = 200;
export const TIERS_MAX = 8;
export const ROUNDS_MAX = 20;
export const CATCHES_PER_ROUND_MAX = 10;
/** How far ahead anything may be planned, and how long before now still counts as now. */
export const PLAN_DAYS_MAX = 400;
export const INSTANT_GRACE_MS = 300_000;

/** ISO 8601 with a zone. */
export const instantSchema = z.iso.datetime({
  offset: true,
  error: 'must be an ISO 8601 instant with a zone',
});
const currencySchema = z.string().regex(/^[A-Z]{3}$/, 'must be a currency code of three capitals');
const limitSchema = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

/** Days are those of TIME_ZONE. `amountPerDay` in minor units. Absent: no such cap. */
export const capsSchema = z.strictObject({
  claimsPerPerson: limitSchema.optional(),
  claimsPerPersonPerDay: limitSchema.optional(),
  claims: limitSchema.optional(),
  claimsPerDay: limitSchema.optional(),
  amountPerDay: limitSchema.optional(),
});
export type Caps = z.infer<typeof capsSchema>;

const campaignFields = {
  name: textSchema(1, CAMPAIGN_NAME_CHARS_MAX),
  brand: textSchema(1, CAMPAIGN_NAME_CHARS_MAX).optional(),
  currency: currencySchema,
  /** Minor units, moved from the tenant's account when the campaign is scheduled. */
  budget: z.int().min(1),
  startsAt: instantSchema,
  endsAt: instantSchema,
  greeting: textSchema(0, GREETING_CHARS_MAX).optional(),
  coverId: uuidSchema.optional(),
  caps: capsSchema.optional(),
};

/** `POST /campaigns`. */
export const createCampaignSchema = z.strictObject({ tenantId: uuidSchema, ...campaignFields });
export type CreateCampaign = z.infer<typeof createCampaignSchema>;

/**
 * `PATCH /campaigns/:id`. A draft may change in everything; once scheduled only `name`, `greeting`, and an `endsAt` that
 * is later; the rest is refused with `not_editable`, which names the fields. `null` takes an optional field away.
 */
export const editCampaignSchema = z.strictObject({
  name: campaignFields.name.optional(),
  brand: campaignFields.brand.nullable(),
  budget: campaignFields.budget.optional(),
  startsAt: instantSchema.optional(),
  endsAt: instantSchema.optional(),
  greeting: campaignFields.greeting,
  coverId: uuidSchema.nullish(),
  caps: capsSchema.optional(),
});
export type EditCampaign = z.infer<typeof editCampaignSchema>;

export const audienceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('everyone') }),
  z.strictObject({ kind: z.literal('room'), roomId: uuidSchema }),
  z.strictObject({ kind: z.literal('list'), audienceId: uuidSchema }),
  z.strictObject({ kind: z.literal('segment'), segment: segmentSchema }),
]);
export type Audience = z.infer<typeof audienceSchema>;

const dropPacketSchema = z.strictObject({
  kind: z.enum(['lucky', 'fixed']),
  amount: z.int().min(1),
  count: z.int().min(1),
});
export type DropPacket = z.infer<typeof dropPacketSchema>;

/**
 * Some of the audience with a packet of their own: who matches gets it instead of the drop's. The first that fits counts.
 * `neverWon`: those who have won nothing in this campaign so far.
 */
export const tierSchema = z
  .strictObject({
    name: textSchema(1, 32),
    segment: segmentSchema.optional(),
    audienceId: uuidSchema.optional(),
    neverWon: z.literal(true).optional(),
    packet: dropPacketSchema,
  })
  .refine(
    ({ segment, audienceId, neverWon }) => [segment, audienceId, neverWon].filter(Boolean).length === 1,
    { message: 'must have exactly one of segment, audienceId and neverWon' },
  );
export type Tier = z.infer<typeof tierSchema>;

/** `rounds` rounds of `roundSeconds`, `gapSeconds` apart; the drop's amount and count are for all rounds together. */
export const rainSchema = z.strictObject({
  rounds: z.int().min(1).max(ROUNDS_MAX),
  roundSeconds: z.int().min(5).max(300),
  gapSeconds: z.int().min(0).max(3_600).default(10),
  /** Packets that one person may catch in a round. */
  catchesPerRound: z.int().min(1).max(CATCHES_PER_ROUND_MAX).default(1),
});
export type Rain = z.infer<typeof rainSchema>;

/** Each try wins a look at the quota with `oddsPercent`; the quota is released evenly over `releaseSeconds`. */
export const shakeSchema = z.strictObject({
  oddsPercent: z.number().min(0.01).max(100),
  releaseSeconds: z.int().min(0).max(86_400).default(0),
});
export type Shake = z.infer<typeof shakeSchema>;

/** `POST /campaigns/:id/drops`. */
export const createDropSchema = z
  .strictObject({
    opensAt: instantSchema,
    announceSeconds: z.int().min(0).max(ANNOUNCE_SECONDS_MAX).default(ANNOUNCE_SECONDS_DEFAULT),
    expiresInSeconds: z.int().min(PACKET_EXPIRES_SECONDS_MIN).max(PACKET_EXPIRES_SECONDS_MAX).optional(),
    audience: audienceSchema,
    packet: dropPacketSchema,
    tiers: z.array(tierSchema).max(TIERS_MAX).optional(),
    gates: gatesSchema.optional(),
    rain: rainSchema.optional(),
    shake: shakeSchema.optional(),
    greeting: textSchema(0, GREETING_CHARS_MAX).optional(),
  })
  .refine(({ rain, shake }) => !(rain && shake), {
    path: ['shake'],
    message: 'a drop rains or is shaken for',
  })
  .refine(({ rain, shake, tiers }) => !((rain || shake) && tiers?.length), {
    path: ['tiers'],
    message: 'not with rain or shake',
  });
export type CreateDrop = z.infer<typeof createDropSchema>;

export const campaignIdSchema = z.strictObject({ campaignId: uuidSchema });
export const dropIdSchema = z.strictObject({ campaignId: uuidSchema, dropId: uuidSchema });

export type CampaignState = 'draft' | 'scheduled' | 'running' | 'paused' | 'ended' | 'cancelled';
export type DropState = 'planned' | 'announced' | 'open' | 'closed' | 'cancelled';

/** `GET /campaigns/:id`. `rehearsalOf`: play money and robots only, a copy of that campaign. */
export interface CampaignView {
  campaignId: string;
  tenantId: string;
  name: string;
  brand: string;
  currency: string;
  budget: number;
  /** What the drops plan to give, in minor units; never over the budget. */
  planned: number;
  /** Settled so far, and given back to the tenant. */
  spent: number;
  refunded: number;
  startsAt: string;
  endsAt: string;
  greeting: string;
  coverId?: string;
  coverUrl?: string;
  caps: Caps;
  state: CampaignState;
  drops: number;
  createdAt: string;
  rehearsalOf?: string;
  /** The latest rehearsal of this campaign. */
  rehearsalId?: string;
}

/** `GET /campaigns/:id/drops`. `packetId`: of the drop's own packet, once armed; tiers and rounds have theirs in `packets`. */
export interface DropView {
  dropId: string;
  campaignId: string;
  opensAt: string;
  announceSeconds: number;
  expiresInSeconds: number;
  audience: Audience;
  packet: DropPacket;
  tiers: Tier[];
  /** With what is right: only for the members of the tenant. */
  gates: Gate[];
  rain?: Rain;
  shake?: Shake;
  greeting?: string;
  state: DropState;
  packetId?: string;
  packets: { packetId: string; part: string }[];
  openedAt?: string;
  /** How long after `opensAt` the audience was told, in milliseconds. */
  openedLateMs?: number;
}
