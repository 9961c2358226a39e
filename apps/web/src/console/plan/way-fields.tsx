import { Choice } from '../ui/choice.js';
import { DurationField, TextField } from '../ui/fields.js';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';
import { minorOf, wholeOf } from './check-value.js';
import { rainSecondsOf } from './drop-check.js';
import type { DropDraft, DropWay } from './drop-draft.js';

const WAYS: readonly DropWay[] = ['plain', 'rain', 'shake'];

interface WayProps {
  draft: DropDraft;
  change: (part: Partial<DropDraft>) => void;
  currency: string;
}

function RainSum({ draft, currency }: { draft: DropDraft; currency: string }) {
  const words = useWords().drop.rain;
  const { money, count, duration } = useFigures();
  const [amount, shares, rounds] = [
    minorOf(draft.packet.amount, currency),
    wholeOf(draft.packet.count),
    wholeOf(draft.rain.rounds),
  ];
  if (!amount || !shares || !rounds) return null;
  const length = duration(rainSecondsOf(draft));
  return (
    <p class="mean">
      {words.sum(money(Math.floor(amount / rounds), currency), count(Math.floor(shares / rounds)), length)}
    </p>
  );
}

function RainFields({ draft, change, currency }: WayProps) {
  const words = useWords().drop.rain;
  const fields = ['rounds', 'roundSeconds', 'gapSeconds', 'catchesPerRound'] as const;
  return (
    <>
      <div class="field-grid">
        {fields.map((name) => (
          <TextField
            key={name}
            path={`rain.${name}`}
            kind="whole"
            label={words[name]}
            value={draft.rain[name]}
            onChange={(typed) => change({ rain: { ...draft.rain, [name]: typed } })}
          />
        ))}
      </div>
      <RainSum draft={draft} currency={currency} />
    </>
  );
}

function ShakeFields({ draft, change }: WayProps) {
  const words = useWords().drop.shake;
  return (
    <div class="field-grid">
      <TextField
        path="shake.oddsPercent"
        kind="number"
        label={words.oddsPercent}
        hint={words.oddsHint}
        value={draft.shake.oddsPercent}
        onChange={(oddsPercent) => change({ shake: { ...draft.shake, oddsPercent } })}
      />
      <DurationField
        path="shake.releaseSeconds"
        label={words.release}
        hint={words.releaseHint}
        value={draft.shake.release}
        onChange={(release) => change({ shake: { ...draft.shake, release } })}
      />
    </div>
  );
}

/** A packet to open, a rain to catch from, or a phone to shake. */
export function WayFields(props: WayProps) {
  const { draft, change } = props;
  const words = useWords().drop;
  return (
    <div class="stack">
      <Choice
        legend={words.way}
        name="way"
        value={draft.way}
        options={WAYS.map((way) => ({ value: way, text: words.ways[way], hint: words.wayHints[way] }))}
        onChange={(way) => change({ way })}
      />
      {draft.way === 'rain' && <RainFields {...props} />}
      {draft.way === 'shake' && <ShakeFields {...props} />}
    </div>
  );
}
