import type { CampaignRules, PacketRules } from '@app/contracts';
import { assertPartitions, isCounted, type Counting } from '@app/domain';
import { slotOf } from './keys.js';
import type { PacketRef, PacketTerms } from './packet-store.js';

type Day = CampaignRules['days'][number];

/** How to name the packet in a grab: every caller by its terms, or a packet's rules would be passed over. */
export function packetRefOf({
  packetId,
  rules,
  partitions = 1,
}: Pick<PacketTerms, 'packetId' | 'rules' | 'partitions'>): PacketRef {
  const spread = partitions > 1 ? { partitions } : {};
  if (!rules) return { packetId, ...spread };
  const { campaignId, audienceId } = rules.campaign ?? {};
  const ruled = { ...(campaignId && { campaignId }), ...(audienceId && { audienceId }) };
  return { packetId, ruled, ...spread };
}

/** Wrong tries that a person has on the packet; undefined: as many as one likes. The strictest of its gates counts. */
export function triesMaxOf({ gates }: PacketRules): number | undefined {
  const limits = gates.flatMap((gate) => ('triesMax' in gate && gate.triesMax ? [gate.triesMax] : []));
  return limits.length > 0 ? Math.min(...limits) : undefined;
}

/** The day that `atMs` falls on; before the first it counts as the first, so that no daily cap is ever passed over. */
export function dayAt(days: readonly Day[], atMs: number): string | undefined {
  return (days.findLast(({ startMs }) => startMs <= atMs) ?? days[0])?.day;
}

/** Throws RangeError for rules that the store could not keep: a cap would be passed without anyone noticing. */
export function assertRules({ packetId, rules, count, partitions = 1 }: PacketTerms): void {
  assertPartitions(count, partitions);
  const campaign = rules?.campaign;
  if (!campaign) return;
  if (partitions > 1 && isCounted(countingOf(campaign)))
    throw new RangeError(`packet ${packetId} counts what can't be counted over partitions`);
  const { campaignId, caps, days } = campaign;
  if (slotOf(packetId) !== slotOf(campaignId))
    throw new RangeError(`packet ${packetId} is not in the slot of its campaign ${campaignId}`);
  const daily = caps.claimsPerPersonPerDay ?? caps.claimsPerDay ?? caps.amountPerDay;
  if (daily !== undefined && days.length === 0)
    throw new RangeError(`packet ${packetId} has a daily cap and no days`);
  if (days.some(({ startMs }, k) => k > 0 && startMs <= days[k - 1]!.startMs))
    throw new RangeError(`the days of packet ${packetId} are not in order`);
}

function countingOf({ caps, tier, onceKey, releaseMs }: CampaignRules): Counting {
  const capped = Object.values(caps).some((cap) => cap !== undefined);
  return { capped, neverWon: tier?.neverWon === true, tiered: onceKey !== undefined, releaseMs };
}

/**
 * The fields of the meta hash by which grabRuled-9.lua decides, name and value in turns; only those that apply, and
 * `partitions` where there are several.
 */
export function ruleFieldsOf(terms: PacketTerms, partition = 0): string[] {
  assertRules(terms);
  const { rules, count, partitions = 1 } = terms;
  const campaign = rules?.campaign;
  const fields: Record<string, string | number | undefined | false> = {
    partitions: partitions > 1 && partitions,
    triesMax: rules && triesMaxOf(rules),
    ...(campaign && (partitions > 1 ? spreadFields(campaign, partition) : campaignFields(campaign, count))),
  };
  return Object.entries(fields).flatMap(([name, value]) =>
    value === undefined || value === false ? [] : [name, String(value)],
  );
}

/** Nothing is counted about it: of the campaign only the pause is looked at. Its list stands in the first slot alone. */
function spreadFields({ audienceId }: CampaignRules, partition: number) {
  return { campaign: '0', list: partition === 0 && audienceId !== undefined && '1' };
}

function campaignFields(campaign: CampaignRules, count: number) {
  const { caps, days, onceKey, releaseMs } = campaign;
  return {
    campaign: '1',
    list: campaign.audienceId !== undefined && '1',
    neverWon: campaign.tier?.neverWon && '1',
    onceKey,
    capPerson: caps.claimsPerPerson,
    capPersonDay: caps.claimsPerPersonPerDay,
    capClaims: caps.claims,
    capClaimsDay: caps.claimsPerDay,
    capAmountDay: caps.amountPerDay,
    days: days.length > 0 && days.map(({ startMs, day }) => `${startMs}:${day}`).join(','),
    releaseMs: releaseMs > 0 && releaseMs,
    count: releaseMs > 0 && count,
  };
}
