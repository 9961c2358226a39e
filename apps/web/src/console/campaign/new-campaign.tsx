import { useEffect, useState } from 'preact/hooks';
import type { TenantView } from '@app/contracts';
import { consoleApi } from '../net/console-api.js';
import {
  checkDetails,
  DETAIL_OF_CODE,
  newDetails,
  toCreate,
  type DetailsDraft,
} from '../plan/details-draft.js';
import { DetailsFields } from '../plan/details-fields.js';
import { PhonePreview } from '../plan/phone-preview.js';
import { campaignPath, goTo, holdBack, tenantPath } from '../routes.js';
import { useAction } from '../state/use-action.js';
import { useLoad } from '../state/use-load.js';
import { FormScope, useForm } from '../ui/form.js';
import { Link } from '../ui/link.js';
import { FailureNote } from '../ui/notes.js';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';

function useNewCampaign({ tenantId, name }: TenantView) {
  const words = useWords();
  const { money, instant } = useFigures();
  const [draft, setDraft] = useState<DetailsDraft>(() => newDetails(Date.now(), name));
  const [changed, setChanged] = useState(false);
  const action = useAction();
  const problems = checkDetails(draft, {
    ...{ say: words.problems, currency: draft.currency, now: Date.now(), planned: 0, instant },
    money: (minor) => money(minor, draft.currency),
  });
  const form = useForm(problems);
  useEffect(() => holdBack(changed), [changed]);
  const change = (part: Partial<DetailsDraft>) => {
    setDraft({ ...draft, ...part });
    setChanged(true);
    form.touched();
  };
  const submit = async () => {
    if (!form.check()) return;
    await action.run(
      async () => {
        const { campaignId } = await consoleApi.createCampaign(toCreate(draft, tenantId));
        holdBack(false);
        goTo(campaignPath(campaignId, 'edit'), { replace: true });
      },
      (failure) => form.refuse(failure, DETAIL_OF_CODE),
    );
  };
  return { draft, change, form, action, submit };
}

/** The first form of a campaign; once it is a draft, drops are planned on its own page. */
export function NewCampaign({ tenant }: { tenant: TenantView }) {
  const words = useWords();
  const { tenantId } = tenant;
  const covers = useLoad(`covers ${tenantId}`, () => consoleApi.covers(tenantId));
  const { draft, change, form, action, submit } = useNewCampaign(tenant);
  const urlOf = (coverId: string) => covers.data?.find((cover) => cover.coverId === coverId)?.url;
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{words.plan.newHeading}</h1>
          <p class="hint">{words.plan.newHint}</p>
        </div>
      </header>
      <div class="with-preview">
        <FormScope form={form}>
          <form
            class="card stack"
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              void submit();
            }}
          >
            <DetailsFields draft={draft} change={change} covers={covers.data ?? []} tenantId={tenantId} />
            {action.failure && <FailureNote failure={action.failure} leftOver={form.leftOver} />}
            <div class="buttons">
              <button
                type="submit"
                class="button button-red"
                disabled={action.working}
                data-testid="create-campaign"
              >
                {action.working ? words.plan.creating : words.plan.create}
              </button>
              <Link to={tenantPath(tenantId)} class="button button-soft">
                {words.cancel}
              </Link>
            </div>
          </form>
        </FormScope>
        <PhonePreview
          brand={draft.brand || tenant.name}
          greeting={draft.greeting}
          coverUrl={urlOf(draft.coverId)}
          drop={null}
          urlOf={urlOf}
        />
      </div>
    </>
  );
}
