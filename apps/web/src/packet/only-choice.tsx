import { useEffect, useRef } from 'preact/hooks';
import { useMembers } from '../chat/use-members.js';
import { useText } from '../i18n/index.js';
import { myId } from '../state/session.js';
import { Avatar } from '../ui/avatar.js';
import { FailureNote } from '../ui/failure-note.js';
import { FieldError } from './send-fields.js';
import type { Draft, Problem } from './send-form.js';

interface Props {
  roomId: string;
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  count: number | null;
  problem: Problem | undefined;
  first: boolean;
}

function MemberChoice({ roomId, draft, change, count, problem, first }: Props) {
  const t = useText();
  const { members, failed, load } = useMembers(roomId);
  const only = draft.only ?? [];
  const box = useRef<HTMLFieldSetElement>(null);
  // It unfolds below the edge of the sheet.
  useEffect(() => box.current?.scrollIntoView({ block: 'nearest' }), [members]);
  const toggle = (userId: string) =>
    change({ only: only.includes(userId) ? only.filter((other) => other !== userId) : [...only, userId] });
  return (
    <fieldset ref={box} class="member-choice">
      <legend>{t.send.onlyPick}</legend>
      {failed && <FailureNote code={failed} retry={load} />}
      {!members && !failed && <p class="hint">{t.loading}</p>}
      <div class="member-list">
        {members?.map(({ userId, name }) => (
          <label key={userId} class="check">
            <input
              type="checkbox"
              checked={only.includes(userId)}
              data-testid="send-only-member"
              data-user-id={userId}
              onChange={() => toggle(userId)}
            />
            <Avatar userId={userId} name={name} />
            <span class="clip">{name}</span>
            {userId === myId() && <span class="hint">({t.you})</span>}
          </label>
        ))}
      </div>
      <FieldError id="send-only-problem" problem={problem} first={first}>
        {only.length > 0 && count !== null && only.length < count ? t.send.onlyFewer(only.length) : null}
      </FieldError>
    </fieldset>
  );
}

export function OnlyChoice(props: Props) {
  const t = useText();
  const { draft, change } = props;
  return (
    <div class="field">
      <label class="check">
        <input
          type="checkbox"
          checked={draft.only !== null}
          data-testid="send-only"
          onChange={(event) => change({ only: event.currentTarget.checked ? [] : null })}
        />
        <span>{t.send.only}</span>
      </label>
      {draft.only && <MemberChoice {...props} />}
    </div>
  );
}
