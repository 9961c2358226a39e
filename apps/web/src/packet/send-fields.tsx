import type { ComponentChildren } from 'preact';
import { useText, type Dictionary } from '../i18n/index.js';
import { useFormat, type Format } from '../i18n/use-format.js';
import type { FailureCode } from '../net/failure.js';
import { DEFAULT_CURRENCY } from '../money.js';
import type { Draft, Problem } from './send-form.js';

export function problemText(problem: Problem, t: Dictionary, { money }: Format): string {
  const say = t.send.problems;
  switch (problem.what) {
    case 'countMany':
      return say.countMany(problem.max);
    case 'shareSmall':
      return say.shareSmall(money(problem.limit, DEFAULT_CURRENCY));
    case 'shareLarge':
      return say.shareLarge(money(problem.limit, DEFAULT_CURRENCY));
    case 'notDivisible':
      return say.notDivisible(money(problem.below, DEFAULT_CURRENCY), money(problem.above, DEFAULT_CURRENCY));
    case 'onlyNone':
      return t.send.onlyNone;
    default:
      return say[problem.what];
  }
}

interface FieldErrorProps {
  id: string;
  problem: Problem | undefined;
  refused?: FailureCode | null;
  /** The one problem that stands for the form. */
  first: boolean;
  children?: ComponentChildren;
}

/** What is wrong with a field, beside it; or else a hint in its place. */
export function FieldError({ id, problem, refused, first, children }: FieldErrorProps) {
  const t = useText();
  const format = useFormat();
  if (!problem && !refused) return children ? <p class="hint">{children}</p> : null;
  return (
    <p id={id} class="field-problem" role="alert" data-testid={first ? 'send-error' : undefined}>
      {problem ? problemText(problem, t, format) : t.errors[refused!]}
    </p>
  );
}

export function KindChoice({ draft, change }: { draft: Draft; change: (part: Partial<Draft>) => void }) {
  const t = useText();
  return (
    <fieldset class="segments">
      <legend class="visually-hidden">{t.send.kind}</legend>
      {(['lucky', 'fixed'] as const).map((kind) => (
        <label key={kind} class={`segment${draft.kind === kind ? ' is-chosen' : ''}`}>
          <input
            type="radio"
            name="kind"
            value={kind}
            checked={draft.kind === kind}
            data-testid={`send-kind-${kind}`}
            onChange={() => change({ kind })}
          />
          <span class="segment-name">{t.packet[kind]}</span>
          <span class="segment-hint">{kind === 'lucky' ? t.send.luckyHint : t.send.fixedHint}</span>
        </label>
      ))}
    </fieldset>
  );
}

const DURATIONS: { seconds: number; unit: 's' | 'm' | 'h'; n: number }[] = [
  { seconds: 10, unit: 's', n: 10 },
  { seconds: 60, unit: 'm', n: 1 },
  { seconds: 600, unit: 'm', n: 10 },
  { seconds: 3_600, unit: 'h', n: 1 },
  { seconds: 21_600, unit: 'h', n: 6 },
  { seconds: 86_400, unit: 'h', n: 24 },
  { seconds: 259_200, unit: 'h', n: 72 },
];

export function ExpiryChoice({ draft, change }: { draft: Draft; change: (part: Partial<Draft>) => void }) {
  const t = useText().send;
  return (
    <div class="field">
      <label for="send-expires">{t.expires}</label>
      <select
        id="send-expires"
        class="input"
        data-testid="send-expires"
        value={String(draft.expiresInSeconds)}
        onChange={(event) => change({ expiresInSeconds: Number(event.currentTarget.value) })}
      >
        {DURATIONS.map(({ seconds, unit, n }) => (
          <option key={seconds} value={String(seconds)}>
            {t.durations[unit](n)}
          </option>
        ))}
      </select>
      <p class="hint">{t.expiresHint}</p>
    </div>
  );
}

const PHRASE_CHARS_MAX = 64;
const HINT_CHARS_MAX = 100;

/** A password phrase, and a hint for those who have to guess it: only once there is a phrase to hint at. */
export function PhraseFields({ draft, change }: { draft: Draft; change: (part: Partial<Draft>) => void }) {
  const t = useText().send;
  return (
    <div class="field">
      <label for="send-phrase">{t.phrase}</label>
      <input
        id="send-phrase"
        class="input"
        autocomplete="off"
        maxLength={PHRASE_CHARS_MAX}
        aria-describedby="send-phrase-hint"
        data-testid="send-phrase"
        value={draft.phrase}
        onInput={(event) => change({ phrase: event.currentTarget.value })}
      />
      {draft.phrase.trim() !== '' && (
        <input
          class="input"
          autocomplete="off"
          maxLength={HINT_CHARS_MAX}
          placeholder={t.hint}
          aria-label={t.hint}
          data-testid="send-hint"
          value={draft.hint}
          onInput={(event) => change({ hint: event.currentTarget.value })}
        />
      )}
      <p id="send-phrase-hint" class="hint">
        {t.phraseHint}
      </p>
    </div>
  );
}
