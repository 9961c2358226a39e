import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useText } from '../i18n/index.js';
import { closeDialog } from '../state/ui.js';
import { CloseIcon } from './icons.js';

const REACHABLE =
  'button:not(:disabled), a[href], input:not(:disabled), select, textarea, summary, [tabindex="0"]';

/** The browser's own dialog keeps the rest of the page out of reach; only its ends have to be tied together. */
function wrapTab(event: KeyboardEvent, dialog: HTMLDialogElement): void {
  if (event.key !== 'Tab') return;
  const reachable = [...dialog.querySelectorAll<HTMLElement>(REACHABLE)].filter(
    (one) => one.offsetParent !== null,
  );
  const first = reachable[0];
  const last = reachable.at(-1);
  if (!first || !last) return;
  const from = document.activeElement;
  const leaving = event.shiftKey ? from === first || from === dialog : from === last;
  if (!leaving) return;
  event.preventDefault();
  (event.shiftKey ? last : first).focus();
}

interface DialogProps {
  class: string;
  label: string;
  children: ComponentChildren;
  testId?: string;
}

/** A modal dialog that Escape and a tap outside close. */
export function Dialog({ class: name, label, children, testId }: DialogProps) {
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
  return (
    <dialog
      ref={dialog}
      class={name}
      aria-label={label}
      tabIndex={-1}
      data-testid={testId}
      onCancel={(event) => {
        event.preventDefault();
        closeDialog();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) closeDialog();
      }}
      onKeyDown={(event) => wrapTab(event, event.currentTarget)}
    >
      {children}
    </dialog>
  );
}

interface SheetProps {
  title: string;
  children: ComponentChildren;
  testId?: string;
}

/** From the bottom on a phone, in the middle of anything larger. */
export function Sheet({ title, children, testId }: SheetProps) {
  const t = useText();
  return (
    <Dialog class="sheet" label={title} {...(testId ? { testId } : {})}>
      <div class="sheet-body">
        <header class="sheet-head">
          <h2>{title}</h2>
          <button type="button" class="icon-button" aria-label={t.close} onClick={closeDialog}>
            <CloseIcon />
          </button>
        </header>
        <div class="sheet-content">{children}</div>
      </div>
    </Dialog>
  );
}
