import type { CampaignView, TenantView, WalletView } from '@app/contracts';
import { DEFAULT_CURRENCY } from '../../money.js';
import { consoleApi } from '../net/console-api.js';
import { campaignPath } from '../routes.js';
import { useLoad } from '../state/use-load.js';
import { DataTable, type Column } from '../ui/data-table.js';
import { Link } from '../ui/link.js';
import { StateMark } from '../ui/marks.js';
import { Await } from '../ui/notes.js';
import { TopUp } from '../ui/top-up.js';
import { useFigures, type Figures } from '../use-figures.js';
import { useWords, type Words } from '../words/index.js';

const FOLLOW_MS = 5_000;

function Balance({ balance }: { balance: WalletView['balances'][number] }) {
  const words = useWords().budget;
  const { money } = useFigures();
  const { currency, available, held } = balance;
  const all = available + held;
  return (
    <section class="card balance-card" data-testid="balance" data-available={available} data-held={held}>
      <p class="balance-sum">
        <span class="hint">{words.available}</span>
        <strong>{money(available, currency)}</strong>
      </p>
      <div class="balance-bar" aria-hidden="true">
        <span style={{ width: `${all > 0 ? (100 * available) / all : 0}%` }} />
      </div>
      <dl class="balance-parts">
        <div>
          <dt>{words.held}</dt>
          <dd>{money(held, currency)}</dd>
        </div>
        <div>
          <dt>{words.total}</dt>
          <dd>{money(all, currency)}</dd>
        </div>
      </dl>
    </section>
  );
}

/** What the campaign still has. One that was cancelled as a draft never had anything. */
function heldOf({ budget, spent, refunded, state }: CampaignView): number {
  const wasPaidFor = state !== 'cancelled' || spent + refunded > 0;
  return wasPaidFor ? Math.max(0, budget - spent - refunded) : 0;
}

function columnsOf(words: Words, { money }: Figures): Column<CampaignView>[] {
  const said = words.budget;
  const sum = (key: string, head: string, of: (row: CampaignView) => number): Column<CampaignView> => ({
    ...{ key, head, number: true, sortBy: of },
    cell: (row) => money(of(row), row.currency),
  });
  return [
    {
      ...{ key: 'campaign', head: said.campaign, isHead: true, sortBy: ({ name }) => name },
      cell: ({ campaignId, name }) => (
        <Link to={campaignPath(campaignId)} class="row-link">
          {name}
        </Link>
      ),
    },
    { key: 'state', head: words.campaigns.state, cell: ({ state }) => <StateMark state={state} /> },
    sum('budget', said.budget, ({ budget }) => budget),
    sum('spent', said.spent, ({ spent }) => spent),
    sum('back', said.back, ({ refunded }) => refunded),
    sum('open', said.open, heldOf),
  ];
}

/** The brand's account, and where the money of its campaigns stands. */
export function Budget({ tenant }: { tenant: TenantView }) {
  const words = useWords();
  const figures = useFigures();
  const { tenantId } = tenant;
  const balance = useLoad(`balance ${tenantId}`, () => consoleApi.balance(tenantId), FOLLOW_MS);
  const campaigns = useLoad(`campaigns ${tenantId}`, () => consoleApi.campaigns(tenantId), FOLLOW_MS);
  const currency = balance.data?.balances[0]?.currency ?? DEFAULT_CURRENCY;
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{words.budget.heading}</h1>
          <p class="hint">{words.budget.intro}</p>
        </div>
      </header>
      <div class="budget-top">
        <Await of={balance}>
          {({ balances }) => (
            <div class="stack">
              {balances.map((one) => (
                <Balance key={one.currency} balance={one} />
              ))}
            </div>
          )}
        </Await>
        {tenant.role !== 'viewer' && balance.data && (
          <section class="card stack">
            <h2>{words.budget.topUp}</h2>
            <TopUp tenantId={tenantId} currency={currency} onDone={() => void balance.reload()} />
          </section>
        )}
      </div>
      <Await of={campaigns}>
        {(all) => {
          const rows = all.filter(({ state }) => state !== 'draft');
          if (rows.length === 0) return <p class="hint">{words.budget.noCampaigns}</p>;
          return (
            <div class="card card-table">
              <DataTable
                caption={words.budget.caption}
                columns={columnsOf(words, figures)}
                rows={rows}
                keyOf={({ campaignId }) => campaignId}
              />
            </div>
          );
        }}
      </Await>
    </>
  );
}
