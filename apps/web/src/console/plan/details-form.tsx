import { useEffect, useState } from 'preact/hooks';
import type { CampaignView, CoverView, DropView } from '@app/contracts';
import { announce } from '../../state/ui.js';
import { consoleApi } from '../net/console-api.js';
import { holdBack } from '../routes.js';
import { useAction } from '../state/use-action.js';
import { FormScope, useForm } from '../ui/form.js';
import { FailureNote } from '../ui/notes.js';
import { useFigures } from '../use-figures.js';
import { useWords, type Words } from '../words/index.js';
import {
  checkDetails,
  DETAIL_OF_CODE,
  detailsOf,
  isLocked,
  toEdit,
  type DetailsDraft,
} from './details-draft.js';
import { DetailsFields } from './details-fields.js';

interface DetailsFormProps {
  campaign: CampaignView;
  drops: DropView[];
  covers: CoverView[];
  mayAct: boolean;
  draft: DetailsDraft;
  /** Null: as the campaign stands. */
  setDraft: (draft: DetailsDraft | null) => void;
  onSaved: () => Promise<void>;
}

function lockOf(path: string, campaign: CampaignView, mayAct: boolean, words: Words): string | null {
  if (!mayAct) return words.roles.viewer;
  if (!isLocked(path, campaign)) return null;
  if (campaign.rehearsalOf) return words.plan.lockedRehearsal;
  if (campaign.state === 'ended' || campaign.state === 'cancelled') return words.plan.lockedOver;
  return path === 'currency' ? words.plan.lockedCurrency : words.plan.locked;
}

export function sameDetails(a: DetailsDraft, b: DetailsDraft): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function useDetailsForm({ campaign, drops, mayAct, draft, onSaved }: DetailsFormProps) {
  const words = useWords();
  const { money, instant } = useFigures();
  const action = useAction();
  const [saved, setSaved] = useState(false);
  const changed = !sameDetails(draft, detailsOf(campaign));
  const problems = checkDetails(draft, {
    ...{ say: words.problems, currency: draft.currency, now: Date.now(), planned: campaign.planned, instant },
    ...{ before: campaign, openings: drops.map(({ opensAt }) => Date.parse(opensAt)) },
    money: (minor) => money(minor, draft.currency),
  });
  const form = useForm(problems, (path) => lockOf(path, campaign, mayAct, words));
  useEffect(() => {
    holdBack(changed && mayAct);
    if (changed) setSaved(false);
  }, [changed, mayAct]);
  const submit = async () => {
    if (!form.check()) return;
    const done = await action.run(
      async () => {
        await consoleApi.editCampaign(campaign.campaignId, toEdit(draft, campaign));
        await onSaved();
      },
      (failure) => form.refuse(failure, DETAIL_OF_CODE),
    );
    if (!done) return;
    setSaved(true);
    announce(words.saved);
  };
  return { form, action, changed, saved, submit };
}

interface SaveBarProps {
  changed: boolean;
  working: boolean;
  discard: () => void;
}

/** There while something is not saved, and a moment after. */
function SaveBar({ changed, working, discard }: SaveBarProps) {
  const words = useWords();
  return (
    <div class="save-bar">
      <span class="hint" role="status">
        {changed ? words.plan.unsaved : words.saved}
      </span>
      {changed && (
        <>
          <button type="button" class="button button-soft" onClick={discard}>
            {words.plan.discard}
          </button>
          <button type="submit" class="button button-red" disabled={working} data-testid="save-details">
            {working ? words.saving : words.plan.saveDetails}
          </button>
        </>
      )}
    </div>
  );
}

/** A campaign's fields as they stand, to be changed as far as its state allows. */
export function DetailsForm(props: DetailsFormProps) {
  const { campaign, covers, mayAct, draft, setDraft } = props;
  const words = useWords();
  const { form, action, changed, saved, submit } = useDetailsForm(props);
  const isFixed =
    campaign.state === 'scheduled' || campaign.state === 'running' || campaign.state === 'paused';
  const discard = () => {
    setDraft(null);
    form.reset();
    action.clear();
  };
  return (
    <FormScope form={form}>
      <form
        class="card stack details-form"
        noValidate
        data-testid="details-form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h2>{words.plan.details}</h2>
        {isFixed && !campaign.rehearsalOf && <p class="note">{words.plan.lockedNote}</p>}
        <DetailsFields
          draft={draft}
          covers={covers}
          tenantId={campaign.tenantId}
          change={(part) => {
            setDraft({ ...draft, ...part });
            form.touched();
          }}
        />
        {action.failure && <FailureNote failure={action.failure} leftOver={form.leftOver} />}
        {mayAct && (changed || saved) && (
          <SaveBar changed={changed} working={action.working} discard={discard} />
        )}
      </form>
    </FormScope>
  );
}
