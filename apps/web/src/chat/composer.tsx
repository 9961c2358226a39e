import { useRef, useState } from 'preact/hooks';
import { postMessage } from '../flows/rooms.js';
import { useText } from '../i18n/index.js';
import { showDialog } from '../state/ui.js';
import { EnvelopeIcon, SendIcon } from '../ui/icons.js';

const MESSAGE_CHARS_MAX = 2_000;
const ROWS_HEIGHT_MAX = 140;

function grow(field: HTMLTextAreaElement): void {
  field.style.height = 'auto';
  field.style.height = `${Math.min(field.scrollHeight, ROWS_HEIGHT_MAX)}px`;
}

export function Composer({ roomId, ready }: { roomId: string; ready: boolean }) {
  const t = useText();
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const over = text.length - MESSAGE_CHARS_MAX;
  const sendable = ready && over <= 0 && text.trim() !== '';
  const submit = () => {
    if (!sendable) return;
    void postMessage(roomId, text.trim());
    setText('');
    if (field.current) field.current.style.height = '';
    field.current?.focus();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <button
        type="button"
        class="packet-button"
        aria-label={t.chat.sendPacket}
        title={t.chat.sendPacket}
        disabled={!ready}
        data-testid="open-send-sheet"
        onClick={() => showDialog({ kind: 'send' })}
      >
        <EnvelopeIcon />
      </button>
      <div class="composer-field">
        <textarea
          ref={field}
          class="input"
          rows={1}
          value={text}
          placeholder={t.chat.placeholder}
          aria-label={t.chat.placeholder}
          data-testid="message-input"
          onInput={(event) => {
            setText(event.currentTarget.value);
            grow(event.currentTarget);
          }}
          onKeyDown={(event) => {
            // Enter that ends the composition of a Chinese word must not send.
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            submit();
          }}
        />
        {over > 0 && <p class="field-problem">{t.chat.tooLong(over)}</p>}
      </div>
      <button
        type="submit"
        class="icon-button send-button"
        aria-label={t.chat.send}
        disabled={!sendable}
        data-testid="message-send"
      >
        <SendIcon />
      </button>
    </form>
  );
}
