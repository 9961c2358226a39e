import type { PacketKind } from '@app/contracts';
import { Choice } from '../ui/choice.js';
import { TextField } from '../ui/fields.js';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';
import { minorOf, wholeOf } from './check-value.js';
import type { PacketDraft } from './drop-draft.js';

const KINDS: readonly PacketKind[] = ['lucky', 'fixed'];

interface PacketFieldsProps {
  /** `packet`, or that of a tier. */
  path: string;
  packet: PacketDraft;
  change: (packet: PacketDraft) => void;
  currency: string;
  autofocus?: boolean;
}

/** Kind, amount and count, with what a share is on average. */
export function PacketFields({ path, packet, change, currency, autofocus }: PacketFieldsProps) {
  const words = useWords().drop;
  const { money } = useFigures();
  const [amount, count] = [minorOf(packet.amount, currency), wholeOf(packet.count)];
  const mean = amount !== null && count ? money(Math.floor(amount / count), currency) : null;
  return (
    <div class="stack">
      <Choice
        legend={words.packet}
        name={`${path}.kind`}
        value={packet.kind}
        options={KINDS.map((kind) => ({ value: kind, text: words.kinds[kind], hint: words.kindHints[kind] }))}
        onChange={(kind) => change({ ...packet, kind })}
      />
      <div class="field-grid">
        <TextField
          path={`${path}.amount`}
          kind="money"
          label={words.amount(currency)}
          value={packet.amount}
          {...(autofocus ? { autofocus } : {})}
          onChange={(typed) => change({ ...packet, amount: typed })}
        />
        <TextField
          path={`${path}.count`}
          kind="whole"
          label={words.count}
          value={packet.count}
          onChange={(typed) => change({ ...packet, count: typed })}
        />
      </div>
      {mean && (
        <p class="mean" data-testid={`${path}.mean`}>
          {packet.kind === 'fixed' ? words.each(mean) : words.mean(mean)}
        </p>
      )}
    </div>
  );
}
