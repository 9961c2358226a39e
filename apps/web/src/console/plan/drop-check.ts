import type { Audience, CampaignView, DropPacket, DropView, Tier } from '@app/contracts';
import type { DropRequest } from '../net/console-api.js';
import { Checker, minorOf, numberOf, wholeOf, type Problems, type Saying } from './check-value.js';
import type { DropDraft, PacketDraft, TierDraft } from './drop-draft.js';
import { checkGate, toGate } from './gate-draft.js';
import { isoOfLocal, msOfLocal, UNIT_SECONDS, type DurationDraft } from './instants.js';
import { LIMITS, SHARES, UUID } from './limits.js';
import { checkSegment, toSegment } from './segment-draft.js';

/** Clocks differ, and a form takes time to arrive. */
const GRACE_MS = 5_000;
const TIER_NAME_CHARS = 32;

export interface DropContext extends Saying {
  now: number;
  campaign: Pick<CampaignView, 'startsAt' | 'endsAt' | 'budget' | 'planned'>;
  /** What this drop counts for in `planned` already; 0 for a new one. */
  plannedBefore: number;
  instant: (ms: number) => string;
}

/** What the drop gives at most, over all its packets, in minor units; what can't be read counts as nothing. */
export function amountOf(draft: DropDraft, currency: string): number {
  const tiers = draft.way === 'plain' ? draft.tiers : [];
  return [draft, ...tiers].reduce((sum, { packet }) => sum + (minorOf(packet.amount, currency) ?? 0), 0);
}

export function checkDrop(draft: DropDraft, context: DropContext): Problems {
  const check = new Checker(context);
  const { campaign, plannedBefore, say, money, currency } = context;
  checkOpening(draft, check, context);
  checkDuration(draft.announce, 'announceSeconds', 0, LIMITS.announceSeconds, check);
  if (draft.way !== 'rain')
    checkDuration(draft.expires, 'expiresInSeconds', LIMITS.expiresSecondsMin, LIMITS.expiresSeconds, check);
  checkAudience(draft, check);
  checkPacket(draft.packet, 'packet', check);
  if (draft.way === 'plain') draft.tiers.forEach((tier, n) => checkTier(tier, `tiers.${n}`, check));
  draft.gates.forEach((gate, n) => checkGate(gate, `gates.${n}`, check));
  if (draft.way === 'rain') checkRain(draft, check);
  if (draft.way === 'shake') checkShake(draft, check);
  check.text('greeting', draft.greeting, LIMITS.greetingChars);
  const left = campaign.budget - campaign.planned + plannedBefore;
  if (amountOf(draft, currency) > left) check.add('packet.amount', say.overBudget(money(Math.max(0, left))));
  return check.problems;
}

function checkOpening(draft: DropDraft, check: Checker, { campaign, now, instant }: DropContext): void {
  const { say } = check.saying;
  const at = msOfLocal(draft.opensAt);
  const [start, end] = [Date.parse(campaign.startsAt), Date.parse(campaign.endsAt)];
  if (at === null) check.add('opensAt', say.instant);
  else if (at < start || at >= end) check.add('opensAt', say.outside(instant(start), instant(end)));
  else if (at < now - GRACE_MS) check.add('opensAt', say.past);
  else if (at + rainSecondsOf(draft) * 1_000 > end) check.add('opensAt', say.rainTooLong(instant(end)));
}

/** From the first round to the end of the last; 0 without rain. */
export function rainSecondsOf({ way, rain }: DropDraft): number {
  const [rounds, seconds, gap] = [rain.rounds, rain.roundSeconds, rain.gapSeconds].map(wholeOf);
  return way === 'rain' && rounds ? rounds * (seconds ?? 0) + (rounds - 1) * (gap ?? 0) : 0;
}

function checkDuration({ n, unit }: DurationDraft, path: string, min: number, max: number, check: Checker) {
  const seconds = numberOf(n);
  const whole = seconds === null ? null : seconds * UNIT_SECONDS[unit];
  if (whole === null || !Number.isInteger(whole) || whole < min || whole > max) {
    check.add(path, check.saying.say.seconds(min, max));
  }
}

function checkAudience({ audience }: DropDraft, check: Checker): void {
  const { say } = check.saying;
  if (audience.kind === 'room') {
    check.add('audience.roomId', !UUID.test(audience.roomId.trim()) && say.roomId);
  } else if (audience.kind === 'list') check.add('audience.audienceId', !audience.audienceId && say.list);
  else if (audience.kind === 'segment') checkSegment(audience.segment, 'audience.segment', check);
}

function checkPacket({ kind, amount, count }: PacketDraft, path: string, check: Checker): void {
  const { say, money } = check.saying;
  const [minor, shares] = [
    check.money(`${path}.amount`, amount),
    check.whole(`${path}.count`, count, 1, SHARES.countMax),
  ];
  if (minor === null || shares === null) return;
  if (minor < SHARES.min * shares) check.add(`${path}.amount`, say.shareSmall(money(SHARES.min)));
  if (minor > SHARES.max * shares) check.add(`${path}.amount`, say.shareLarge(money(SHARES.max)));
  const rest = minor % shares;
  if (kind === 'fixed' && rest !== 0) {
    check.add(`${path}.amount`, say.notDivisible(money(minor - rest), money(minor - rest + shares)));
  }
}

function checkTier(tier: TierDraft, path: string, check: Checker): void {
  check.text(`${path}.name`, tier.name, TIER_NAME_CHARS, { needed: true });
  if (tier.by === 'segment') checkSegment(tier.segment, `${path}.segment`, check);
  if (tier.by === 'list') check.add(`${path}.audienceId`, !tier.audienceId && check.saying.say.list);
  checkPacket(tier.packet, `${path}.packet`, check);
}

function checkRain({ rain, packet }: DropDraft, check: Checker): void {
  const rounds = check.whole('rain.rounds', rain.rounds, 1, LIMITS.rounds);
  check.whole('rain.roundSeconds', rain.roundSeconds, 5, 300);
  check.whole('rain.gapSeconds', rain.gapSeconds, 0, 3_600);
  const catches = check.whole('rain.catchesPerRound', rain.catchesPerRound, 1, LIMITS.catches);
  const count = wholeOf(packet.count);
  if (rounds && catches && count !== null && count < rounds * catches) {
    check.add('packet.count', check.saying.say.rainCount(rounds * catches));
  }
}

function checkShake({ shake }: DropDraft, check: Checker): void {
  check.number('shake.oddsPercent', shake.oddsPercent, 0.01, 100);
  checkDuration(shake.release, 'shake.releaseSeconds', 0, 86_400, check);
}

const secondsOf = ({ n, unit }: DurationDraft) => numberOf(n)! * UNIT_SECONDS[unit];

/** Only for a draft without problems, as everything below. */
export function toDropRequest(draft: DropDraft, currency: string): DropRequest {
  const greeting = draft.greeting.trim();
  const { rain, shake } = draft;
  const tiers = draft.way === 'plain' ? draft.tiers : [];
  return {
    opensAt: isoOfLocal(draft.opensAt)!,
    announceSeconds: secondsOf(draft.announce),
    // Rounds of a rain end by themselves.
    ...(draft.way === 'rain' ? {} : { expiresInSeconds: secondsOf(draft.expires) }),
    audience: toAudience(draft.audience),
    packet: toPacket(draft.packet, currency),
    ...(tiers.length > 0 ? { tiers: tiers.map((tier) => toTier(tier, currency)) } : {}),
    ...(draft.gates.length > 0 ? { gates: draft.gates.map(toGate) } : {}),
    ...(draft.way === 'rain'
      ? {
          rain: {
            ...{ rounds: wholeOf(rain.rounds)!, roundSeconds: wholeOf(rain.roundSeconds)! },
            ...{ gapSeconds: wholeOf(rain.gapSeconds)!, catchesPerRound: wholeOf(rain.catchesPerRound)! },
          },
        }
      : {}),
    ...(draft.way === 'shake'
      ? { shake: { oddsPercent: numberOf(shake.oddsPercent)!, releaseSeconds: secondsOf(shake.release) } }
      : {}),
    ...(greeting ? { greeting } : {}),
  };
}

function toPacket({ kind, amount, count }: PacketDraft, currency: string): DropPacket {
  return { kind, amount: minorOf(amount, currency)!, count: wholeOf(count)! };
}

function toTier({ name, by, segment, audienceId, packet }: TierDraft, currency: string): Tier {
  return {
    name: name.trim(),
    ...(by === 'segment' ? { segment: toSegment(segment) } : {}),
    ...(by === 'list' ? { audienceId } : {}),
    ...(by === 'neverWon' ? { neverWon: true as const } : {}),
    packet: toPacket(packet, currency),
  };
}

function toAudience({ kind, roomId, audienceId, segment }: DropDraft['audience']): Audience {
  switch (kind) {
    case 'everyone':
      return { kind };
    case 'room':
      return { kind, roomId: roomId.trim() };
    case 'list':
      return { kind, audienceId };
    case 'segment':
      return { kind, segment: toSegment(segment) };
  }
}

/** A drop as it stands, to be asked for again with another opening. */
export function requestOfDrop(view: DropView, opensAt: string): DropRequest {
  const { announceSeconds, expiresInSeconds, audience, packet, tiers, gates, rain, shake, greeting } = view;
  return {
    ...{ opensAt, announceSeconds, audience, packet },
    ...(rain ? { rain } : { expiresInSeconds }),
    ...(tiers.length > 0 ? { tiers } : {}),
    ...(gates.length > 0 ? { gates } : {}),
    ...(shake ? { shake } : {}),
    ...(greeting ? { greeting } : {}),
  };
}
