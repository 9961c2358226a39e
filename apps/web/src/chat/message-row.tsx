import { dropPending, postMessage } from '../flows/rooms.js';
import { useText } from '../i18n/index.js';
import { useFormat } from '../i18n/use-format.js';
import type { Message } from '../state/merge.js';
import type { PendingMessage } from '../state/rooms.js';
import { myId, sessionStore } from '../state/session.js';
import { Avatar } from '../ui/avatar.js';

export function MessageRow({ message, follows }: { message: Message; follows: boolean }) {
  const { time } = useFormat();
  const { userId, name, text, at, messageId } = message;
  const own = userId === myId();
  return (
    <div
      class={`row${own ? ' row-own' : ''}${follows ? ' row-follows' : ''}`}
      data-testid="message"
      data-message-id={messageId}
    >
      <Avatar userId={userId} name={name} />
      <div class="row-main">
        <p class="row-name">
          <span class="clip">{name || userId}</span> <time>{time(at)}</time>
        </p>
        <p class="bubble">{text}</p>
      </div>
    </div>
  );
}

export function PendingRow({ roomId, message }: { roomId: string; message: PendingMessage }) {
  const t = useText();
  const { localId, text, failed } = message;
  const name = sessionStore.get().session?.name ?? '';
  return (
    <div class="row row-own row-pending" data-testid="message" data-pending={failed ? 'failed' : 'sending'}>
      <Avatar userId={myId()} name={name} />
      <div class="row-main">
        <p class="row-name">{failed ? '' : t.chat.sending}</p>
        <p class="bubble">{text}</p>
        {failed && (
          <p class="row-failed" role="alert">
            {failed === 'no_answer' ? t.chat.unknown : t.chat.failed(t.errors[failed])}
            <button type="button" class="link-button" onClick={() => void postMessage(roomId, text, localId)}>
              {t.retry}
            </button>
            <button type="button" class="link-button" onClick={() => dropPending(roomId, localId)}>
              {t.cancel}
            </button>
          </p>
        )}
      </div>
    </div>
  );
}
