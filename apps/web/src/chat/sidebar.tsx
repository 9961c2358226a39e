import { signOut } from '../flows/session.js';
import { useText } from '../i18n/index.js';
import { sessionStore } from '../state/session.js';
import { useStore } from '../state/store.js';
import { showDialog } from '../state/ui.js';
import { Avatar } from '../ui/avatar.js';
import { EnvelopeIcon, HistoryIcon } from '../ui/icons.js';
import { WalletButton } from '../wallet/wallet-button.js';
import { Drops } from './drops.js';
import { LanguageSwitch } from './language-switch.js';
import { RoomList } from './room-list.js';

export function Sidebar({ withDrops }: { withDrops: boolean }) {
  const t = useText();
  const session = useStore(sessionStore, (state) => state.session);
  if (!session) return null;
  return (
    <aside class="sidebar">
      <header class="sidebar-head">
        <div class="brand">
          <EnvelopeIcon />
          <span>{t.brand}</span>
          <LanguageSwitch />
        </div>
        <div class="me">
          <Avatar userId={session.userId} name={session.name} />
          <span class="me-name clip">{session.name}</span>
          <button type="button" class="link-button" data-testid="sign-out" onClick={signOut}>
            {t.signOut}
          </button>
        </div>
        <div class="sidebar-actions">
          <WalletButton />
          <button
            type="button"
            class="tile"
            data-testid="history-open"
            onClick={() => showDialog({ kind: 'history' })}
          >
            <HistoryIcon />
            <span>{t.history.open}</span>
          </button>
        </div>
      </header>
      {withDrops && <Drops />}
      <RoomList />
    </aside>
  );
}
