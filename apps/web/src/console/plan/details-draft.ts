import type { CampaignView, Caps, CreateCampaign, EditCampaign } from '@app/contracts';
import { DEFAULT_CURRENCY, minorDigits, toDecimal } from '../../money.js';
import { Checker, minorOf, wholeOf, type Problems, type Saying } from './check-value.js';
import { addDays, isoOfLocal, msOfLocal, startOfDay, toLocal } from './instants.js';
import { LIMITS } from './limits.js';

export const CAP_NAMES = [
  'claimsPerPerson',
  'claimsPerPersonPerDay',
  'claims',
  'claimsPerDay',
  'amountPerDay',
] as const satisfies readonly (keyof Caps)[];
export type CapName = (typeof CAP_NAMES)[number];

/** A campaign's own fields as they are typed. */
export interface DetailsDraft {
  name: string;
  brand: string;
  currency: string;
  budget: string;
  startsAt: string;
  endsAt: string;
  greeting: string;
  coverId: string;
  caps: Record<CapName, string>;
}

/** As the server's: a form may be filled in while its start passes. */
const GRACE_MS = 300_000;
const EVENING_HOUR = 20;
const EVENING_HOURS = 3;

/** An evening: today's, when it has not begun yet. */
export function newDetails(now: number, brand: string): DetailsDraft {
  const today = new Date(startOfDay(now)).setHours(EVENING_HOUR);
  const start = today > now ? today : new Date(addDays(startOfDay(now), 1)).setHours(EVENING_HOUR);
  return {
    ...{ name: '', brand, currency: DEFAULT_CURRENCY, budget: '', greeting: '', coverId: '' },
    startsAt: toLocal(start),
    endsAt: toLocal(start + EVENING_HOURS * 3_600_000),
    caps: { claimsPerPerson: '', claimsPerPersonPerDay: '', claims: '', claimsPerDay: '', amountPerDay: '' },
  };
}

export function typedMoney(minor: number | undefined, currency: string): string {
  return minor === undefined ? '' : toDecimal(minor, minorDigits(currency)).replace(/\.0+$/, '');
}

export function detailsOf(view: CampaignView): DetailsDraft {
  const { name, brand, currency, budget, startsAt, endsAt, greeting, coverId = '', caps } = view;
  const typed = (cap: CapName) =>
    cap === 'amountPerDay' ? typedMoney(caps.amountPerDay, currency) : String(caps[cap] ?? '');
  return {
    ...{ name, brand, currency, greeting, coverId, budget: typedMoney(budget, currency) },
    ...{ startsAt: toLocal(startsAt), endsAt: toLocal(endsAt) },
    caps: Object.fromEntries(CAP_NAMES.map((cap) => [cap, typed(cap)])) as Record<CapName, string>,
  };
}

export interface DetailsContext extends Saying {
  now: number;
  /** What its drops plan to give already. */
  planned: number;
  instant: (ms: number) => string;
  /** The campaign as it stands; absent while it is new. */
  before?: CampaignView;
  /** When its drops open, in epoch milliseconds. */
  openings?: readonly number[];
}

export function checkDetails(draft: DetailsDraft, context: DetailsContext): Problems {
  const check = new Checker(context);
  const { say, before, planned, money } = context;
  check.text('name', draft.name, LIMITS.nameChars, { needed: true });
  check.text('brand', draft.brand, LIMITS.nameChars);
  check.text('greeting', draft.greeting, LIMITS.greetingChars);
  const budget = check.money('budget', draft.budget);
  if (budget !== null && budget < planned) check.add('budget', say.underPlanned(money(planned)));
  checkSpan(draft, check, context);
  for (const cap of CAP_NAMES) {
    const path = `caps.${cap}`;
    if (cap === 'amountPerDay') check.money(path, draft.caps[cap], { needed: false });
    else check.whole(path, draft.caps[cap], 1, Number.MAX_SAFE_INTEGER, { needed: false });
  }
  if (before && before.state !== 'draft') {
    const end = msOfLocal(draft.endsAt);
    if (end !== null && end < Math.floor(Date.parse(before.endsAt) / 1_000) * 1_000)
      check.add('endsAt', say.onlyLater);
  }
  return check.problems;
}

function checkSpan({ startsAt, endsAt }: DetailsDraft, check: Checker, context: DetailsContext): void {
  const { say, now, before, instant, openings = [] } = context;
  const [start, end] = [msOfLocal(startsAt), msOfLocal(endsAt)];
  if (start === null) check.add('startsAt', say.instant);
  if (end === null) check.add('endsAt', say.instant);
  if (start === null || end === null) return;
  const isNewStart = !before || startsAt !== toLocal(before.startsAt);
  if (isNewStart && start < now - GRACE_MS) check.add('startsAt', say.past);
  const [early, late] = [openings.find((at) => at < start), openings.find((at) => at >= end)];
  if (isNewStart && early !== undefined) check.add('startsAt', say.dropOutside(instant(early)));
  if (late !== undefined) check.add('endsAt', say.dropOutside(instant(late)));
  if (end <= start) check.add('endsAt', say.endBeforeStart);
  else if (end <= now) check.add('endsAt', say.past);
  else if (end > now + LIMITS.planDays * 86_400_000) check.add('endsAt', say.tooFar(LIMITS.planDays));
}

function capsOf(draft: DetailsDraft): Caps {
  const typed = CAP_NAMES.map((cap) => [
    cap,
    cap === 'amountPerDay' ? minorOf(draft.caps[cap], draft.currency) : wholeOf(draft.caps[cap]),
  ]);
  return Object.fromEntries(typed.filter(([, value]) => value !== null)) as Caps;
}

/** Only for a draft without problems. */
export function toCreate(draft: DetailsDraft, tenantId: string): CreateCampaign {
  const [brand, greeting] = [draft.brand.trim(), draft.greeting.trim()];
  const caps = capsOf(draft);
  return {
    ...{ tenantId, name: draft.name.trim(), currency: draft.currency },
    budget: minorOf(draft.budget, draft.currency)!,
    startsAt: isoOfLocal(draft.startsAt)!,
    endsAt: isoOfLocal(draft.endsAt)!,
    ...(brand ? { brand } : {}),
    ...(greeting ? { greeting } : {}),
    ...(draft.coverId ? { coverId: draft.coverId } : {}),
    ...(Object.keys(caps).length > 0 ? { caps } : {}),
  };
}

/** What differs from the campaign as it stands: what is locked must not be named at all. */
export function toEdit(draft: DetailsDraft, before: CampaignView): EditCampaign {
  const old = detailsOf(before);
  const edit: EditCampaign = {};
  if (draft.name !== old.name) edit.name = draft.name.trim();
  if (draft.brand !== old.brand) edit.brand = draft.brand.trim() || null;
  if (draft.greeting !== old.greeting) edit.greeting = draft.greeting.trim();
  if (draft.coverId !== old.coverId) edit.coverId = draft.coverId || null;
  if (draft.budget !== old.budget) edit.budget = minorOf(draft.budget, draft.currency)!;
  if (draft.startsAt !== old.startsAt) edit.startsAt = isoOfLocal(draft.startsAt)!;
  if (draft.endsAt !== old.endsAt) edit.endsAt = isoOfLocal(draft.endsAt)!;
  if (CAP_NAMES.some((cap) => draft.caps[cap] !== old.caps[cap])) edit.caps = capsOf(draft);
  return edit;
}

/** Fields that may still change; everything else is locked once the campaign is scheduled. */
const SAFE_AFTER_SCHEDULING: ReadonlySet<string> = new Set(['name', 'greeting', 'endsAt']);

export function isLocked(path: string, before: CampaignView | undefined): boolean {
  if (!before) return false;
  if (path === 'currency') return true;
  if (before.rehearsalOf || before.state === 'ended' || before.state === 'cancelled') return true;
  return before.state !== 'draft' && !SAFE_AFTER_SCHEDULING.has(path);
}

/** Where a refusal without a field of its own belongs. */
export const DETAIL_OF_CODE = {
  over_budget: 'budget',
  cover_not_found: 'coverId',
  unsupported_currency: 'currency',
  drop_outside_campaign: 'startsAt',
};
