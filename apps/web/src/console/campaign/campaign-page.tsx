import { useEffect } from 'preact/hooks';
import type { CampaignState, CampaignView, DropView, TenantView } from '@app/contracts';
import { consoleApi } from '../net/console-api.js';
import { PlanView } from '../plan/plan-view.js';
import { CAMPAIGN_VIEWS, campaignPath, tenantPath, type CampaignViewName } from '../routes.js';
import { Shell } from '../shell.js';
import { rememberTenant, useTenant } from '../state/tenants.js';
import { useLoad } from '../state/use-load.js';
import { Link } from '../ui/link.js';
import { StateMark } from '../ui/marks.js';
import { FailureNote, Loading } from '../ui/notes.js';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';
import { Actions } from './actions.js';
import { LiveView } from './live-view.js';
import { ReportView } from './report-view.js';

const RUNNING_MS = 1_500;
const WAITING_MS = 5_000;

const VIEW_OF_STATE: Record<CampaignState, CampaignViewName> = {
  ...{ draft: 'edit', scheduled: 'live', running: 'live', paused: 'live' },
  ...{ ended: 'report', cancelled: 'report' },
};

/** How often a campaign is looked at again: what runs moves, a draft doesn't. */
function pollMs(campaign: CampaignView | null): number {
  switch (campaign?.state) {
    case 'running':
    case 'paused':
      return RUNNING_MS;
    case 'scheduled':
      return WAITING_MS;
    case 'ended':
    case 'cancelled':
      return campaign.spent + campaign.refunded < campaign.budget ? WAITING_MS : 0;
    default:
      return 0;
  }
}

interface HeadProps {
  campaign: CampaignView;
  drops: DropView[];
  tenant: TenantView | null;
  view: CampaignViewName;
  reload: () => Promise<void>;
}

function Head({ campaign, drops, tenant, view, reload }: HeadProps) {
  const words = useWords();
  const { span } = useFigures();
  const { campaignId, tenantId, name, state, startsAt, endsAt, rehearsalOf, rehearsalId } = campaign;
  return (
    <>
      <nav class="crumbs" aria-label={words.back}>
        <Link to={tenantPath(tenantId)}>{words.nav.campaigns}</Link>
        {rehearsalOf && <Link to={campaignPath(rehearsalOf, 'edit')}>{name}</Link>}
      </nav>
      <header class="page-head campaign-head">
        <div class="campaign-title">
          <h1>
            {name} <StateMark state={state} />
            {rehearsalOf && <span class="state state-rehearsal">{words.rehearsal}</span>}
          </h1>
          <p class="hint">
            {span(startsAt, endsAt)} · {words.campaign.dropsOf(drops.length)}
            {rehearsalId && (
              <>
                {' · '}
                <Link to={campaignPath(rehearsalId)} testId="last-rehearsal">
                  {words.campaign.lastRehearsal}
                </Link>
              </>
            )}
          </p>
        </div>
        {tenant && tenant.role !== 'viewer' && <Actions {...{ campaign, drops, reload }} />}
      </header>
      {rehearsalOf && (
        <p class="note note-rehearsal" data-testid="rehearsal-note">
          <span>{words.campaign.rehearsalOf}</span>
          <Link to={campaignPath(rehearsalOf, 'edit')} class="link-button">
            {words.campaign.toOriginal}
          </Link>
        </p>
      )}
      <nav class="tabs" aria-label={words.campaign.views}>
        {CAMPAIGN_VIEWS.map((one) => (
          <Link
            key={one}
            to={campaignPath(campaignId, one)}
            class="tab"
            current={one === view}
            testId={`tab-${one}`}
          >
            {words.campaign.tabs[one]}
          </Link>
        ))}
      </nav>
    </>
  );
}

interface CampaignPageProps {
  campaignId: string;
  view: CampaignViewName | null;
}

function useCampaign(campaignId: string) {
  const load = () => Promise.all([consoleApi.campaign(campaignId), consoleApi.drops(campaignId)]);
  const first = useLoad(`campaign ${campaignId}`, load);
  const everyMs = pollMs(first.data?.[0] ?? null);
  useEffect(() => {
    if (everyMs === 0) return;
    let stopped = false;
    let timer: ReturnType<typeof setTimeout>;
    const again = () => {
      timer = setTimeout(() => {
        const looked = document.hidden ? Promise.resolve() : first.reload();
        void looked.then(() => !stopped && again());
      }, everyMs);
    };
    again();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [everyMs, campaignId]);
  return first;
}

/** One campaign: its plan, its live figures, its report, and what can be done to it. */
export function CampaignPage({ campaignId, view }: CampaignPageProps) {
  const words = useWords();
  const { data, failure, reload } = useCampaign(campaignId);
  const [campaign, drops = []] = data ?? [];
  const tenant = useTenant(campaign?.tenantId ?? null) ?? null;
  const tenantId = campaign?.tenantId;
  useEffect(() => {
    if (tenantId) rememberTenant(tenantId);
  }, [tenantId]);
  if (!campaign) {
    const isMissing = failure?.code === 'not_found';
    return (
      <Shell tenantId={null}>
        {isMissing && <h1 class="empty">{words.campaign.notFound}</h1>}
        {failure && !isMissing && <FailureNote failure={failure} retry={() => void reload()} />}
        {!failure && <Loading />}
      </Shell>
    );
  }
  const shown = view ?? VIEW_OF_STATE[campaign.state];
  const mayAct = tenant !== null && tenant.role !== 'viewer';
  return (
    <Shell tenantId={campaign.tenantId} page="campaigns">
      <Head {...{ campaign, drops, tenant, reload }} view={shown} />
      {shown === 'edit' && <PlanView {...{ campaign, drops, mayAct, reload }} />}
      {shown === 'live' && <LiveView campaign={campaign} drops={drops} />}
      {shown === 'report' && <ReportView campaign={campaign} />}
    </Shell>
  );
}
