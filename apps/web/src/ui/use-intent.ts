import { useRef } from 'preact/hooks';
import { uuid } from '../net/uuid.js';

/**
 * One idempotency key for each intent: a retry of the same request keeps it, so that money moves once even when the
 * first answer was lost; other contents, or success, begin a new one.
 */
export function useIntent(): { keyFor: (body: unknown) => string; done: () => void } {
  const intent = useRef<{ body: string; key: string } | null>(null);
  return {
    keyFor(body) {
      const text = JSON.stringify(body);
      if (intent.current?.body !== text) intent.current = { body: text, key: uuid() };
      return intent.current.key;
    },
    done() {
      intent.current = null;
    },
  };
}
