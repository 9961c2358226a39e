import type { ComponentChildren } from 'preact';
import { useText } from '../i18n/index.js';
import { closeDialog } from '../state/ui.js';
import { CloseIcon } from './icons.js';
import { useModal, wrapTab } from './use-modal.js';

interface DialogProps {
  class: string;
  label: string;
  children: ComponentChildren;
  testId?: string;
}

/** A modal dialog that Escape and a tap outside close. */
export function Dialog({ class: name, label, children, testId }: DialogProps) {
  const dialog = useModal();
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
