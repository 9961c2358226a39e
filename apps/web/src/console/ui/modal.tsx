import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { CloseIcon } from '../../ui/icons.js';
import { useWords } from '../words/index.js';

const REACHABLE =
  'button:not(:disabled), a[href], input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex="0"]';

/** The browser keeps what is behind a modal dialog out of reach; only its ends have to be tied together. */
function wrapTab(event: KeyboardEvent, dialog: HTMLDialogElement): void {
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

interface ModalProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  /** Stays in view below the contents. */
  foot?: ComponentChildren;
  wide?: boolean;
  testId?: string;
}

/** A modal dialog; Escape, the cross and a tap outside ask to close it. The browser gives the focus back afterwards. */
export function Modal({ title, onClose, children, foot, wide = false, testId }: ModalProps) {
  const words = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const shown = dialog.current!;
    shown.showModal();
    return () => shown.close();
  }, []);
  useEffect(() => {
    const wanted = dialog.current?.querySelector<HTMLElement>('[data-autofocus]');
    (wanted ?? dialog.current)?.focus();
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`modal${wide ? ' modal-wide' : ''}`}
      aria-label={title}
      tabIndex={-1}
      data-testid={testId}
      onCancel={(event) => {
        // A file field inside cancels too, and that one bubbles.
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        // Down, not up: a text that is marked with the mouse may end outside.
        if (event.target === event.currentTarget) onClose();
      }}
      onKeyDown={(event) => {
        // A dialog may stand in another one.
        if (event.key === 'Tab') event.stopPropagation();
        wrapTab(event, event.currentTarget);
      }}
    >
      <div class="modal-body">
        <header class="modal-head">
          <h2>{title}</h2>
          <button
            type="button"
            class="icon-button"
            aria-label={words.close}
            data-testid="modal-close"
            onClick={onClose}
          >
            <CloseIcon />
          </button>
        </header>
        <div class="modal-content">{children}</div>
        {foot && <footer class="modal-foot">{foot}</footer>}
      </div>
    </dialog>
  );
}
