import { useEffect, useRef } from 'preact/hooks';
import { sessionStore } from '../state/session.js';
import { useStore } from '../state/store.js';
import { LiveRegion } from '../ui/live-region.js';
import { CampaignPage } from './campaign/campaign-page.js';
import { answerLeaving, BRANDS_PATH, routeOf, usePath, useWantedPath, type Route } from './routes.js';
import { Brands } from './screens/brands.js';
import { SignIn } from './screens/sign-in.js';
import { TenantPages } from './screens/tenant-pages.js';
import { Shell } from './shell.js';
import { loadTenants } from './state/tenants.js';
import { Link } from './ui/link.js';
import { Modal } from './ui/modal.js';
import { useWords } from './words/index.js';

function Page({ route }: { route: Route }) {
  const words = useWords();
  switch (route.page) {
    case 'brands':
      return <Brands />;
    case 'campaign':
      return <CampaignPage key={route.campaignId} campaignId={route.campaignId} view={route.view} />;
    case 'lost':
      return (
        <Shell tenantId={null}>
          <div class="empty">
            <h1>{words.server.lost}</h1>
            <Link to={BRANDS_PATH} class="button button-soft">
              {words.server.toStart}
            </Link>
          </div>
        </Shell>
      );
    default:
      return <TenantPages key={route.tenantId} tenantId={route.tenantId} page={route.page} />;
  }
}

function Leaving() {
  const words = useWords().leave;
  const wanted = useWantedPath();
  if (wanted === null) return null;
  const stay = () => answerLeaving(false);
  return (
    <Modal
      title={words.heading}
      onClose={stay}
      testId="leaving"
      foot={
        <>
          <button type="button" class="button button-soft" data-autofocus onClick={stay}>
            {words.stay}
          </button>
          <button
            type="button"
            class="button button-danger"
            data-testid="leave"
            onClick={() => answerLeaving(true)}
          >
            {words.leave}
          </button>
        </>
      }
    >
      <p>{words.text}</p>
    </Modal>
  );
}

/** A new page begins at its heading, for those who hear it too. */
function useFocusOnArrival(path: string): void {
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) document.getElementById('content')?.focus({ preventScroll: true });
    first.current = false;
  }, [path]);
}

function Console() {
  const path = usePath();
  useFocusOnArrival(path);
  useEffect(() => void loadTenants(), []);
  return (
    <>
      <Page route={routeOf(path)} />
      <Leaving />
      <LiveRegion />
    </>
  );
}

export function App() {
  const words = useWords();
  const userId = useStore(sessionStore, ({ session }) => session?.userId ?? null);
  useEffect(() => {
    document.title = words.title;
  }, [words]);
  return userId ? <Console key={userId} /> : <SignIn />;
}
