import { useDropText } from '../i18n/drops.js';
import type { GateDraft } from './gate-answers.js';

export interface GateProps {
  draft: GateDraft;
  change: (part: Partial<GateDraft>) => void;
  /** What is wrong with it, in words. */
  problem: string | null;
}

export function GateProblem({ text }: { text: string }) {
  return (
    <p class="gate-problem" role="alert" data-testid="gate-problem">
      {text}
    </p>
  );
}

export function TriesHint({ triesMax }: { triesMax: number | undefined }) {
  const t = useDropText().gates;
  return triesMax === undefined ? null : <p class="gate-hint">{t.triesMax(triesMax)}</p>;
}
