import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

const REACHABLE =
  'button:not(:disabled), a[href], input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex="0"]';

/** Opens a dialog for as long as it is there; the browser gives the focus back afterwards. */
export function useModal(): RefObject<HTMLDialogElement | null> {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const shown = dialog.current!;
    shown.showModal();
    return () => shown.close();
  }, []);
  useEffect(() => {
    // After the contents are there: a field that asks for the focus gets it, else the dialog itself is read out.
    const wanted = dialog.current?.querySelector<HTMLElement>('[data-autofocus]');
    (wanted ?? dialog.current)?.focus();
  }, []);
  return dialog;
}

/** The browser's own dialog keeps the rest of the page out of reach; only its ends have to be tied together. */
export function wrapTab(event: KeyboardEvent, dialog: HTMLDialogElement): void {
  if (event.key !== 'Tab') return;
  const reachable = [...dialog.querySelectorAll<HTMLElement>(REACHABLE)].filter(
    (one) => one.offsetParent !== null,
  );
  const [first, last] = [reachable[0], reachable.at(-1)];
  if (!first || !last) return;
  const from = document.activeElement;
  const leaving = event.shiftKey ? from === first || from === dialog : from === last;
  if (!leaving) return;
  event.preventDefault();
  (event.shiftKey ? last : first).focus();
}
