import type { ComponentChildren } from 'preact';
import {
  UNIT_SECONDS,
  zoneLabel,
  msOfLocal,
  type DurationDraft,
  type DurationUnit,
} from '../plan/instants.js';
import { useWords } from '../words/index.js';
import { useField, type FieldState } from './form.js';
import { LockIcon } from './icons.js';

interface FrameProps {
  label: string;
  field: FieldState;
  hint?: ComponentChildren;
  class?: string;
  children: ComponentChildren;
}

/** A label, the input, and beside it what is wrong, or why it is fixed, or a hint. */
export function FieldFrame({ label, field, hint, class: name, children }: FrameProps) {
  const { id, problem, lock } = field;
  return (
    <div class={`field${lock ? ' is-locked' : ''}${name ? ` ${name}` : ''}`}>
      <label for={id}>{label}</label>
      {children}
      {problem ? (
        <p id={`${id}-note`} class="field-problem" role="alert" data-testid="field-problem">
          {problem}
        </p>
      ) : lock ? (
        <p id={`${id}-note`} class="hint field-lock">
          <LockIcon /> {lock}
        </p>
      ) : hint ? (
        <p id={`${id}-note`} class="hint">
          {hint}
        </p>
      ) : null}
    </div>
  );
}

export interface TextFieldProps {
  path: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ComponentChildren;
  placeholder?: string;
  /** `money` and `whole` bring up a phone's keyboard for figures; what is typed is checked by the form. */
  kind?: 'text' | 'money' | 'whole' | 'number' | 'mono';
  autofocus?: boolean;
  list?: string;
  class?: string;
}

const MODES = { text: 'text', mono: 'text', money: 'decimal', number: 'text', whole: 'numeric' } as const;

export function TextField(props: TextFieldProps) {
  const { path, label, value, onChange, hint, placeholder, kind = 'text', autofocus, list } = props;
  const field = useField(path, hint !== undefined);
  return (
    <FieldFrame label={label} field={field} hint={hint} {...(props.class ? { class: props.class } : {})}>
      <input
        {...field.input}
        class={`input${kind === 'mono' ? ' input-mono' : ''}${kind === 'money' ? ' input-money' : ''}`}
        inputMode={MODES[kind]}
        autocomplete="off"
        spellcheck={kind === 'text'}
        list={list}
        placeholder={placeholder}
        data-autofocus={autofocus}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </FieldFrame>
  );
}

export function AreaField({ path, label, value, onChange, hint, placeholder }: TextFieldProps) {
  const field = useField(path, hint !== undefined);
  return (
    <FieldFrame label={label} field={field} hint={hint}>
      <textarea
        {...field.input}
        class="input input-area input-mono"
        rows={4}
        spellcheck={false}
        placeholder={placeholder}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </FieldFrame>
  );
}

/** An instant in this machine's own time, which is said beside it. */
export function InstantField({ path, label, value, onChange, hint }: TextFieldProps) {
  const zone = zoneLabel(msOfLocal(value) ?? Date.now());
  const field = useField(path, true);
  return (
    <FieldFrame
      label={label}
      field={field}
      hint={
        <>
          {zone}
          {hint ? ` · ` : ''}
          {hint}
        </>
      }
    >
      <input
        {...field.input}
        type="datetime-local"
        step={1}
        class="input"
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </FieldFrame>
  );
}

interface SelectFieldProps {
  path: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: readonly { value: string; text: string }[];
  hint?: ComponentChildren;
}

export function SelectField({ path, label, value, onChange, options, hint }: SelectFieldProps) {
  const field = useField(path, hint !== undefined);
  return (
    <FieldFrame label={label} field={field} hint={hint}>
      <select
        {...field.input}
        class="input"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </FieldFrame>
  );
}

interface DurationFieldProps {
  path: string;
  label: string;
  value: DurationDraft;
  onChange: (value: DurationDraft) => void;
  hint?: ComponentChildren;
}

export function DurationField({ path, label, value, onChange, hint }: DurationFieldProps) {
  const words = useWords().drop;
  const field = useField(path, hint !== undefined);
  return (
    <FieldFrame label={label} field={field} hint={hint}>
      <div class="field-row">
        <input
          {...field.input}
          class="input"
          inputMode="numeric"
          autocomplete="off"
          value={value.n}
          onInput={(event) => onChange({ ...value, n: event.currentTarget.value })}
        />
        <select
          class="input input-unit"
          aria-label={words.unitOf(label)}
          disabled={field.input.disabled}
          value={value.unit}
          onChange={(event) => onChange({ ...value, unit: event.currentTarget.value as DurationUnit })}
        >
          {(Object.keys(UNIT_SECONDS) as DurationUnit[]).map((unit) => (
            <option key={unit} value={unit}>
              {words.units[unit]}
            </option>
          ))}
        </select>
      </div>
    </FieldFrame>
  );
}
