import type { DropRequest, HttpClient } from '@app/client';
import type { CrowdDrop } from '../model/plan.ts';
import { uploadAudience } from './audience.ts';
import { CURRENCY, fund } from './funds.ts';
import type { Progress } from './progress.ts';
import { patiently } from './patience.ts';
import { tokenFor, type TokenSettings } from './people.ts';
import type { FundedCampaign } from './setup.ts';
import type { SizedDrop } from './size-drop.ts';
import type { Size, SizedCrowd } from './size.ts';

/** What the worker needs from scheduling to the first announcement: it takes up a drop 10 s ahead, and lists and shares at some 50 a millisecond. */
const PREPARE_MS = 4_000;
const THINGS_PER_MS = 50;
/** The campaign runs so long before the load; drops are announced within it. */
const CAMPAIGN_BEFORE_MS = 60_000;
/** The last packets expire with the tail; their claims settle meanwhile. */
const END_MARGIN_SECONDS = 2;

/** A tenant with money and a list of people, for this run alone. */
export interface Brand {
  http: HttpClient;
  token: string;
  tenantId: string;
  audienceId: string;
  /** Caps belong to a campaign, so drops with the same cap share one. */
  groups: SizedDrop[][];
  /** The load begins no earlier than so long after the campaigns are made, or the first drop would be announced late. */
  prepareMs: number;
}

/** The slow half, before the load has an instant. */
export async function prepareBrand(
  source: { http: HttpClient; target: string; runId: string; jwt?: TokenSettings },
  { drops }: SizedCrowd,
  audience: readonly string[],
): Promise<Brand> {
  const token = await tokenFor(source, `${source.runId}-brand`, 'load brand');
  const http = source.http.withToken(token);
  const { tenantId } = await patiently(() => http.createTenant('load'));
  await fund((topup, key) => http.topUpTenant(tenantId, topup, key), amountOf(drops));
  const audienceId = await uploadAudience(source.target, token, tenantId, audience);
  return {
    http,
    token,
    tenantId,
    audienceId,
    groups: groupsOf(drops),
    prepareMs: prepareMs(drops, audience),
  };
}

function groupsOf(drops: readonly SizedDrop[]): SizedDrop[][] {
  const caps = new Set(drops.map(({ claimsPerPerson }) => claimsPerPerson));
  return [...caps].map((cap) => drops.filter(({ claimsPerPerson }) => claimsPerPerson === cap));
}

function amountOf(drops: readonly SizedDrop[]): number {
  return drops.reduce((sum, { packet }) => sum + packet.amount, 0);
}

function prepareMs(drops: readonly SizedDrop[], audience: readonly string[]): number {
  const leads = drops.map(
    ({ atSecond, announceSeconds, packet }) =>
      (announceSeconds - atSecond) * 1_000 + packet.count / THINGS_PER_MS,
  );
  return Math.max(0, PREPARE_MS + audience.length / THINGS_PER_MS + Math.max(...leads));
}

/** The quick half: campaigns with their drops, scheduled. `startsAtMs`: second 0 of the load, by the target's clock. */
export async function makeCampaigns(
  brand: Brand,
  { seconds, tailSeconds }: Size,
  startsAtMs: number,
  onProgress: Progress,
): Promise<{ funded: FundedCampaign; drops: CrowdDrop[] }[]> {
  const made: { funded: FundedCampaign; drops: CrowdDrop[] }[] = [];
  const loadEndsAtMs = startsAtMs + (seconds + tailSeconds + END_MARGIN_SECONDS) * 1_000;
  for (const group of brand.groups) {
    const endsAtMs = Math.max(loadEndsAtMs, ...group.map((drop) => startsAtMs + endOf(drop) * 1_000));
    made.push(await makeCampaign(brand, group, startsAtMs, Math.ceil(endsAtMs)));
    onProgress('campaigns', made.length, brand.groups.length);
  }
  return made;
}

async function makeCampaign(
  { http, token, tenantId, audienceId }: Brand,
  group: SizedDrop[],
  startsAtMs: number,
  endsAtMs: number,
): Promise<{ funded: FundedCampaign; drops: CrowdDrop[] }> {
  const budget = amountOf(group);
  const cap = group[0]!.claimsPerPerson;
  const { campaignId } = await patiently(() =>
    http.createCampaign({
      ...{ tenantId, name: 'load', currency: CURRENCY, budget },
      ...{ startsAt: iso(startsAtMs - CAMPAIGN_BEFORE_MS), endsAt: iso(endsAtMs) },
      ...(cap === undefined ? {} : { caps: { claimsPerPerson: cap } }),
    }),
  );
  const drops: CrowdDrop[] = [];
  for (const drop of group) {
    const request = requestOf(drop, audienceId, startsAtMs);
    // Without a key: a drop that may have been made is not asked for a second time.
    const { dropId } = await patiently(() => http.createDrop(campaignId, request), { repeatable: false });
    const { atSecond: opensAtSecond, taps } = drop;
    drops.push({ campaignId, dropId, opensAtSecond, taps, ...quizOf(drop) });
  }
  const key = crypto.randomUUID();
  await patiently(() => http.steerCampaign(campaignId, 'schedule', key));
  const dropIds = drops.map(({ dropId }) => dropId);
  const funded = { tenantId, campaignId, marketerToken: token, budget, dropIds, endsAtMs };
  return { funded, drops };
}

/** The body of `POST /campaigns/:id/drops`. */
export function requestOf(drop: SizedDrop, audienceId: string, startsAtMs: number): DropRequest {
  const { announceSeconds, expiresInSeconds, packet, quiz, shake, rain } = drop;
  return {
    opensAt: iso(startsAtMs + drop.atSecond * 1_000),
    ...{ announceSeconds, expiresInSeconds, packet, audience: { kind: 'list', audienceId } },
    ...(quiz ? { gates: [{ kind: 'quiz', questions: quiz.questions }] } : {}),
    ...(shake ? { shake } : {}),
    ...(rain ? { rain } : {}),
  };
}

function quizOf({ quiz }: SizedDrop): Pick<CrowdDrop, 'quiz'> {
  if (!quiz) return {};
  const right = quiz.questions.map(({ options, answer }) => options[answer]!);
  return { quiz: { right, wrongPercent: quiz.wrongPercent } };
}

/** Second at which the last of its packets is over. */
function endOf({ atSecond, expiresInSeconds, rain }: SizedDrop): number {
  if (!rain) return atSecond + expiresInSeconds;
  return atSecond + rain.rounds * rain.roundSeconds + (rain.rounds - 1) * rain.gapSeconds;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
