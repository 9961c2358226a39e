import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';
import { numberOf } from './check-value.js';
import type { GateDraft } from './gate-draft.js';
import type { PreviewProps } from './phone-preview.js';

function Gate({ gate, urlOf }: { gate: GateDraft; urlOf: PreviewProps['urlOf'] }) {
  const words = useWords().preview;
  const { count } = useFigures();
  switch (gate.kind) {
    case 'password':
      return (
        <div class="pv-gate">
          <strong>{words.password}</strong>
          <span class="pv-input" />
          {gate.hint && <span>{gate.hint}</span>}
        </div>
      );
    case 'quiz': {
      const [question] = gate.questions;
      if (!question) return null;
      return (
        <div class="pv-gate">
          {gate.questions.length > 1 && <span>{words.question(1, gate.questions.length)}</span>}
          <strong>{question.text || '…'}</strong>
          {question.options.map((option, n) => (
            <span key={n} class="pv-option">
              {option || '…'}
            </span>
          ))}
        </div>
      );
    }
    case 'place': {
      const url = gate.clueCoverId ? urlOf(gate.clueCoverId) : undefined;
      return (
        <div class="pv-gate">
          <strong>{words.place(`${count(numberOf(gate.radiusMeters) ?? 0)} m`)}</strong>
          {url && <img src={url} alt="" />}
          {gate.clueText && <span>{gate.clueText}</span>}
          <span class="pv-option">{words.check}</span>
        </div>
      );
    }
    case 'members':
      return (
        <div class="pv-gate">
          <strong>{words.members}</strong>
        </div>
      );
    case 'task':
      return (
        <div class="pv-gate">
          <strong>{words.task}</strong>
          <span>{gate.title || gate.taskId}</span>
        </div>
      );
  }
}

/** What a person is asked before the packet opens. */
export function PreviewGates(props: PreviewProps & { gates: GateDraft[] }) {
  const words = useWords().preview;
  const { brand, greeting, coverUrl, gates, urlOf } = props;
  return (
    <div class="pv-overlay">
      <div class="pv-gates">
        <header class={coverUrl ? 'has-cover' : undefined}>
          {coverUrl && <img src={coverUrl} alt="" />}
          <span>{words.from(brand)}</span>
          <strong>{greeting}</strong>
        </header>
        {gates.map((gate, n) => (
          <Gate key={n} gate={gate} urlOf={urlOf} />
        ))}
        <span class="pv-submit">{words.open}</span>
      </div>
    </div>
  );
}
