import { useId } from 'preact/hooks';

interface ChoiceProps<T extends string> {
  legend: string;
  value: T;
  options: readonly { value: T; text: string; hint?: string }[];
  onChange: (value: T) => void;
  disabled?: boolean;
  /** For the tests: `<name>-<value>`. */
  name: string;
  compact?: boolean;
}

/** One of a few, all in view. */
export function Choice<T extends string>(props: ChoiceProps<T>) {
  const { legend, value, options, onChange, disabled = false, name, compact = false } = props;
  const group = useId();
  return (
    <fieldset class={`choice${compact ? ' choice-compact' : ''}`} disabled={disabled}>
      <legend class="visually-hidden">{legend}</legend>
      {options.map((option) => (
        <label key={option.value} class={`segment${value === option.value ? ' is-chosen' : ''}`}>
          <input
            type="radio"
            name={group}
            value={option.value}
            checked={value === option.value}
            data-testid={`${name}-${option.value}`}
            onChange={() => onChange(option.value)}
          />
          <span class="segment-name">{option.text}</span>
          {option.hint && <span class="segment-hint">{option.hint}</span>}
        </label>
      ))}
    </fieldset>
  );
}
