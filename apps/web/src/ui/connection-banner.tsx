import { useText } from '../i18n/index.js';
import { connectNow } from '../net/socket.js';
import { useStore } from '../state/store.js';
import { uiStore } from '../state/ui.js';

export function ConnectionBanner() {
  const t = useText();
  const link = useStore(uiStore, (state) => state.link);
  if (link === 'online' || link === 'connecting') return null;
  return (
    <div class={`banner banner-${link}`} data-testid="connection-banner" data-link={link}>
      {link === 'restored' ? <span>✓</span> : <span class="spinner" aria-hidden="true" />}
      <span>{link === 'slow' ? t.link.connecting : t.link[link]}</span>
      {link !== 'restored' && (
        <button type="button" class="banner-button" onClick={connectNow}>
          {t.link.now}
        </button>
      )}
    </div>
  );
}
