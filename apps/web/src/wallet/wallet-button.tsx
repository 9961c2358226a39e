import { useText } from '../i18n/index.js';
import { useFormat } from '../i18n/use-format.js';
import { DEFAULT_CURRENCY } from '../money.js';
import { useStore } from '../state/store.js';
import { showDialog } from '../state/ui.js';
import { balanceOf, walletStore } from '../state/wallet.js';
import { WalletIcon } from '../ui/icons.js';

/** The balance, always in sight; it nods when money comes in. */
export function WalletButton({ compact }: { compact?: boolean }) {
  const t = useText();
  const { money } = useFormat();
  const available = useStore(walletStore, (state) =>
    state.loaded ? (balanceOf(state)?.available ?? 0) : null,
  );
  const written = available === null ? '…' : money(available, DEFAULT_CURRENCY);
  return (
    <button
      type="button"
      class={compact ? 'wallet-chip' : 'tile'}
      aria-label={`${t.wallet.open} ${written}`}
      data-testid="wallet-open"
      onClick={() => showDialog({ kind: 'wallet' })}
    >
      <WalletIcon />
      <span key={available ?? -1} class="wallet-amount">
        {written}
      </span>
    </button>
  );
}
