import { useState } from 'preact/hooks';
import type { CampaignView, DropView } from '@app/contracts';
import { consoleApi } from '../net/console-api.js';
import { useAction } from '../state/use-action.js';
import { DurationField, InstantField, TextField } from '../ui/fields.js';
import { FormScope, useForm } from '../ui/form.js';
import { BudgetBar } from '../ui/marks.js';
import { Modal } from '../ui/modal.js';
import { FailureNote } from '../ui/notes.js';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';
import { AudienceFields, type DropChoices } from './audience-fields.js';
import { amountOf, checkDrop, toDropRequest } from './drop-check.js';
import type { DropDraft } from './drop-draft.js';
import { GatesFields } from './gates-fields.js';
import { PacketFields } from './packet-fields.js';
import { PhonePreview } from './phone-preview.js';
import { TiersFields } from './tiers-fields.js';
import { WayFields } from './way-fields.js';

const FIELD_OF_CODE = {
  ...{ share_out_of_range: 'packet.amount', amount_not_divisible: 'packet.amount' },
  ...{ over_budget: 'packet.amount', too_many_shares: 'packet.count' },
  ...{ drop_outside_campaign: 'opensAt', audience_not_found: 'audience.roomId' },
};

interface SectionsProps {
  draft: DropDraft;
  change: (part: Partial<DropDraft>) => void;
  choices: DropChoices;
  currency: string;
}

function When({ draft, change }: SectionsProps) {
  const words = useWords().drop;
  return (
    <section class="form-section">
      <h3>{words.when}</h3>
      <div class="stack">
        <InstantField
          path="opensAt"
          label={words.opensAt}
          hint={words.opensAtHint}
          value={draft.opensAt}
          onChange={(opensAt) => change({ opensAt })}
        />
        <div class="field-grid">
          <DurationField
            path="announceSeconds"
            label={words.announce}
            hint={words.announceHint}
            value={draft.announce}
            onChange={(announce) => change({ announce })}
          />
          {draft.way !== 'rain' && (
            <DurationField
              path="expiresInSeconds"
              label={words.expires}
              hint={words.expiresHint}
              value={draft.expires}
              onChange={(expires) => change({ expires })}
            />
          )}
        </div>
      </div>
    </section>
  );
}

function Sections(props: SectionsProps) {
  const { draft, change, choices, currency } = props;
  const words = useWords().drop;
  return (
    <div class="drop-sections">
      <When {...props} />
      <section class="form-section">
        <h3>{words.packet}</h3>
        <PacketFields
          autofocus
          path="packet"
          packet={draft.packet}
          currency={currency}
          change={(packet) => change({ packet })}
        />
        <TextField
          path="greeting"
          label={words.greeting}
          hint={words.greetingHint}
          value={draft.greeting}
          onChange={(greeting) => change({ greeting })}
        />
      </section>
      <section class="form-section">
        <h3>{words.way}</h3>
        <WayFields draft={draft} change={change} currency={currency} />
      </section>
      <section class="form-section">
        <h3>{words.who}</h3>
        <AudienceFields
          draft={draft}
          choices={choices}
          setAudience={(part) => change({ audience: { ...draft.audience, ...part } })}
        />
      </section>
      <section class="form-section">
        <h3>{words.gates.heading}</h3>
        <GatesFields draft={draft} change={change} choices={choices} />
      </section>
      <section class="form-section">
        <h3>{words.tiers.heading}</h3>
        <TiersFields {...props} />
      </section>
    </div>
  );
}

interface DropFormProps {
  campaign: CampaignView;
  /** The drop that is edited; absent: a new one. */
  drop?: DropView;
  initial: DropDraft;
  /** Why nothing can change; null: it can. */
  lock: string | null;
  choices: DropChoices;
  urlOf: (coverId: string) => string | undefined;
  onSaved: () => Promise<void>;
  onClose: () => void;
  /** Asks whether to delete it. */
  onRemove?: () => void;
}

function Discard({ keep, discard }: { keep: () => void; discard: () => void }) {
  const words = useWords().drop;
  return (
    <Modal
      title={words.unsavedHeading}
      onClose={keep}
      foot={
        <>
          <button type="button" class="button button-soft" data-autofocus onClick={keep}>
            {words.keep}
          </button>
          <button type="button" class="button button-danger" data-testid="discard-drop" onClick={discard}>
            {words.discard}
          </button>
        </>
      }
    >
      <p>{words.unsavedText}</p>
    </Modal>
  );
}

function useDropForm({ campaign, drop, initial, lock, onSaved, onClose }: DropFormProps) {
  const words = useWords();
  const { money, instant } = useFigures();
  const [draft, setDraft] = useState(initial);
  const action = useAction();
  const { currency, campaignId } = campaign;
  const plannedBefore = drop ? [drop, ...drop.tiers].reduce((sum, { packet }) => sum + packet.amount, 0) : 0;
  const problems = checkDrop(draft, {
    ...{ say: words.problems, currency, campaign, plannedBefore, instant, now: Date.now() },
    money: (minor) => money(minor, currency),
  });
  const form = useForm(problems, () => lock);
  const change = (part: Partial<DropDraft>) => {
    setDraft((before) => ({ ...before, ...part }));
    form.touched();
  };
  const submit = async () => {
    if (!form.check()) return;
    const request = toDropRequest(draft, currency);
    const done = await action.run(
      async () => {
        await (drop
          ? consoleApi.editDrop(campaignId, drop.dropId, request)
          : consoleApi.createDrop(campaignId, request));
        await onSaved();
      },
      (failure) => form.refuse(failure, FIELD_OF_CODE),
    );
    if (done) onClose();
  };
  const changed = JSON.stringify(draft) !== JSON.stringify(initial);
  const planned = campaign.planned - plannedBefore + amountOf(draft, currency);
  return { draft, change, form, action, submit, changed, planned };
}

/** A drop in all its parts, with the packet as a phone will show it beside. */
export function DropForm(props: DropFormProps) {
  const { campaign, drop, lock, choices, urlOf, onClose, onRemove } = props;
  const words = useWords();
  const { draft, change, form, action, submit, changed, planned } = useDropForm(props);
  const [asking, setAsking] = useState(false);
  const { currency, budget, brand, greeting, coverUrl } = campaign;
  const submitText = drop ? words.drop.save : words.drop.add;
  return (
    <Modal
      wide
      title={drop ? words.drop.editHeading : words.drop.newHeading}
      onClose={() => (changed && lock === null ? setAsking(true) : onClose())}
      testId="drop-form"
      foot={
        <>
          <BudgetBar budget={budget} planned={planned} currency={currency} />
          {drop && lock === null && (
            <button
              type="button"
              class="button button-soft"
              data-testid="remove-this-drop"
              onClick={onRemove}
            >
              {words.remove}
            </button>
          )}
          {lock === null && (
            <button
              type="submit"
              form="drop-form"
              class="button button-red"
              disabled={action.working}
              data-testid="save-drop"
            >
              {action.working ? words.saving : submitText}
            </button>
          )}
        </>
      }
    >
      <div class="drop-columns">
        <FormScope form={form}>
          <form
            id="drop-form"
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              void submit();
            }}
          >
            {lock !== null && <p class="note">{lock}</p>}
            <fieldset disabled={lock !== null} class="bare">
              <Sections draft={draft} change={change} choices={choices} currency={currency} />
            </fieldset>
            {action.failure && <FailureNote failure={action.failure} leftOver={form.leftOver} />}
          </form>
        </FormScope>
        <PhonePreview brand={brand} greeting={greeting} coverUrl={coverUrl} drop={draft} urlOf={urlOf} />
      </div>
      {asking && <Discard keep={() => setAsking(false)} discard={onClose} />}
    </Modal>
  );
}
