import { useEffect } from 'preact/hooks';
import { loadEntries, loadWallet } from '../flows/wallet.js';
import { useText } from '../i18n/index.js';
import { useFormat } from '../i18n/use-format.js';
import { DEFAULT_CURRENCY } from '../money.js';
import { useStore } from '../state/store.js';
import { walletStore, type Balance, type Entry } from '../state/wallet.js';
import { FailureNote } from '../ui/failure-note.js';
import { Sheet } from '../ui/sheet.js';
import { TopUpForm } from './top-up-form.js';

function BalanceView({ currency, available, held }: Balance) {
  const t = useText().wallet;
  const { money } = useFormat();
  return (
    <div class="balance">
      <p class="hint">{t.available}</p>
      <p class="balance-amount" data-testid="wallet-balance" data-amount={available} data-currency={currency}>
        {money(available, currency)}
      </p>
      {held > 0 && (
        <p class="hint" data-testid="wallet-held">
          {t.held(money(held, currency))}
        </p>
      )}
    </div>
  );
}

function EntryRow({ entry }: { entry: Entry }) {
  const t = useText().wallet;
  const { signed, when } = useFormat();
  const { kind, amount, currency, at } = entry;
  return (
    <li class="entry" data-testid="wallet-entry" data-kind={kind} data-amount={amount}>
      <div>
        <p>{t.kinds[kind] ?? kind}</p>
        <p class="hint">
          <time>{when(at)}</time>
        </p>
      </div>
      <p class={amount > 0 ? 'entry-in' : 'entry-out'}>{signed(amount, currency)}</p>
    </li>
  );
}

export function WalletSheet() {
  const t = useText();
  const { balances, entries, nextCursor, entriesLoaded, failed } = useStore(walletStore, (state) => state);
  useEffect(() => {
    void loadWallet();
    void loadEntries();
  }, []);
  const first = balances.find(({ currency }) => currency === DEFAULT_CURRENCY);
  const others = balances.filter((balance) => balance !== first);
  return (
    <Sheet title={t.wallet.heading}>
      <div class="stack">
        <BalanceView {...(first ?? { currency: DEFAULT_CURRENCY, available: 0, held: 0 })} />
        {others.map((balance) => (
          <BalanceView key={balance.currency} {...balance} />
        ))}
        <TopUpForm />
        <section>
          <h3>{t.wallet.entries}</h3>
          {failed && <FailureNote code={failed} retry={() => void loadEntries()} />}
          {!entriesLoaded && !failed && <p class="hint">{t.loading}</p>}
          {entriesLoaded && entries.length === 0 && <p class="hint">{t.wallet.none}</p>}
          <ul class="entries">
            {entries.map((entry) => (
              <EntryRow key={entry.entryId} entry={entry} />
            ))}
          </ul>
          {nextCursor && (
            <button type="button" class="button button-soft" onClick={() => void loadEntries(true)}>
              {t.more}
            </button>
          )}
        </section>
      </div>
    </Sheet>
  );
}
