import { useState } from 'preact/hooks';
import { useText } from '../i18n/index.js';
import { api } from '../net/api.js';
import { failureOf, type FailureCode } from '../net/failure.js';
import { FailureNote } from '../ui/failure-note.js';

const USER_ID = /^[A-Za-z0-9_.@-]{1,64}$/;

export function InviteForm({ roomId, invited }: { roomId: string; invited: () => void }) {
  const t = useText();
  const [typed, setTyped] = useState('');
  const [said, setSaid] = useState<string | null>(null);
  const [failed, setFailed] = useState<FailureCode | null>(null);
  const submit = async () => {
    const ids = typed.split(/[\s,，、;]+/).filter(Boolean);
    const wrong = ids.find((id) => !USER_ID.test(id));
    setFailed(null);
    setSaid(wrong ? t.people.inviteWrong(wrong) : null);
    if (wrong || ids.length === 0) return;
    try {
      await api.addMembers(roomId, ids);
      setTyped('');
      setSaid(t.people.invited(ids.length));
      invited();
    } catch (error) {
      setFailed(failureOf(error).code);
    }
  };
  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label for="invite-ids">{t.people.invite}</label>
      <div class="field-row">
        <input
          id="invite-ids"
          class="input input-mono"
          data-testid="invite-ids"
          value={typed}
          autocapitalize="off"
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <button type="submit" class="button button-soft" data-testid="invite-submit">
          {t.people.inviteSubmit}
        </button>
      </div>
      <p class="hint">{t.people.inviteHint}</p>
      {said && (
        <p class="note" role="status">
          {said}
        </p>
      )}
      {failed && <FailureNote code={failed} />}
    </form>
  );
}
