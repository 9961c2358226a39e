import type { CampaignReport, DropReport, Funnel } from '@app/contracts';
import type { CampaignFigures, DropFigures, FunnelPeople, Winners } from '@app/ledger';
import type { CampaignFunnels } from './funnels.js';

/** The report as it is answered. `matches`: transfers and balances say what the rows of campaign and packets say. */
export function reportView(figures: CampaignFigures, funnels: CampaignFunnels): CampaignReport {
  const { campaignId, state, currency, budget, spent, refunded, held, ledger } = figures;
  const audiences = figures.drops.flatMap(({ audience }) => audience ?? []);
  const settled = figures.drops.reduce((sum, drop) => sum + settledOf(drop), 0);
  const matches = ledger.spent === spent && ledger.refunded === refunded && ledger.held === held;
  const audience = audiences.length > 0 ? Math.max(...audiences) : null;
  return {
    ...{ campaignId, state, currency, budget, spent, refunded, held },
    ...{ costPerWinner: costPerWinner(spent, figures.paid) },
    funnel: funnelOf(audience, funnels.campaign, figures, settled),
    ...latencyOf(funnels.campaign),
    drops: figures.drops.map((drop) => dropView(drop, funnels.drops.get(drop.dropId)!)),
    ledger: { ...ledger, matches },
    at: figures.at.toISOString(),
  };
}

function dropView(drop: DropFigures, people: FunnelPeople): DropReport {
  const { dropId, opensAt, openedAt, state, budget, audience, packets, paid } = drop;
  const spent = packets.reduce((sum, packet) => sum + packet.spent, 0);
  return {
    dropId,
    ...(packets[0] ? { packetId: packets[0].packetId } : {}),
    packets: packets.map((packet) => {
      const { packetId, part, state: packetState, amount } = packet;
      return { packetId, part, state: packetState, amount, spent: packet.spent, refunded: packet.refunded };
    }),
    opensAt: opensAt.toISOString(),
    ...(openedAt && {
      openedAt: openedAt.toISOString(),
      openedLateMs: openedAt.getTime() - opensAt.getTime(),
    }),
    ...{ state, budget, spent, refunded: packets.reduce((sum, { refunded }) => sum + refunded, 0) },
    costPerWinner: costPerWinner(spent, paid),
    funnel: funnelOf(audience, people, drop, settledOf(drop)),
    ...latencyOf(people),
  };
}

/** Whoever won has tapped, also where the note of it was lost. */
function funnelOf(
  audience: number | null,
  { reached, tapped, refused }: FunnelPeople,
  { paid, won }: Winners,
  settled: number,
): Funnel {
  return { audience, reached, tapped: Math.max(tapped, paid), won, settled, refused };
}

function latencyOf({ latency }: FunnelPeople): Pick<DropReport, 'latency'> {
  return latency ? { latency } : {};
}

function settledOf({ packets }: DropFigures): number {
  return packets.reduce((sum, { claims }) => sum + claims, 0);
}

/** Of people who are paid, so that it is right while claims settle. Rounded half up; 0 without winners. */
export function costPerWinner(spent: number, people: number): number {
  if (people === 0) return 0;
  return Number((2n * BigInt(spent) + BigInt(people)) / (2n * BigInt(people)));
}
