import { useId, useRef, useState } from 'preact/hooks';
import { useWords } from '../words/index.js';

const COPIED_SHOWN_MS = 1_800;

export function CopyText({ label, value, testId }: { label: string; value: string; testId?: string }) {
  const words = useWords().keys;
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    field.current?.select();
    try {
      // Absent where the page came by plain HTTP; what is selected can then be copied by hand.
      await navigator.clipboard.writeText(value);
      setCopied(true);
      setTimeout(() => setCopied(false), COPIED_SHOWN_MS);
    } catch {
      field.current?.focus();
    }
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-row">
        <input id={id} ref={field} class="input input-mono" readOnly value={value} data-testid={testId} />
        <button type="button" class="button button-soft" onClick={() => void copy()}>
          {copied ? words.copied : words.copy}
        </button>
      </div>
    </div>
  );
}
