import type { GateView } from '@app/contracts';
import { useId } from 'preact/hooks';
import { useDropText } from '../i18n/drops.js';
import { GateProblem, TriesHint, type GateProps } from './gate-parts.js';

export function PasswordGate({
  gate,
  draft,
  change,
  problem,
}: GateProps & { gate: GateView & { kind: 'password' } }) {
  const t = useDropText().gates;
  const id = useId();
  return (
    <div class="gate">
      <label class="gate-title" for={id}>
        {t.password}
      </label>
      <input
        id={id}
        class="input input-large"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        maxLength={200}
        placeholder={t.passwordPlaceholder}
        data-testid="gate-password"
        aria-invalid={problem !== null}
        aria-describedby={`${id}-more`}
        value={draft.password}
        onInput={(event) => change({ password: event.currentTarget.value })}
      />
      <div id={`${id}-more`}>
        {problem && <GateProblem text={problem} />}
        {gate.hint && <p class="gate-hint">{t.passwordHint(gate.hint)}</p>}
        <TriesHint triesMax={gate.triesMax} />
      </div>
    </div>
  );
}
