import { useEffect } from 'preact/hooks';
import type { TenantView } from '@app/contracts';
import { NewCampaign } from '../campaign/new-campaign.js';
import { BRANDS_PATH, type TenantPage } from '../routes.js';
import { Shell } from '../shell.js';
import { rememberTenant, useTenant, useTenants } from '../state/tenants.js';
import { Link } from '../ui/link.js';
import { Loading } from '../ui/notes.js';
import { useWords } from '../words/index.js';
import { Budget } from './budget.js';
import { Campaigns } from './campaigns.js';
import { Covers } from './covers.js';
import { Keys } from './keys.js';
import { Lists } from './lists.js';
import { Members } from './members.js';

function TenantPageBody({ tenant, page }: { tenant: TenantView; page: TenantPage }) {
  switch (page) {
    case 'campaigns':
      return <Campaigns tenant={tenant} />;
    case 'new':
      return <NewCampaign tenant={tenant} />;
    case 'budget':
      return <Budget tenant={tenant} />;
    case 'covers':
      return <Covers tenant={tenant} />;
    case 'lists':
      return <Lists tenant={tenant} />;
    case 'members':
      return <Members tenant={tenant} />;
    case 'keys':
      return <Keys tenant={tenant} />;
  }
}

export function TenantPages({ tenantId, page }: { tenantId: string; page: TenantPage }) {
  const words = useWords();
  const tenant = useTenant(tenantId);
  const { failed } = useTenants();
  useEffect(() => {
    if (tenant) rememberTenant(tenantId);
  }, [tenant, tenantId]);
  return (
    <Shell tenantId={tenant ? tenantId : null} page={page}>
      {tenant === undefined && (failed ? <p class="note note-bad">{words.errors[failed]}</p> : <Loading />)}
      {tenant === null && (
        <div class="empty">
          <h1>{words.brands.notYours}</h1>
          <Link to={BRANDS_PATH} class="button button-soft">
            {words.server.toStart}
          </Link>
        </div>
      )}
      {tenant && <TenantPageBody key={page} tenant={tenant} page={page} />}
    </Shell>
  );
}
