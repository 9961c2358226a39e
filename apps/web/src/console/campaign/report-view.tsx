import { useState } from 'preact/hooks';
import type { CampaignReport, CampaignView } from '@app/contracts';
import { consoleApi } from '../net/console-api.js';
import { download } from '../net/download.js';
import { useAction } from '../state/use-action.js';
import { useLoad } from '../state/use-load.js';
import { DownloadIcon } from '../ui/icons.js';
import { Await, FailureNote, GoodNote } from '../ui/notes.js';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';
import { AmountsChart, BurnChart, WinnersChart } from './charts.js';
import { DropFigures } from './drop-figures.js';
import { Figure } from './figure.js';
import { FunnelView, Refusals } from './funnel-view.js';
import { Latency } from './latency.js';
import { Sums } from './sums.js';

const MOVING_MS = 3_000;

function Download({ campaign, file }: { campaign: CampaignView; file: 'claims' | 'totals' }) {
  const words = useWords().report;
  const action = useAction();
  const [done, setDone] = useState(false);
  const name = campaign.name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'campaign';
  const fetchIt = async () => {
    setDone(false);
    setDone(
      await action.run(() =>
        download(`/campaigns/${campaign.campaignId}/${file}.csv`, `${name}-${file}.csv`),
      ),
    );
  };
  return (
    <div class="download">
      <button
        type="button"
        class="button button-soft"
        disabled={action.working}
        data-testid={`download-${file}`}
        onClick={() => void fetchIt()}
      >
        {action.working ? <span class="spinner" aria-hidden="true" /> : <DownloadIcon />}
        {action.working ? words.downloading : words[file]}
      </button>
      <span class="hint">{file === 'claims' ? words.claimsHint : words.totalsHint}</span>
      {action.failure && <FailureNote failure={action.failure} retry={() => void fetchIt()} />}
      {done && <GoodNote>{words.downloaded}</GoodNote>}
    </div>
  );
}

function HeadFigures({ report }: { report: CampaignReport }) {
  const words = useWords().report;
  const { money, count, percent } = useFigures();
  const { currency, budget, spent, refunded, costPerWinner, funnel } = report;
  return (
    <div class="figures">
      <Figure label={words.spent} value={money(spent, currency)} testId="report-spent" raw={spent}>
        <span class="hint">{percent(budget > 0 ? spent / budget : 0)}</span>
      </Figure>
      <Figure
        label={words.refunded}
        value={money(refunded, currency)}
        testId="report-refunded"
        raw={refunded}
      />
      <Figure label={words.winners} value={count(funnel.won)} testId="report-winners" raw={funnel.won} />
      <Figure
        label={words.costPerWinner}
        value={money(costPerWinner, currency)}
        testId="cost-per-winner"
        raw={costPerWinner}
      />
      <Figure label={words.winRate} value={funnel.tapped > 0 ? percent(funnel.won / funnel.tapped) : '–'}>
        <span class="hint">{words.winRateOf}</span>
      </Figure>
    </div>
  );
}

function ReportPanels({ campaign, report }: { campaign: CampaignView; report: CampaignReport }) {
  const words = useWords();
  const { campaignId, currency } = campaign;
  const series = useLoad(`series ${campaignId}`, () => consoleApi.series(campaignId));
  return (
    <>
      <HeadFigures report={report} />
      <div class="panels">
        <div class="panel-wide">
          <Sums report={report} />
        </div>
        <section class="card">
          <h2>{words.live.funnel}</h2>
          <FunnelView funnel={report.funnel} />
        </section>
        <section class="card">
          <h2>{words.live.refused}</h2>
          <Refusals refused={report.funnel.refused} />
          {report.latency && report.latency.count > 0 && (
            <>
              <h2 class="panel-second">{words.live.latency}</h2>
              <Latency latency={report.latency} />
            </>
          )}
        </section>
        <section class="card card-table panel-wide">
          <h2>{words.report.drops}</h2>
          <DropFigures report={report} />
        </section>
        {series.data && series.data.points.length > 0 && (
          <>
            <BurnChart series={series.data} currency={currency} />
            <WinnersChart series={series.data} currency={currency} />
          </>
        )}
        {series.data && series.data.amounts.length > 0 && (
          <AmountsChart series={series.data} currency={currency} />
        )}
        <section class="card stack">
          <h2>{words.report.downloads}</h2>
          <Download campaign={campaign} file="claims" />
          <Download campaign={campaign} file="totals" />
        </section>
      </div>
    </>
  );
}

/** What a campaign has come to, beside what the ledger says of it. */
export function ReportView({ campaign }: { campaign: CampaignView }) {
  const words = useWords().report;
  const { campaignId, state } = campaign;
  const isOver = state === 'ended' || state === 'cancelled';
  const isSettled = isOver && campaign.spent + campaign.refunded === campaign.budget;
  const isDraft = state === 'draft';
  const report = useLoad(
    isDraft ? null : `report ${campaignId}`,
    () => consoleApi.report(campaignId),
    isSettled ? 0 : MOVING_MS,
  );
  if (isDraft) return <p class="card hint">{words.draft}</p>;
  return (
    <Await of={report}>
      {(data) => (
        <div class="stack" data-testid="report">
          {!isOver && <p class="note">{words.soon}</p>}
          <ReportPanels campaign={campaign} report={data} />
        </div>
      )}
    </Await>
  );
}
