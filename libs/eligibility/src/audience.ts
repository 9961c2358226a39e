import type { Attributes, Audience, CampaignRules } from '@app/contracts';
import { matchesSegment } from './segment.js';

/**
 * `in` and `out` are final. `ask_room`: in if a member of the audience's room. `ask_store`: the grab script decides, by
 * the uploaded list or by what the person has won so far.
 */
export type AudienceJudgement = 'in' | 'out' | 'ask_room' | 'ask_store';

/**
 * Whether a person is in the audience of a campaign's packet, as far as that can be said without a store. A tier narrows
 * the drop's audience. `ask_room` comes before `ask_store`: whoever is in the room still has the script's answer ahead.
 */
export function judgeAudience(
  campaign: CampaignRules,
  person: { attributes?: Attributes },
  nowMs: number,
): AudienceJudgement {
  const { audience, tier } = campaign;
  // Robots of a rehearsal are for that one only: real drops neither reach them nor count them.
  const rehearsal = person.attributes?.rehearsal;
  if (rehearsal !== undefined && rehearsal !== rehearsalOf(audience)) return 'out';
  const judged = judgeKind(audience, person.attributes, nowMs);
  if (judged === 'out') return 'out';
  if (tier?.segment && !matchesSegment(tier.segment, person.attributes, nowMs)) return 'out';
  const tierAsksStore = tier?.audienceId !== undefined || tier?.neverWon === true;
  return judged === 'in' && tierAsksStore ? 'ask_store' : judged;
}

function rehearsalOf(audience: Audience): unknown {
  return audience.kind === 'segment' ? audience.segment.attributes?.rehearsal : undefined;
}

function judgeKind(audience: Audience, attributes: Attributes | undefined, nowMs: number): AudienceJudgement {
  switch (audience.kind) {
    case 'everyone':
      return 'in';
    case 'room':
      return 'ask_room';
    case 'list':
      return 'ask_store';
    case 'segment':
      return matchesSegment(audience.segment, attributes, nowMs) ? 'in' : 'out';
  }
}
