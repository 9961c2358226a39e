import type { CampaignReport, DropReport, Funnel } from '@app/contracts';
import type { Cell } from './csv.js';

const HEADER = [
  ...['scope', 'campaign_id', 'drop_id', 'packet_id', 'state', 'opens_at', 'opened_at', 'opened_late_ms'],
  ...['currency', 'budget', 'spent', 'refunded', 'held', 'cost_per_winner'],
  ...['audience', 'reached', 'tapped', 'won', 'settled'],
];
const LEDGER_HEADER = ['ledger_spent', 'ledger_refunded', 'ledger_held', 'ledger_matches'];

/**
 * A line for each drop and one, `campaign`, for the whole; for each reason somebody was refused for a column of people.
 * `held` of a drop: in escrow of its packets. The sums by transfers alone stand in the line of the whole.
 */
export function totalsTable(report: CampaignReport): { header: string[]; rows: Cell[][] } {
  const funnels = [report.funnel, ...report.drops.map(({ funnel }) => funnel)];
  const reasons = [...new Set(funnels.flatMap(({ refused }) => Object.keys(refused)))].sort();
  const header = [...HEADER, ...reasons.map((reason) => `refused_${reason}`), ...LEDGER_HEADER];
  const { campaignId, state, currency, budget, spent, refunded, held, ledger } = report;
  const whole = [
    ...['campaign', campaignId, null, null, state, null, null, null],
    ...[
      currency,
      budget,
      spent,
      refunded,
      held,
      report.costPerWinner,
      ...funnelCells(report.funnel, reasons),
    ],
    ...[ledger.spent, ledger.refunded, ledger.held, ledger.matches],
  ];
  return { header, rows: [...report.drops.map((drop) => dropRow(report, drop, reasons)), whole] };
}

function dropRow(
  { campaignId, currency }: CampaignReport,
  drop: DropReport,
  reasons: readonly string[],
): Cell[] {
  const { dropId, packetId, state, opensAt, openedAt, openedLateMs, budget, spent, refunded } = drop;
  const held = drop.packets.reduce((sum, packet) => sum + packet.amount - packet.spent - packet.refunded, 0);
  return [
    ...['drop', campaignId, dropId, packetId, state, opensAt, openedAt, openedLateMs],
    ...[currency, budget, spent, refunded, held, drop.costPerWinner, ...funnelCells(drop.funnel, reasons)],
    ...LEDGER_HEADER.map(() => null),
  ];
}

function funnelCells(funnel: Funnel, reasons: readonly string[]): Cell[] {
  const { audience, reached, tapped, won, settled, refused } = funnel;
  return [audience, reached, tapped, won, settled, ...reasons.map((reason) => refused[reason] ?? 0)];
}
