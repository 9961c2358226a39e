import { useState } from 'preact/hooks';
import { topUp } from '../flows/wallet.js';
import { useText } from '../i18n/index.js';
import { useFormat } from '../i18n/use-format.js';
import { DEFAULT_CURRENCY, parseMoney } from '../money.js';
import { failureOf, type FailureCode } from '../net/failure.js';
import { FailureNote } from '../ui/failure-note.js';
import { useIntent } from '../ui/use-intent.js';

const QUICK_YUAN = [10, 50, 100, 500];

interface TopUp {
  working: boolean;
  done: number | null;
  problem: string | null;
  failed: FailureCode | null;
  submit: (typed: string) => Promise<void>;
}

function useTopUp(): TopUp {
  const t = useText();
  const intent = useIntent();
  const [working, setWorking] = useState(false);
  const [done, setDone] = useState<number | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [failed, setFailed] = useState<FailureCode | null>(null);
  const submit = async (typed: string) => {
    const parsed = parseMoney(typed);
    const readable = 'minor' in parsed && parsed.minor > 0;
    setDone(null);
    setFailed(null);
    setProblem(readable ? null : t.send.problems.amountFormat);
    if (!readable || working) return;
    setWorking(true);
    try {
      await topUp(parsed.minor, intent.keyFor(parsed.minor));
      intent.done();
      setDone(parsed.minor);
    } catch (error) {
      setFailed(failureOf(error).code);
    } finally {
      setWorking(false);
    }
  };
  return { working, done, problem, failed, submit };
}

export function TopUpForm() {
  const t = useText();
  const { money } = useFormat();
  const [typed, setTyped] = useState('100');
  const { working, done, problem, failed, submit } = useTopUp();
  return (
    <form
      class="field top-up"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit(typed);
      }}
    >
      <label for="topup-amount">{t.wallet.amount}</label>
      <div class="chips">
        {QUICK_YUAN.map((yuan) => (
          <button
            key={yuan}
            type="button"
            class={`chip${typed === String(yuan) ? ' is-chosen' : ''}`}
            aria-pressed={typed === String(yuan)}
            onClick={() => setTyped(String(yuan))}
          >
            ¥{yuan}
          </button>
        ))}
      </div>
      <div class="field-row">
        <input
          id="topup-amount"
          class="input"
          inputMode="decimal"
          autocomplete="off"
          data-testid="topup-amount"
          aria-invalid={problem !== null}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <button type="submit" class="button button-red" disabled={working} data-testid="topup-submit">
          {working ? t.wallet.working : t.wallet.submit}
        </button>
      </div>
      {problem && (
        <p class="field-problem" role="alert">
          {problem}
        </p>
      )}
      {failed && <FailureNote code={failed} />}
      {done !== null && (
        <p class="note note-good" role="status" data-testid="topup-done">
          {t.wallet.done(money(done, DEFAULT_CURRENCY))}
        </p>
      )}
      <p class="hint">{t.wallet.topUpHint}</p>
    </form>
  );
}
