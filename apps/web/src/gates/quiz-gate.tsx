import type { GateView } from '@app/contracts';
import { useId } from 'preact/hooks';
import { useDropText } from '../i18n/drops.js';
import { GateProblem, TriesHint, type GateProps } from './gate-parts.js';

type Quiz = GateView & { kind: 'quiz' };

interface QuestionProps extends Omit<GateProps, 'problem'> {
  question: Quiz['questions'][number];
  at: number;
  of: number;
}

function Question({ question: { text, options }, at, of, draft, change }: QuestionProps) {
  const t = useDropText().gates;
  const name = useId();
  return (
    <fieldset class="question" data-testid="gate-question">
      <legend>
        {of > 1 && <span class="gate-hint">{t.question(at, of)}</span>}
        <span class="gate-title">{text}</span>
      </legend>
      {options.map((option) => {
        const chosen = draft.quiz[text] === option.text;
        return (
          <label key={option.option} class={`answer${chosen ? ' is-chosen' : ''}`}>
            <input
              type="radio"
              name={name}
              checked={chosen}
              data-testid="gate-option"
              onChange={() => change({ quiz: { ...draft.quiz, [text]: option.text } })}
            />
            <span>{option.text}</span>
          </label>
        );
      })}
    </fieldset>
  );
}

export function QuizGate({ gate, draft, change, problem }: GateProps & { gate: Quiz }) {
  const { questions, triesMax } = gate;
  return (
    <div class="gate">
      {questions.map((question, n) => (
        <Question key={question.question} {...{ question, draft, change }} at={n + 1} of={questions.length} />
      ))}
      {problem && <GateProblem text={problem} />}
      <TriesHint triesMax={triesMax} />
    </div>
  );
}
