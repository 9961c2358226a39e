import { PlusIcon } from '../../ui/icons.js';
import { SelectField, TextField } from '../ui/fields.js';
import { TrashIcon, UpIcon } from '../ui/icons.js';
import { useWords } from '../words/index.js';
import { ListField, type DropChoices } from './audience-fields.js';
import { newTier, type DropDraft, type TierDraft } from './drop-draft.js';
import { LIMITS } from './limits.js';
import { PacketFields } from './packet-fields.js';
import { SegmentFields } from './segment-fields.js';

interface TierProps {
  n: number;
  tier: TierDraft;
  change: (part: Partial<TierDraft>) => void;
  choices: DropChoices;
  currency: string;
}

function TierWho({ n, tier, change, choices }: TierProps) {
  const words = useWords().drop.tiers;
  const path = `tiers.${n}`;
  switch (tier.by) {
    case 'segment':
      return (
        <SegmentFields
          path={`${path}.segment`}
          draft={tier.segment}
          change={(segment) => change({ segment })}
        />
      );
    case 'list':
      return (
        <ListField
          path={`${path}.audienceId`}
          value={tier.audienceId}
          choices={choices}
          onChange={(audienceId) => change({ audienceId })}
        />
      );
    case 'neverWon':
      return <p class="hint">{words.neverWonHint}</p>;
  }
}

function Tier(props: TierProps & { remove: () => void; earlier: (() => void) | null }) {
  const { n, tier, change, currency, remove, earlier } = props;
  const words = useWords().drop.tiers;
  return (
    <fieldset class="sub stack" data-testid={`tier-${n}`}>
      <legend>{words.nth(n + 1)}</legend>
      <div class="sub-tools">
        {earlier && (
          <button
            type="button"
            class="icon-button"
            aria-label={words.up(n + 1)}
            title={words.up(n + 1)}
            onClick={earlier}
          >
            <UpIcon />
          </button>
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
      </div>
      <div class="field-grid">
        <TextField
          path={`tiers.${n}.name`}
          label={words.name}
          placeholder={words.namePlaceholder}
          value={tier.name}
          onChange={(name) => change({ name })}
        />
        <SelectField
          path={`tiers.${n}`}
          label={words.by}
          value={tier.by}
          options={(['segment', 'list', 'neverWon'] as const).map((by) => ({
            value: by,
            text: words.bys[by],
          }))}
          onChange={(by) => change({ by: by as TierDraft['by'] })}
        />
      </div>
      <TierWho {...props} />
      <PacketFields
        path={`tiers.${n}.packet`}
        packet={tier.packet}
        change={(packet) => change({ packet })}
        currency={currency}
      />
    </fieldset>
  );
}

interface TiersProps {
  draft: DropDraft;
  change: (part: Partial<DropDraft>) => void;
  choices: DropChoices;
  currency: string;
}

export function TiersFields({ draft, change, choices, currency }: TiersProps) {
  const words = useWords().drop;
  const { tiers, way } = draft;
  if (way !== 'plain') return <p class="hint">{words[way].noTiers}</p>;
  const set = (next: TierDraft[]) => change({ tiers: next });
  const earlier = (n: number) => () => {
    const next = [...tiers];
    [next[n - 1], next[n]] = [next[n]!, next[n - 1]!];
    set(next);
  };
  return (
    <div class="stack">
      <p class="hint">{tiers.length === 0 ? words.tiers.none : words.tiers.hint}</p>
      {tiers.map((tier, n) => (
        <Tier
          key={n}
          {...{ n, tier, choices, currency }}
          change={(part) => set(tiers.map((one, at) => (at === n ? { ...one, ...part } : one)))}
          remove={() => set(tiers.filter((_, at) => at !== n))}
          earlier={n > 0 ? earlier(n) : null}
        />
      ))}
      {tiers.length < LIMITS.tiers && (
        <button
          type="button"
          class="link-button"
          data-testid="add-tier"
          onClick={() => set([...tiers, newTier()])}
        >
          <PlusIcon /> {words.tiers.add}
        </button>
      )}
    </div>
  );
}
