import { useEffect, useState } from 'preact/hooks';
import type { CampaignReport, CampaignSeries, CampaignView, DropView } from '@app/contracts';
import { consoleApi } from '../net/console-api.js';
import { useLoad } from '../state/use-load.js';
import { PartBar } from '../ui/marks.js';
import { Await } from '../ui/notes.js';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';
import { AmountsChart, BurnChart, WinnersChart } from './charts.js';
import { DropFigures } from './drop-figures.js';
import { Figure } from './figure.js';
import { FunnelView, Refusals } from './funnel-view.js';
import { Latency } from './latency.js';

const RUNNING_MS = 1_500;
const RESTING_MS = 6_000;
const TICK_MS = 500;

function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const parts = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60), seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** When the next packet falls, by this machine's clock: the figures beside it are the server's. */
function NextDrop({ drops, aheadMs }: { drops: DropView[]; aheadMs: number }) {
  const said = useWords();
  const words = said.live;
  const { time, count } = useFigures();
  const now = useNow() + aheadMs;
  const open = drops.filter(({ state }) => state === 'open').length;
  const next = drops.find(({ state, opensAt }) => state !== 'cancelled' && Date.parse(opensAt) > now);
  return (
    <Figure
      label={next ? words.nextDrop : words.open}
      value={next ? countdown(Date.parse(next.opensAt) - now) : count(open)}
      testId="next-drop"
    >
      <span class="hint">
        {next ? `${time(next.opensAt)} · ${said.calendar.shares(next.packet.count)}` : words.noNext}
        {next && open > 0 && ` · ${words.open}: ${count(open)}`}
      </span>
    </Figure>
  );
}

interface FiguresProps {
  campaign: CampaignView;
  drops: DropView[];
  report: CampaignReport;
  series: CampaignSeries;
}

function HeadFigures({ campaign, drops, report, series }: FiguresProps) {
  const words = useWords();
  const { money, count, percent } = useFigures();
  const { currency, budget, spent, funnel, costPerWinner } = report;
  // What is planned for later has not fallen yet.
  const stockAll = drops
    .filter(({ openedAt }) => openedAt !== undefined)
    .flatMap(({ packet, tiers }) => [packet, ...tiers.map((tier) => tier.packet)])
    .reduce((sum, { count: shares }) => sum + shares, 0);
  const last = series.points.at(-1);
  const stockLeft = last?.stockLeft ?? 0;
  const budgetLeft = last?.budgetLeft ?? budget - spent;
  return (
    <div class="figures">
      {(campaign.state === 'running' || campaign.state === 'scheduled' || campaign.state === 'paused') && (
        <NextDrop drops={drops} aheadMs={Date.parse(report.at) - Date.now()} />
      )}
      <Figure
        label={words.live.budgetLeft}
        value={money(budgetLeft, currency)}
        testId="budget-left"
        raw={budgetLeft}
      >
        <PartBar part={budgetLeft} whole={budget} />
        <span class="hint">
          {words.budgetBar.of(percent(budget > 0 ? budgetLeft / budget : 0), money(budget, currency))}
        </span>
      </Figure>
      <Figure
        label={words.live.stockLeft}
        value={stockAll > 0 ? count(stockLeft) : words.none}
        testId="stock-left"
        raw={stockLeft}
      >
        <PartBar part={stockLeft} whole={stockAll} tone="gold" />
        {stockAll > 0 && (
          <span class="hint">
            {words.live.stockOf(percent(stockAll > 0 ? stockLeft / stockAll : 0), count(stockAll))}
          </span>
        )}
      </Figure>
      <Figure label={words.live.winners} value={count(funnel.won)} testId="winners" raw={funnel.won}>
        <span class="hint">
          {money(costPerWinner, currency)} {words.live.perWinner}
        </span>
      </Figure>
      <Figure label={words.live.spent} value={money(spent, currency)} testId="spent" raw={spent}>
        <PartBar part={spent} whole={budget} tone="good" />
        <span class="hint">
          {words.budgetBar.of(percent(budget > 0 ? spent / budget : 0), money(budget, currency))}
        </span>
      </Figure>
    </div>
  );
}

function LivePanels({ campaign, drops, report, series }: FiguresProps) {
  const words = useWords().live;
  const { currency } = campaign;
  const hasPoints = series.points.length > 0;
  return (
    <>
      <HeadFigures {...{ campaign, drops, report, series }} />
      <div class="panels">
        {hasPoints ? (
          <>
            <BurnChart series={series} currency={currency} />
            <WinnersChart series={series} currency={currency} />
          </>
        ) : (
          <p class="card hint panel-wide">{words.noPoints}</p>
        )}
        <section class="card">
          <h2>{words.funnel}</h2>
          <FunnelView funnel={report.funnel} />
        </section>
        <section class="card">
          <h2>{words.refused}</h2>
          <Refusals refused={report.funnel.refused} />
          {report.latency && report.latency.count > 0 && (
            <>
              <h2 class="panel-second">{words.latency}</h2>
              <Latency latency={report.latency} />
            </>
          )}
        </section>
        <section class="card card-table panel-wide">
          <h2>{words.drops}</h2>
          <DropFigures report={report} />
        </section>
        {series.amounts.length > 0 && (
          <div class="panel-wide">
            <AmountsChart series={series} currency={currency} />
          </div>
        )}
      </div>
    </>
  );
}

/** A campaign as it runs: what is left, who wins, who is refused and why, how late and how fast. */
export function LiveView({ campaign, drops }: { campaign: CampaignView; drops: DropView[] }) {
  const words = useWords();
  const { clock, instant } = useFigures();
  const { campaignId, state } = campaign;
  const everyMs = state === 'running' || state === 'paused' ? RUNNING_MS : RESTING_MS;
  const isDraft = state === 'draft';
  const live = useLoad(
    isDraft ? null : `live ${campaignId}`,
    () => Promise.all([consoleApi.report(campaignId), consoleApi.series(campaignId)]),
    everyMs,
  );
  if (isDraft) return <p class="card hint">{words.live.notScheduled}</p>;
  const first = drops[0];
  return (
    <Await of={live}>
      {([report, series]) => (
        <div class="stack" data-testid="live">
          {live.failure && (
            <p class="note note-bad" role="status">
              {words.live.stale}
            </p>
          )}
          {state === 'scheduled' && first && <p class="note">{words.live.waiting(instant(first.opensAt))}</p>}
          {state === 'paused' && <p class="note note-paused">{words.actions.paused}</p>}
          <LivePanels {...{ campaign, drops, report, series }} />
          <p class="hint">{words.live.updated(clock(report.at))}</p>
        </div>
      )}
    </Await>
  );
}
