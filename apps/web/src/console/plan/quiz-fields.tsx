import { useId } from 'preact/hooks';
import { CloseIcon, PlusIcon } from '../../ui/icons.js';
import { TextField } from '../ui/fields.js';
import { useField } from '../ui/form.js';
import { TrashIcon } from '../ui/icons.js';
import { useWords } from '../words/index.js';
import { newQuestion, type GateDraft, type QuestionDraft } from './gate-draft.js';
import { LIMITS } from './limits.js';

interface OptionProps {
  path: string;
  n: number;
  text: string;
  group: string;
  isRight: boolean;
  setText: (text: string) => void;
  setRight: () => void;
  remove: (() => void) | null;
}

function Option({ path, n, text, group, isRight, setText, setRight, remove }: OptionProps) {
  const words = useWords().drop.gates;
  const field = useField(path, false);
  return (
    <li class={`option-row${isRight ? ' is-right' : ''}`}>
      <label class="option-right" title={words.isRight(n + 1)}>
        <input
          type="radio"
          name={group}
          checked={isRight}
          aria-label={words.isRight(n + 1)}
          data-testid={`${path}.right`}
          onChange={setRight}
        />
        <span aria-hidden="true">{isRight ? words.right : ''}</span>
      </label>
      <input
        {...field.input}
        class="input"
        aria-label={words.option(n + 1)}
        placeholder={words.option(n + 1)}
        autocomplete="off"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {remove && (
        <button
          type="button"
          class="icon-button"
          aria-label={words.removeOption(n + 1)}
          title={words.removeOption(n + 1)}
          onClick={remove}
        >
          <CloseIcon />
        </button>
      )}
      {field.problem && (
        <p id={`${field.id}-note`} class="field-problem" role="alert" data-testid="field-problem">
          {field.problem}
        </p>
      )}
    </li>
  );
}

interface QuestionProps {
  path: string;
  n: number;
  question: QuestionDraft;
  change: (part: Partial<QuestionDraft>) => void;
  remove: (() => void) | null;
}

/** Whichever option goes, the right one stays the right one. */
function withoutOption({ options, answer }: QuestionDraft, at: number): Partial<QuestionDraft> {
  const left = options.filter((_, n) => n !== at);
  const next = at < answer ? answer - 1 : answer;
  return { options: left, answer: Math.min(next, left.length - 1) };
}

function Question({ path, n, question, change, remove }: QuestionProps) {
  const words = useWords().drop.gates;
  const group = useId();
  const { text, options, answer } = question;
  return (
    <div class="question stack-tight">
      <div class="question-head">
        <h4>{words.question(n + 1)}</h4>
        {remove && (
          <button
            type="button"
            class="icon-button"
            aria-label={words.removeQuestion(n + 1)}
            title={words.removeQuestion(n + 1)}
            onClick={remove}
          >
            <TrashIcon />
          </button>
        )}
      </div>
      <TextField
        path={`${path}.text`}
        label={words.questionText}
        value={text}
        onChange={(typed) => change({ text: typed })}
      />
      <p class="field-label">{words.options}</p>
      <ul class="stack-tight">
        {options.map((option, at) => (
          <Option
            key={at}
            path={`${path}.options.${at}`}
            n={at}
            text={option}
            group={group}
            isRight={answer === at}
            setText={(typed) => change({ options: options.map((one, k) => (k === at ? typed : one)) })}
            setRight={() => change({ answer: at })}
            remove={options.length > 2 ? () => change(withoutOption(question, at)) : null}
          />
        ))}
      </ul>
      {options.length < LIMITS.options && (
        <button
          type="button"
          class="link-button"
          data-testid={`${path}.add-option`}
          onClick={() => change({ options: [...options, ''] })}
        >
          <PlusIcon /> {words.addOption}
        </button>
      )}
    </div>
  );
}

type QuizDraft = Extract<GateDraft, { kind: 'quiz' }>;

export function QuizFields({
  path,
  gate,
  change,
}: {
  path: string;
  gate: QuizDraft;
  change: (gate: QuizDraft) => void;
}) {
  const words = useWords().drop.gates;
  const { questions } = gate;
  const set = (next: QuestionDraft[]) => change({ ...gate, questions: next });
  return (
    <div class="stack">
      {questions.map((question, n) => (
        <Question
          key={n}
          path={`${path}.questions.${n}`}
          n={n}
          question={question}
          change={(part) => set(questions.map((one, at) => (at === n ? { ...one, ...part } : one)))}
          remove={questions.length > 1 ? () => set(questions.filter((_, at) => at !== n)) : null}
        />
      ))}
      <p class="hint">{words.shuffled}</p>
      {questions.length < LIMITS.questions && (
        <button
          type="button"
          class="link-button"
          data-testid={`${path}.add-question`}
          onClick={() => set([...questions, newQuestion()])}
        >
          <PlusIcon /> {words.addQuestion}
        </button>
      )}
      <TextField
        path={`${path}.triesMax`}
        kind="whole"
        label={words.triesMax}
        hint={words.triesHint}
        value={gate.triesMax}
        onChange={(triesMax) => change({ ...gate, triesMax })}
      />
    </div>
  );
}
