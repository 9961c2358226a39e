import { useText } from '../i18n/index.js';
import type { FailureCode } from '../net/failure.js';

/** What went wrong, in words, with what to do about it. */
export function FailureNote({ code, retry }: { code: FailureCode; retry?: () => void }) {
  const t = useText();
  return (
    <p class="note note-bad" role="alert">
      <span>{t.errors[code] ?? t.errors.internal}</span>
      {retry && (
        <button type="button" class="link-button" onClick={retry}>
          {t.retry}
        </button>
      )}
    </p>
  );
}
