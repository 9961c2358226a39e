import type { ComponentChildren } from 'preact';
import { switchLanguage, useText } from '../i18n/index.js';
import { sessionStore } from '../state/session.js';
import { useStore } from '../state/store.js';
import { Avatar } from '../ui/avatar.js';
import { EnvelopeIcon, PeopleIcon } from '../ui/icons.js';
import { serverStore } from './net/request.js';
import { BRANDS_PATH, tenantPath, type TenantPage } from './routes.js';
import { signOut } from './state/session.js';
import { useTenant } from './state/tenants.js';
import { BudgetIcon, CampaignIcon, CoverIcon, KeyIcon, ListIcon } from './ui/icons.js';
import { Link } from './ui/link.js';
import { useWords } from './words/index.js';

const PAGES = [
  ['campaigns', CampaignIcon],
  ['budget', BudgetIcon],
  ['covers', CoverIcon],
  ['lists', ListIcon],
  ['members', PeopleIcon],
  ['keys', KeyIcon],
] as const;

interface ShellProps {
  tenantId: string | null;
  page?: TenantPage;
  children: ComponentChildren;
}

/** Around every page: the brand and its pages at the side, or above on a phone, and a word when the server is away. */
export function Shell({ tenantId, page, children }: ShellProps) {
  const words = useWords();
  const text = useText();
  const tenant = useTenant(tenantId);
  return (
    <div class="console">
      <a
        class="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('content')?.focus();
        }}
      >
        {words.skip}
      </a>
      <ServerBanner />
      <header class="rail">
        <Link to={BRANDS_PATH} class="rail-brand" testId="to-brands">
          <EnvelopeIcon />
          <span class="clip">{tenant?.name ?? text.brand}</span>
        </Link>
        {tenantId && (
          <nav class="rail-nav" aria-label={words.nav.label}>
            {PAGES.filter(([name]) => name !== 'keys' || tenant?.role === 'owner').map(([name, Icon]) => (
              <Link
                key={name}
                to={tenantPath(tenantId, name)}
                class="rail-link"
                current={page === name}
                testId={`nav-${name}`}
              >
                <Icon />
                <span>{words.nav[name]}</span>
              </Link>
            ))}
          </nav>
        )}
        <Me role={tenant ? words.roles[tenant.role] : null} />
      </header>
      <main id="content" class="page" tabIndex={-1}>
        {tenant?.role === 'viewer' && (
          <p class="note" data-testid="viewer-note">
            {words.viewerNote}
          </p>
        )}
        {children}
      </main>
    </div>
  );
}

function Me({ role }: { role: string | null }) {
  const words = useWords();
  const text = useText();
  const session = useStore(sessionStore, (state) => state.session);
  if (!session) return null;
  return (
    <div class="rail-me">
      <span class="rail-person" title={words.nav.signedInAs(session.name)}>
        <Avatar userId={session.userId} name={session.name} />
        <span class="rail-person-text">
          <span class="clip">{session.name}</span>
          {role && <span class="hint">{role}</span>}
        </span>
      </span>
      <span class="rail-me-links">
        <button
          type="button"
          class="link-button"
          data-testid="language-switch"
          aria-label={text.switchLanguage}
          onClick={switchLanguage}
        >
          {text.otherLanguage}
        </button>
        <a class="link-button" href="/">
          {words.nav.chat}
        </a>
        <button type="button" class="link-button" data-testid="sign-out" onClick={signOut}>
          {words.nav.signOut}
        </button>
      </span>
    </div>
  );
}

function ServerBanner() {
  const words = useWords();
  const away = useStore(serverStore, (state) => state.away);
  return (
    <div class="server-banner" role="status" data-testid="server-banner">
      {away && (
        <p>
          <span class="spinner" aria-hidden="true" /> {words.server.away}
        </p>
      )}
    </div>
  );
}
