import { useState } from 'preact/hooks';
import { topUp } from '../flows/wallet.js';
import { useText } from '../i18n/index.js';
import { useFormat } from '../i18n/use-format.js';
import { DEFAULT_CURRENCY } from '../money.js';
import { failureOf, type FailureCode } from '../net/failure.js';
import { FailureNote } from '../ui/failure-note.js';
import { useIntent } from '../ui/use-intent.js';

const STEP = 10_000;

/** What is missing, in whole hundreds, by one tap. */
export function QuickTopUp({ missing }: { missing: number }) {
  const t = useText().send;
  const { money } = useFormat();
  const intent = useIntent();
  const [working, setWorking] = useState(false);
  const [failed, setFailed] = useState<FailureCode | null>(null);
  const amount = Math.max(1, Math.ceil(missing / STEP)) * STEP;
  const run = async () => {
    setWorking(true);
    setFailed(null);
    try {
      await topUp(amount, intent.keyFor(amount));
      intent.done();
    } catch (error) {
      setFailed(failureOf(error).code);
    } finally {
      setWorking(false);
    }
  };
  return (
    <>
      <button
        type="button"
        class="button button-soft"
        disabled={working}
        data-testid="send-topup"
        onClick={() => void run()}
      >
        {working ? t.toppingUp : t.topUp(money(amount, DEFAULT_CURRENCY))}
      </button>
      {failed && <FailureNote code={failed} />}
    </>
  );
}
