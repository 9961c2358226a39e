import type { CampaignState, DropState } from '@app/contracts';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';

export function StateMark({ state }: { state: CampaignState }) {
  const words = useWords();
  return (
    <span class={`state state-${state}`} data-testid="state" data-state={state}>
      {words.states[state]}
    </span>
  );
}

export function DropStateMark({ state }: { state: DropState }) {
  const words = useWords();
  return <span class={`state state-drop-${state}`}>{words.dropStates[state]}</span>;
}

/** A part of a whole, drawn; the figures stand beside it. */
export function PartBar({
  part,
  whole,
  tone = 'red',
}: {
  part: number;
  whole: number;
  tone?: 'red' | 'gold' | 'good';
}) {
  const width = whole > 0 ? Math.min(100, (100 * part) / whole) : 0;
  return (
    <span class={`part-bar tone-${tone}`} aria-hidden="true">
      <span style={{ width: `${width}%` }} />
    </span>
  );
}

interface BudgetBarProps {
  budget: number;
  planned: number;
  spent?: number;
  currency: string;
}

/** What the drops plan of the budget, what is settled of it, and what is free. */
export function BudgetBar({ budget, planned, spent = 0, currency }: BudgetBarProps) {
  const words = useWords().budgetBar;
  const { money, percent } = useFigures();
  const over = planned > budget;
  const part = (amount: number) => `${budget > 0 ? Math.min(100, (100 * amount) / budget) : 0}%`;
  return (
    <div class={`budget-bar${over ? ' is-over' : ''}`} data-testid="budget-bar">
      <p class="budget-bar-text">
        <strong>{money(planned, currency)}</strong>
        <span>
          {words.of(words.planned, money(budget, currency))}
          {budget > 0 && ` · ${percent(planned / budget)}`}
        </span>
      </p>
      <div
        class="budget-bar-track"
        role="img"
        aria-label={words.label(money(planned, currency), money(budget, currency))}
      >
        <span class="budget-bar-planned" style={{ width: part(planned) }} />
        <span class="budget-bar-spent" style={{ width: part(spent) }} />
      </div>
      <p class="hint budget-bar-text">
        <span>
          {over
            ? words.over(money(planned - budget, currency))
            : `${money(budget - planned, currency)} ${words.free}`}
        </span>
        {spent > 0 && <span>{`${money(spent, currency)} ${words.spent}`}</span>}
      </p>
    </div>
  );
}
