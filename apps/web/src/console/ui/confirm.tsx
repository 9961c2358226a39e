import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useAction } from '../state/use-action.js';
import { useWords } from '../words/index.js';
import { Modal } from './modal.js';
import { FailureNote } from './notes.js';

interface ConfirmProps {
  title: string;
  children: ComponentChildren;
  submit: string;
  working?: string;
  keep?: string;
  /** Has to be typed before it can be done. */
  typed?: { label: string; expected: string };
  act: () => Promise<void>;
  onClose: () => void;
}

/** Asks before something that can't be undone. */
export function Confirm({ title, children, submit, working, keep, typed, act, onClose }: ConfirmProps) {
  const words = useWords();
  const action = useAction();
  const [text, setText] = useState('');
  const ready = !typed || text.trim() === typed.expected.trim();
  return (
    <Modal
      title={title}
      onClose={onClose}
      testId="confirm"
      foot={
        <>
          <button type="button" class="button button-soft" data-autofocus={!typed} onClick={onClose}>
            {keep ?? words.cancel}
          </button>
          <button
            type="submit"
            form="confirm-form"
            class="button button-danger"
            disabled={!ready || action.working}
            data-testid="confirm-submit"
          >
            {action.working ? (working ?? submit) : submit}
          </button>
        </>
      }
    >
      <form
        id="confirm-form"
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) void action.run(act).then((done) => done && onClose());
        }}
      >
        <p>{children}</p>
        {typed && (
          <div class="field">
            <label for="confirm-typed">{typed.label}</label>
            <input
              id="confirm-typed"
              class="input"
              autocomplete="off"
              data-autofocus
              data-testid="confirm-typed"
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </div>
        )}
        {action.failure && <FailureNote failure={action.failure} />}
      </form>
    </Modal>
  );
}
