import { randomUUID } from 'node:crypto';
import type { CampaignRules, Gate, PacketRules } from '@app/contracts';
import {
  packetIdInSlotOf,
  packetRefOf,
  type ArmOrder,
  type Grab,
  type GrabDecision,
  type PacketStore,
  type PacketTerms,
} from '../src/index.js';
import { orderOf } from './conformance.js';

export const DAY_MS = 86_400_000;

/** A day that began an hour ago, so that it does not end while a test runs. */
export const todayOf = (nowMs: number, day = '2026-02-16') => [{ startMs: nowMs - 3_600_000, day }];

export const quizOf = (triesMax?: number): Gate => ({
  kind: 'quiz',
  questions: [{ text: 'Of what is zongzi made?', options: ['rice', 'wheat'], answer: 0 }],
  ...(triesMax === undefined ? {} : { triesMax }),
});

export const rulesOf = (gates: Gate[], campaign?: CampaignRules): PacketRules => ({
  gates,
  salt: '0'.repeat(32),
  ...(campaign ? { campaign } : {}),
});

/** A packet of the campaign `rules.campaignId` with a share of 100 for each of ten, unless told otherwise. */
export function campaignOrder(
  rules: Partial<CampaignRules>,
  { gates = [], ...terms }: Partial<PacketTerms> & { gates?: Gate[] } = {},
  change: Partial<ArmOrder> = {},
): ArmOrder {
  const campaignId = rules.campaignId ?? randomUUID();
  const campaign: CampaignRules = {
    campaignId,
    dropId: randomUUID(),
    part: 'base',
    audience: { kind: 'everyone' },
    caps: {},
    days: [],
    releaseMs: 0,
    ...rules,
  };
  const split = { count: 10, amount: (terms.count ?? 10) * 100, min: 100, max: 100 };
  const packetId = packetIdInSlotOf(campaignId, randomUUID());
  return orderOf({ packetId, roomId: null, ...split, ...terms, rules: rulesOf(gates, campaign) }, change);
}

/** Arms and gives the terms, to grab by. */
export async function armed(store: PacketStore, order: ArmOrder): Promise<PacketTerms> {
  await store.arm(order);
  return order.terms;
}

/** One call: each entry a user whose gates are met, or a grab. */
export async function ask(
  store: PacketStore,
  terms: PacketTerms,
  ...entries: (string | Grab)[]
): Promise<GrabDecision[]> {
  const grabs = entries.map((entry): Grab =>
    typeof entry === 'string' ? { userId: entry, mark: 'met' } : entry,
  );
  const answer = await store.grab(packetRefOf(terms), grabs);
  if (answer.status !== 'decided') throw new Error(`the store answered ${answer.status}`);
  return answer.decisions;
}

/** The same, each decision as one word: its reason where it has one, otherwise its outcome. */
export async function words(
  store: PacketStore,
  terms: PacketTerms,
  ...entries: (string | Grab)[]
): Promise<string[]> {
  return (await ask(store, terms, ...entries)).map((decision) =>
    'reason' in decision && decision.reason ? decision.reason : decision.outcome,
  );
}
