import { randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { RefusalError, type CampaignRules, type PacketRules } from '@app/contracts';
import { commitmentOf, daysOf, partitionsFor, partsOfDrop, termsOfPacket, type DropPart } from '@app/domain';
import { CampaignDropEntity, useCover, type CampaignEntity, type NewPacket } from '@app/ledger';
import { packetIdInSlotOf } from '@app/packet-store';
import type { CampaignParts } from './parts.js';

const SALT_BYTES = 16;

/** The packets of a drop as they are to be funded, with the rules that its campaign has for them. */
export async function packetsOfDrop(
  { vault, campaignSettings: { limits, timeZone } }: Pick<CampaignParts, 'vault' | 'campaignSettings'>,
  campaign: CampaignEntity,
  drop: CampaignDropEntity,
  manager: EntityManager,
): Promise<NewPacket[]> {
  const coverId = await coverFor(manager, campaign, drop);
  const drops = await manager.findBy(CampaignDropEntity, { campaignId: campaign.campaignId });
  const neverWon = drops.some(({ plan }) => plan.tiers.some((tier) => tier.neverWon));
  const capped = Object.values(campaign.caps).some((cap) => cap !== undefined);
  return partsOfDrop(drop.plan).map((part) => {
    const answer = termsOfPacket(part.packet, limits);
    if ('refused' in answer) throw new Error(`part ${part.part} of drop ${drop.dropId}: ${answer.refused}`);
    const { terms } = answer;
    const packetId = packetIdInSlotOf(campaign.campaignId, uuidv7());
    const opensAtMs = drop.opensAt.getTime() + part.afterMs;
    const endsAtMs = Math.max(campaign.endsAt.getTime(), opensAtMs + 1_000);
    const lastsMs = part.roundMs ?? drop.expiresInSeconds * 1_000;
    const expiresInMs = Math.min(lastsMs, endsAtMs - opensAtMs);
    const seed = vault.makeSeed();
    const rules: PacketRules = {
      gates: drop.plan.gates,
      salt: randomBytes(SALT_BYTES).toString('hex'),
      campaign: campaignRules(campaign, drop, part, daysOf(opensAtMs, opensAtMs + expiresInMs, timeZone)),
    };
    const { releaseMs, onceKey } = rules.campaign!;
    const counting = { capped, neverWon, tiered: onceKey !== undefined, releaseMs };
    return {
      ...{
        packetId,
        partitions: partitionsFor(terms.count, counting),
        roomId: null,
        senderId: campaign.tenantId,
        kind: part.packet.kind,
        terms,
        expiresInMs,
        rules,
      },
      currency: campaign.currency,
      greeting: drop.plan.greeting ?? campaign.greeting,
      coverId,
      commitment: commitmentOf(packetId, seed, terms),
      seedSealed: vault.seal(packetId, seed),
      drop: {
        ...{ campaignId: campaign.campaignId, dropId: drop.dropId, part: part.part },
        ...{ senderName: campaign.brand, opensAt: new Date(opensAtMs) },
      },
    };
  });
}

/** One use for a drop. A cover that is no longer valid, or used up, keeps nobody from their packet. */
async function coverFor(
  manager: EntityManager,
  { coverId, tenantId, rehearsalOf }: CampaignEntity,
  { opensAt }: CampaignDropEntity,
): Promise<string | null> {
  if (!coverId || rehearsalOf) return coverId;
  try {
    await useCover(manager, coverId, { tenantId, opensAt });
    return coverId;
  } catch (error) {
    if (error instanceof RefusalError) return null;
    throw error;
  }
}

function campaignRules(
  { campaignId, caps }: CampaignEntity,
  { dropId, plan }: CampaignDropEntity,
  part: DropPart,
  days: CampaignRules['days'],
): CampaignRules {
  const { audience, tiers, shake } = plan;
  const tier = part.tier === undefined ? undefined : tiers[part.tier]!;
  const listed = tier?.audienceId ?? (audience.kind === 'list' ? audience.audienceId : undefined);
  const releaseMs = part.roundMs ?? (shake?.releaseSeconds ?? 0) * 1_000;
  return {
    ...{ campaignId, dropId, part: part.part, audience, caps, days, releaseMs },
    ...(tier && { tier: { segment: tier.segment, audienceId: tier.audienceId, neverWon: tier.neverWon } }),
    ...(listed ? { audienceId: listed } : {}),
    ...(tiers.length > 0 ? { onceKey: dropId } : {}),
    ...(part.round !== undefined && plan.rain ? { rain: rainOf(plan.rain, part.round, part.lane!) } : {}),
    ...(shake ? { shake: { oddsPercent: shake.oddsPercent } } : {}),
  };
}

function rainOf(
  {
    rounds,
    roundSeconds,
    catchesPerRound,
  }: { rounds: number; roundSeconds: number; catchesPerRound: number },
  round: number,
  lane: number,
) {
  return { round, rounds, roundSeconds, lane, catchesPerRound };
}
