import { useState } from 'preact/hooks';
import { useIntent } from '../../ui/use-intent.js';
import { consoleApi } from '../net/console-api.js';
import { Checker, minorOf } from '../plan/check-value.js';
import { typedMoney } from '../plan/details-draft.js';
import { useAction } from '../state/use-action.js';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';
import { TextField } from './fields.js';
import { FormScope, useForm } from './form.js';
import { FailureNote, GoodNote } from './notes.js';

const QUICK_MAJOR = [1_000, 10_000, 100_000];

interface TopUpProps {
  tenantId: string;
  currency: string;
  /** What is missing for something, in minor units. */
  suggested?: number;
  onDone: () => void;
}

/** Moves sandbox money into the brand's account, once for each intent. */
export function TopUp({ tenantId, currency, suggested, onDone }: TopUpProps) {
  const words = useWords();
  const { money } = useFigures();
  const [amount, setAmount] = useState(suggested ? typedMoney(suggested, currency) : '');
  const [done, setDone] = useState<number | null>(null);
  const action = useAction();
  const intent = useIntent();
  const checker = new Checker({ say: words.problems, currency, money: (minor) => money(minor, currency) });
  checker.money('amount', amount);
  const form = useForm(checker.problems);
  const submit = async () => {
    setDone(null);
    const minor = minorOf(amount, currency);
    if (!form.check() || minor === null) return;
    const topup = { amount: minor, currency, provider: 'sandbox' as const };
    const moved = await action.run(async () => {
      await consoleApi.topUp(tenantId, topup, intent.keyFor(topup));
      intent.done();
    });
    if (!moved) return;
    setDone(minor);
    onDone();
  };
  return (
    <FormScope form={form}>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField
          path="amount"
          label={words.budget.amount(currency)}
          kind="money"
          hint={words.budget.sandbox}
          value={amount}
          onChange={(typed) => {
            setAmount(typed);
            form.touched();
          }}
        />
        {suggested === undefined && (
          <div class="chips">
            {QUICK_MAJOR.map((major) => (
              <button key={major} type="button" class="chip" onClick={() => setAmount(String(major))}>
                {money(major * 100, currency)}
              </button>
            ))}
          </div>
        )}
        {action.failure && <FailureNote failure={action.failure} />}
        {done !== null && <GoodNote testId="topped-up">{words.budget.done(money(done, currency))}</GoodNote>}
        <button type="submit" class="button button-gold" disabled={action.working} data-testid="top-up">
          {action.working ? words.budget.working : words.budget.submit}
        </button>
      </form>
    </FormScope>
  );
}
