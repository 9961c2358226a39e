import { useState } from 'preact/hooks';
import { createRoom } from '../flows/rooms.js';
import { useText } from '../i18n/index.js';
import { failureOf, type FailureCode } from '../net/failure.js';
import { closeDialog } from '../state/ui.js';
import { FailureNote } from '../ui/failure-note.js';
import { Sheet } from '../ui/sheet.js';

const ROOM_NAME_CHARS_MAX = 64;

export function CreateRoomSheet() {
  const t = useText();
  const [name, setName] = useState('');
  const [open, setOpen] = useState(false);
  const [working, setWorking] = useState(false);
  const [failed, setFailed] = useState<FailureCode | null>(null);
  const submit = async () => {
    setWorking(true);
    setFailed(null);
    try {
      await createRoom(name.trim(), open);
      closeDialog();
    } catch (error) {
      setFailed(failureOf(error).code);
      setWorking(false);
    }
  };
  return (
    <Sheet title={t.rooms.createHeading}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) void submit();
        }}
      >
        <div class="field">
          <label for="room-name">{t.rooms.name}</label>
          <input
            id="room-name"
            class="input"
            data-autofocus
            data-testid="create-room-name"
            placeholder={t.rooms.namePlaceholder}
            value={name}
            maxLength={ROOM_NAME_CHARS_MAX}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </div>
        <label class="check">
          <input
            type="checkbox"
            checked={open}
            data-testid="create-room-open"
            onChange={(event) => setOpen(event.currentTarget.checked)}
          />
          <span>{t.rooms.openHint}</span>
        </label>
        {failed && <FailureNote code={failed} />}
        <button
          type="submit"
          class="button button-red"
          data-testid="create-room-submit"
          disabled={working || !name.trim()}
        >
          {t.rooms.submit}
        </button>
      </form>
    </Sheet>
  );
}
