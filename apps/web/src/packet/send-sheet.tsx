import { useText } from '../i18n/index.js';
import { useFormat } from '../i18n/use-format.js';
import { DEFAULT_CURRENCY } from '../money.js';
import { FailureNote } from '../ui/failure-note.js';
import { Sheet } from '../ui/sheet.js';
import { QuickTopUp } from '../wallet/quick-top-up.js';
import { OnlyChoice } from './only-choice.js';
import { ExpiryChoice, FieldError, KindChoice, PhraseFields } from './send-fields.js';
import { fieldOfFailure, type Field } from './send-form.js';
import { useSend, type SendForm } from './use-send.js';

const GREETING_CHARS_MAX = 100;
const FIELDS: Field[] = ['amount', 'count', 'only'];

interface PartProps {
  form: SendForm;
  first: Field | null;
}

function AmountField({ form, first }: PartProps) {
  const t = useText().send;
  const { draft, change, shown, failed, available, checked } = form;
  const { money } = useFormat();
  const refused = failed && fieldOfFailure(failed) === 'amount' ? failed : null;
  const wrong = Boolean(shown.amount ?? refused);
  const short = shown.amount?.what === 'funds' || failed === 'insufficient_funds';
  return (
    <div class="field">
      <label for="send-amount">{t.amount}</label>
      <input
        id="send-amount"
        class="input input-amount"
        inputMode="decimal"
        autocomplete="off"
        placeholder="0.00"
        data-autofocus
        data-testid="send-amount"
        aria-invalid={wrong}
        aria-describedby={wrong ? 'send-amount-problem' : undefined}
        value={draft.amount}
        onInput={(event) => change({ amount: event.currentTarget.value })}
      />
      <FieldError
        id="send-amount-problem"
        problem={shown.amount}
        refused={refused}
        first={first === 'amount'}
      >
        {available !== null && t.balance(money(available, DEFAULT_CURRENCY))}
      </FieldError>
      {short && <QuickTopUp missing={(checked.amount ?? 0) - (available ?? 0)} />}
    </div>
  );
}

function CountField({ form, first }: PartProps) {
  const t = useText().send;
  const { draft, change, shown, failed } = form;
  const refused = failed && fieldOfFailure(failed) === 'count' ? failed : null;
  const wrong = Boolean(shown.count ?? refused);
  return (
    <div class="field">
      <label for="send-count">{t.count}</label>
      <input
        id="send-count"
        class="input"
        inputMode="numeric"
        autocomplete="off"
        data-testid="send-count"
        aria-invalid={wrong}
        aria-describedby={wrong ? 'send-count-problem' : undefined}
        value={draft.count}
        onInput={(event) => change({ count: event.currentTarget.value })}
      />
      <FieldError id="send-count-problem" problem={shown.count} refused={refused} first={first === 'count'} />
    </div>
  );
}

/** What leaves the wallet, as it is typed. */
function Total({ form }: { form: SendForm }) {
  const t = useText().send;
  const { money } = useFormat();
  const { draft, checked } = form;
  const { amount, count, problems } = checked;
  const clear = !problems.count && amount !== null && count !== null && amount >= count;
  const each = clear ? money(Math.floor(amount / count), DEFAULT_CURRENCY) : null;
  const exact = clear && amount % count === 0;
  return (
    <p class="total">
      <span class="total-amount" data-testid="send-total">
        {money(amount ?? 0, DEFAULT_CURRENCY)}
      </span>
      <span class="hint">
        {each &&
          (draft.kind === 'lucky' ? t.average(`${exact ? '' : '≈ '}${each}`) : exact ? t.each(each) : null)}
      </span>
    </p>
  );
}

export function SendSheet({ roomId }: { roomId: string }) {
  const t = useText();
  const form = useSend(roomId);
  const { draft, change, checked, shown, working, failed } = form;
  const refusedField = failed && fieldOfFailure(failed);
  const first = FIELDS.find((field) => shown[field] ?? refusedField === field) ?? null;
  return (
    <Sheet title={t.send.heading}>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void form.submit();
        }}
      >
        <KindChoice draft={draft} change={change} />
        <div class="field-pair">
          <AmountField form={form} first={first} />
          <CountField form={form} first={first} />
        </div>
        <div class="field">
          <label for="send-greeting">{t.send.greeting}</label>
          <input
            id="send-greeting"
            class="input"
            maxLength={GREETING_CHARS_MAX}
            placeholder={t.packet.defaultGreeting}
            data-testid="send-greeting"
            value={draft.greeting}
            onInput={(event) => change({ greeting: event.currentTarget.value })}
          />
        </div>
        <PhraseFields draft={draft} change={change} />
        <ExpiryChoice draft={draft} change={change} />
        <OnlyChoice
          roomId={roomId}
          draft={draft}
          change={change}
          count={checked.count}
          problem={shown.only}
          first={first === 'only'}
        />
        <div class="sheet-foot">
          <Total form={form} />
          {failed && !refusedField && (
            <div data-testid={first ? undefined : 'send-error'}>
              <FailureNote code={failed} />
            </div>
          )}
          <button type="submit" class="button button-red" disabled={working} data-testid="send-submit">
            {working ? t.send.working : t.send.submit}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
