import { z } from 'zod';
import { answersSchema, gatesSchema, type GateView } from './gates.js';
import { idempotencyKeySchema, textSchema, userIdSchema, uuidSchema } from './text.js';

export const PACKET_EXPIRES_SECONDS_MIN = 10;
export const PACKET_EXPIRES_SECONDS_MAX = 259_200;
export const PACKET_EXPIRES_SECONDS_DEFAULT = 86_400;
export const GREETING_CHARS_MAX = 100;
export const ONLY_USER_IDS_MAX = 100;

/** `POST /packets`. Amounts in minor units; limits that are settings are checked by the api, not here. */
export const sendPacketSchema = z.strictObject({
  roomId: uuidSchema,
  kind: z.enum(['lucky', 'fixed']),
  amount: z.int().min(1),
  count: z.int().min(1),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be a currency code of three capitals'),
  greeting: textSchema(0, GREETING_CHARS_MAX).optional(),
  coverId: uuidSchema.optional(),
  expiresInSeconds: z.int().min(PACKET_EXPIRES_SECONDS_MIN).max(PACKET_EXPIRES_SECONDS_MAX).optional(),
  onlyUserIds: z.array(userIdSchema).min(1).max(ONLY_USER_IDS_MAX).optional(),
  gates: gatesSchema.optional(),
});
export type SendPacket = z.infer<typeof sendPacketSchema>;

/** `packet:send`: as `POST /packets`, with the idempotency key inside. */
export const sendPacketOnSocketSchema = sendPacketSchema.extend({ idempotencyKey: idempotencyKeySchema });

export const grabBodySchema = z.strictObject({ answers: answersSchema.optional() });
export const grabOnSocketSchema = z.strictObject({
  packetId: uuidSchema,
  answers: answersSchema.optional(),
});
export const packetIdSchema = z.strictObject({ packetId: uuidSchema });

export type PacketKind = 'lucky' | 'fixed';
export type PacketState = 'armed' | 'open' | 'finished' | 'expired';

/** The largest claim of a finished lucky packet; on a tie the earlier one. */
export interface BestLuck {
  userId: string;
  name: string;
  amount: number;
  ordinal: number;
}

/**
 * A packet as a client sees it. `At` is `string` (ISO 8601 UTC) on HTTP and `number` (epoch milliseconds) on sockets.
 * Amounts are integers in minor units of `currency`. `min` and `max` bound one share and are part of the commitment.
 */
export interface PacketView<At = string> {
  packetId: string;
  /** Null for packets of a campaign, whose audience is not one room. */
  roomId: string | null;
  /** A user, or the tenant of a campaign; `senderName` is then the brand. */
  senderId: string;
  senderName: string;
  kind: PacketKind;
  amount: number;
  count: number;
  currency: string;
  greeting: string;
  state: PacketState;
  opensAt: At;
  expiresAt: At;
  remaining: { count: number; amount: number };
  commitment: string;
  min: number;
  max: number;
  /** Only these members can win; absent: everyone in the room. */
  onlyUserIds?: string[];
  bestLuck?: BestLuck;
  /** What went back to the sender; once closed. */
  refunded?: number;
  /** A path of this service. */
  coverUrl?: string;
  /** All must be met; absent: none. On sockets and HTTP as the asking person is to see them. */
  gates?: GateView[];
  campaignId?: string;
  dropId?: string;
  /** This packet is lane `lane` of round `round`; a person may catch one packet of each lane. All counted from 1. */
  rain?: { round: number; rounds: number; roundSeconds: number; lane: number; catchesPerRound: number };
  /** Grabs are shakes: most miss (`reason: "luck"`) and may be repeated. */
  shake?: { oddsPercent: number };
  /** Shares are released evenly over so long from `opensAt`; 0 or absent: all at once. */
  releaseMs?: number;
  /**
   * Clients are asked to open their button between `opensAt` and so long after it, each at an instant of their own, so that
   * not all tap at once (docs/sockets.md says which). Absent: all at `opensAt`, from which on grabs win in any case.
   */
  staggerMs?: number;
  /** Of a rehearsal: play money, robots only. */
  rehearsal?: true;
}

/** One line of `GET /packets/:id/claims`, in grab order. */
export interface ClaimView<At = string> {
  ordinal: number;
  userId: string;
  name: string;
  amount: number;
  at: At;
  /** In the ledger. False for the moment between the grab and its settlement. */
  settled: boolean;
  bestLuck: boolean;
}

export type Outcome = 'won' | 'already' | 'empty' | 'not_open' | 'closed' | 'not_eligible' | 'busy';
export const REFUSAL_REASONS = [
  ...(['members', 'password', 'quiz', 'place', 'task', 'cap', 'tries', 'paused'] as const),
  /** A shake that missed: try again. */
  'luck',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** The answer to a grab. `won` and `already` carry amount, ordinal and currency; `not_open` opensAt; `busy` retryAfterMs. */
export interface GrabResult<At = string> {
  outcome: Outcome;
  amount?: number;
  ordinal?: number;
  currency?: string;
  opensAt?: At;
  reason?: RefusalReason;
  /** Why not, in English words for people; pages translate by `reason`. */
  message?: string;
  retryAfterMs?: number;
}

/** `GET /packets/:id/proof`: all that a stranger needs to recompute a split (fairness: split-v1). */
export interface Proof {
  version: 'split-v1';
  packetId: string;
  kind: PacketKind;
  seed: string;
  commitment: string;
  amount: number;
  count: number;
  min: number;
  max: number;
  partitions: number;
  claims: { ordinal: number; amount: number }[];
}

/** `GET /me/packets`. A sent line carries the packet's own totals, a received line the claim of the caller. */
export interface HistoryView {
  items: HistoryLine[];
  /** Over the whole year, for each currency. `bestLuck`: how often the caller had the best luck (received only). */
  totals: { currency: string; count: number; amount: number; refunded?: number; bestLuck?: number }[];
  nextCursor?: string;
}

export interface HistoryLine {
  packetId: string;
  roomId: string | null;
  kind: PacketKind;
  currency: string;
  greeting: string;
  at: string;
  /** Sent: what was put in. Received: what the caller won. */
  amount: number;
  /** Sent: shares in all and taken, what came back, and the state. */
  count?: number;
  claimed?: number;
  refunded?: number;
  state?: PacketState;
  /** Received: from whom, and whether it was the best luck. */
  senderId?: string;
  senderName?: string;
  bestLuck?: boolean;
}
