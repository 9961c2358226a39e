import { useId, useRef, useState } from 'preact/hooks';

const COPIED_SHOWN_MS = 1_800;

interface CopyFieldProps {
  label: string;
  value: string;
  /** On the button, before and after. */
  words: { copy: string; copied: string };
  testId?: string;
}

/** A value to be read and copied. */
export function CopyField({ label, value, words, testId }: CopyFieldProps) {
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
