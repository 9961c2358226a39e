import { PlusIcon } from '../../ui/icons.js';
import { useField } from '../ui/form.js';
import { TrashIcon } from '../ui/icons.js';
import { useWords } from '../words/index.js';
import { newRow, type SegmentDraft, type SegmentRow } from './segment-draft.js';

interface RowProps {
  path: string;
  n: number;
  row: SegmentRow;
  change: (part: Partial<SegmentRow>) => void;
  remove: () => void;
}

function Row({ path, n, row, change, remove }: RowProps) {
  const words = useWords().drop.segment;
  const field = useField(path, false);
  const input = (label: string, name: 'values' | 'min' | 'max', placeholder: string) => (
    <input
      class="input"
      aria-label={label}
      aria-invalid={field.problem !== null}
      autocomplete="off"
      spellcheck={false}
      placeholder={placeholder}
      data-testid={`${path}.${name}`}
      value={row[name]}
      onInput={(event) => change({ [name]: event.currentTarget.value })}
      onBlur={field.input.onBlur}
    />
  );
  return (
    <div class="segment-row">
      <input
        {...field.input}
        class="input"
        aria-label={words.attribute}
        autocomplete="off"
        spellcheck={false}
        placeholder={words.attributePlaceholder}
        value={row.name}
        onInput={(event) => change({ name: event.currentTarget.value })}
      />
      <select
        class="input"
        aria-label={words.op}
        value={row.op}
        onChange={(event) => change({ op: event.currentTarget.value as SegmentRow['op'] })}
      >
        <option value="is">{words.is}</option>
        <option value="between">{words.between}</option>
      </select>
      {row.op === 'is' ? (
        input(words.values, 'values', words.valuesPlaceholder)
      ) : (
        <span class="segment-bounds">
          {input(words.min, 'min', words.min)}
          {input(words.max, 'max', words.max)}
        </span>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label={words.remove(n + 1)}
        title={words.remove(n + 1)}
        onClick={remove}
      >
        <TrashIcon />
      </button>
      {field.problem && (
        <p id={`${field.id}-note`} class="field-problem" role="alert" data-testid="field-problem">
          {field.problem}
        </p>
      )}
    </div>
  );
}

interface SegmentFieldsProps {
  path: string;
  draft: SegmentDraft;
  change: (draft: SegmentDraft) => void;
}

function Newcomers({ path, draft, change }: SegmentFieldsProps) {
  const words = useWords().drop.segment;
  const field = useField(`${path}.newcomerDays`, false);
  return (
    <div class="newcomers">
      <label class="check">
        <input
          type="checkbox"
          checked={draft.newcomers}
          data-testid={`${path}.newcomers`}
          onChange={(event) => change({ ...draft, newcomers: event.currentTarget.checked })}
        />
        <span>{words.newcomers}</span>
      </label>
      <input
        {...field.input}
        class="input input-short"
        inputMode="numeric"
        aria-label={words.newcomers}
        disabled={!draft.newcomers}
        value={draft.newcomerDays}
        onInput={(event) => change({ ...draft, newcomerDays: event.currentTarget.value })}
      />
      <span>{words.days}</span>
      {field.problem && (
        <p id={`${field.id}-note`} class="field-problem" role="alert" data-testid="field-problem">
          {field.problem}
        </p>
      )}
    </div>
  );
}

/** Who belongs to a segment: all conditions must hold. */
export function SegmentFields({ path, draft, change }: SegmentFieldsProps) {
  const words = useWords().drop.segment;
  const whole = useField(path, false);
  const changeRow = (at: number, part: Partial<SegmentRow>) =>
    change({ ...draft, rows: draft.rows.map((row, n) => (n === at ? { ...row, ...part } : row)) });
  return (
    <fieldset class="sub stack-tight">
      <legend>{words.heading}</legend>
      <Newcomers path={path} draft={draft} change={change} />
      {draft.rows.map((row, n) => (
        <Row
          key={n}
          {...{ n, row }}
          path={`${path}.rows.${n}`}
          change={(part) => changeRow(n, part)}
          remove={() => change({ ...draft, rows: draft.rows.filter((_, at) => at !== n) })}
        />
      ))}
      {draft.rows.length > 0 && <p class="hint">{words.valuesHint}</p>}
      {whole.problem && (
        <p class="field-problem" role="alert" data-testid="field-problem">
          {whole.problem}
        </p>
      )}
      <button
        type="button"
        class="link-button"
        data-testid={`${path}.add`}
        onClick={() => change({ ...draft, rows: [...draft.rows, newRow()] })}
      >
        <PlusIcon /> {words.add}
      </button>
    </fieldset>
  );
}
