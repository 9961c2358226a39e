import type { ComponentChildren } from 'preact';
import { CloseIcon } from '../../ui/icons.js';
import { useModal, wrapTab } from '../../ui/use-modal.js';
import { useWords } from '../words/index.js';

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
  const dialog = useModal();
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
