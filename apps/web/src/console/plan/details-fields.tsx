import type { CoverView } from '@app/contracts';
import { standingOf } from '../screens/covers.js';
import { tenantPath } from '../routes.js';
import { InstantField, SelectField, TextField } from '../ui/fields.js';
import { Link } from '../ui/link.js';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';
import { CAP_NAMES, type CapName, type DetailsDraft } from './details-draft.js';

const CURRENCIES = ['CNY', 'HKD', 'USD'];

interface FieldsProps {
  draft: DetailsDraft;
  change: (part: Partial<DetailsDraft>) => void;
  covers: CoverView[];
  tenantId: string;
}

function CoverField({ draft, change, covers, tenantId }: FieldsProps) {
  const words = useWords();
  const { instant } = useFigures();
  const now = Date.now();
  const usable = covers.filter(
    (cover) => cover.coverId === draft.coverId || standingOf(cover, now) !== 'over',
  );
  const nameOf = (cover: CoverView) => {
    const standing = standingOf(cover, now);
    return `${words.covers.alt(instant(cover.createdAt))}${standing ? ` · ${words.covers[standing]}` : ''}`;
  };
  return (
    <SelectField
      path="coverId"
      label={words.plan.cover}
      value={draft.coverId}
      options={[
        { value: '', text: words.plan.noCover },
        ...usable.map((cover) => ({ value: cover.coverId, text: nameOf(cover) })),
      ]}
      hint={<Link to={tenantPath(tenantId, 'covers')}>{words.plan.moreCovers}</Link>}
      onChange={(coverId) => change({ coverId })}
    />
  );
}

function CapField({ cap, draft, change }: { cap: CapName } & Pick<FieldsProps, 'draft' | 'change'>) {
  const words = useWords().plan;
  const isMoney = cap === 'amountPerDay';
  return (
    <TextField
      path={`caps.${cap}`}
      kind={isMoney ? 'money' : 'whole'}
      label={isMoney ? `${words.capNames[cap]} (${draft.currency})` : words.capNames[cap]}
      value={draft.caps[cap]}
      onChange={(typed) => change({ caps: { ...draft.caps, [cap]: typed } })}
    />
  );
}

function Caps({ draft, change }: Pick<FieldsProps, 'draft' | 'change'>) {
  const words = useWords().plan;
  const isSet = CAP_NAMES.some((cap) => draft.caps[cap] !== '');
  return (
    <details class="more" open={isSet}>
      <summary>{words.caps}</summary>
      <p class="hint">{words.capsHint}</p>
      <div class="stack">
        <fieldset class="field-grid">
          <legend>{words.perPerson}</legend>
          {CAP_NAMES.slice(0, 2).map((cap) => (
            <CapField key={cap} {...{ cap, draft, change }} />
          ))}
        </fieldset>
        <fieldset class="field-grid">
          <legend>{words.whole}</legend>
          {CAP_NAMES.slice(2).map((cap) => (
            <CapField key={cap} {...{ cap, draft, change }} />
          ))}
        </fieldset>
      </div>
    </details>
  );
}

/** A campaign's own fields. */
export function DetailsFields(props: FieldsProps) {
  const { draft, change } = props;
  const words = useWords().plan;
  return (
    <>
      <TextField
        path="name"
        label={words.name}
        placeholder={words.namePlaceholder}
        value={draft.name}
        onChange={(name) => change({ name })}
      />
      <div class="field-grid">
        <TextField
          path="budget"
          kind="money"
          label={words.budget(draft.currency)}
          hint={words.budgetHint}
          value={draft.budget}
          onChange={(budget) => change({ budget })}
        />
        <SelectField
          path="currency"
          label={words.currency}
          value={draft.currency}
          options={[...new Set([...CURRENCIES, draft.currency])].map((value) => ({ value, text: value }))}
          onChange={(currency) => change({ currency })}
        />
      </div>
      <InstantField
        path="startsAt"
        label={words.startsAt}
        value={draft.startsAt}
        onChange={(startsAt) => change({ startsAt })}
      />
      <InstantField
        path="endsAt"
        label={words.endsAt}
        value={draft.endsAt}
        onChange={(endsAt) => change({ endsAt })}
      />
      <TextField
        path="brand"
        label={words.brand}
        hint={words.brandHint}
        value={draft.brand}
        onChange={(brand) => change({ brand })}
      />
      <TextField
        path="greeting"
        label={words.greeting}
        placeholder={words.greetingPlaceholder}
        value={draft.greeting}
        onChange={(greeting) => change({ greeting })}
      />
      <CoverField {...props} />
      <Caps draft={draft} change={change} />
    </>
  );
}
