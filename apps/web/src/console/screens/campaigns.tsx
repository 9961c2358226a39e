import type { CampaignState, CampaignView, TenantView } from '@app/contracts';
import { PlusIcon } from '../../ui/icons.js';
import { consoleApi } from '../net/console-api.js';
import { campaignPath, tenantPath } from '../routes.js';
import { useLoad } from '../state/use-load.js';
import { DataTable, type Column } from '../ui/data-table.js';
import { Link } from '../ui/link.js';
import { PartBar, StateMark } from '../ui/marks.js';
import { Await, Empty } from '../ui/notes.js';
import { useFigures, type Figures } from '../use-figures.js';
import { useWords, type Words } from '../words/index.js';

/** What runs moves; the list follows it. */
const FOLLOW_MS = 5_000;
const ORDER: readonly CampaignState[] = ['running', 'paused', 'scheduled', 'draft', 'ended', 'cancelled'];

function columnsOf(words: Words, figures: Figures): Column<CampaignView>[] {
  const { money, instant, count, percent } = figures;
  const said = words.campaigns;
  return [
    {
      ...{ key: 'name', head: said.name, isHead: true },
      cell: ({ campaignId, name, brand }) => (
        <>
          <Link to={campaignPath(campaignId)} class="row-link" testId="campaign-link">
            {name}
          </Link>
          <span class="hint">{brand}</span>
        </>
      ),
      sortBy: ({ name }) => name,
    },
    {
      ...{ key: 'state', head: said.state },
      cell: ({ state }) => <StateMark state={state} />,
      sortBy: ({ state }) => ORDER.indexOf(state),
    },
    {
      ...{ key: 'starts', head: said.starts },
      cell: ({ startsAt }) => instant(startsAt),
      sortBy: ({ startsAt }) => startsAt,
    },
    {
      ...{ key: 'ends', head: said.ends },
      cell: ({ endsAt }) => instant(endsAt),
      sortBy: ({ endsAt }) => endsAt,
    },
    {
      ...{ key: 'drops', head: said.drops, number: true },
      cell: ({ drops }) => count(drops),
      sortBy: ({ drops }) => drops,
    },
    {
      ...{ key: 'budget', head: said.budget, number: true },
      cell: ({ budget, currency }) => money(budget, currency),
      sortBy: ({ budget }) => budget,
    },
    {
      ...{ key: 'spent', head: said.spent, number: true },
      cell: ({ spent, budget, currency }) => (
        <span class="spent-cell">
          {money(spent, currency)}
          <PartBar part={spent} whole={budget} />
          <span class="visually-hidden">{said.spentOf(percent(budget > 0 ? spent / budget : 0))}</span>
        </span>
      ),
      sortBy: ({ spent }) => spent,
    },
  ];
}

function NoCampaigns({ tenant }: { tenant: TenantView }) {
  const words = useWords().campaigns;
  return (
    <Empty title={words.none}>
      <p>{words.noneHint}</p>
      <ol class="steps">
        {words.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {tenant.role !== 'viewer' && <CreateLink tenantId={tenant.tenantId} />}
    </Empty>
  );
}

function CreateLink({ tenantId }: { tenantId: string }) {
  const words = useWords().campaigns;
  return (
    <Link to={tenantPath(tenantId, 'new')} class="button button-red" testId="new-campaign">
      <PlusIcon /> {words.create}
    </Link>
  );
}

/** The campaigns of a brand. */
export function Campaigns({ tenant }: { tenant: TenantView }) {
  const words = useWords();
  const figures = useFigures();
  const { tenantId } = tenant;
  const campaigns = useLoad(`campaigns ${tenantId}`, () => consoleApi.campaigns(tenantId), FOLLOW_MS);
  return (
    <>
      <header class="page-head">
        <h1>{words.campaigns.heading}</h1>
        {tenant.role !== 'viewer' && (campaigns.data?.length ?? 0) > 0 && <CreateLink tenantId={tenantId} />}
      </header>
      <Await of={campaigns}>
        {(rows) =>
          rows.length === 0 ? (
            <NoCampaigns tenant={tenant} />
          ) : (
            <div class="card card-table">
              <DataTable
                caption={words.campaigns.caption}
                columns={columnsOf(words, figures)}
                rows={rows}
                keyOf={({ campaignId }) => campaignId}
                textOf={({ name, brand }) => `${name} ${brand}`}
                filters={ORDER.map((state) => ({
                  label: words.states[state],
                  fits: (row: CampaignView) => row.state === state,
                }))}
                testId="campaigns"
              />
            </div>
          )
        }
      </Await>
    </>
  );
}
