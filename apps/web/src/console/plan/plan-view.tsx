import { useState } from 'preact/hooks';
import type { CampaignView, DropView } from '@app/contracts';
import { consoleApi } from '../net/console-api.js';
import { useLoad } from '../state/use-load.js';
import { BudgetBar } from '../ui/marks.js';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';
import type { DropChoices } from './audience-fields.js';
import { detailsOf, type DetailsDraft } from './details-draft.js';
import { DetailsForm } from './details-form.js';
import { dropDraftOf } from './drop-draft.js';
import { DropsCard } from './drops-card.js';
import { PhonePreview } from './phone-preview.js';

interface PlanViewProps {
  campaign: CampaignView;
  drops: DropView[];
  mayAct: boolean;
  reload: () => Promise<void>;
}

function useChoices(tenantId: string, mayAct: boolean) {
  const words = useWords();
  const { instant } = useFigures();
  const covers = useLoad(`covers ${tenantId}`, () => consoleApi.covers(tenantId));
  const lists = useLoad(`lists ${tenantId}`, () => consoleApi.audiences(tenantId));
  const rooms = useLoad(mayAct ? 'rooms' : null, () => consoleApi.rooms());
  const choices: DropChoices = {
    tenantId,
    lists: lists.data ?? [],
    rooms: rooms.data ?? [],
    covers: (covers.data ?? []).map(({ coverId, createdAt }) => ({
      value: coverId,
      text: words.covers.alt(instant(createdAt)),
    })),
    reloadLists: lists.reload,
  };
  const urlOf = (coverId: string) => covers.data?.find((cover) => cover.coverId === coverId)?.url;
  return { choices, covers: covers.data ?? [], urlOf };
}

/** The next one to open, else the first. */
function dropToShow(drops: DropView[]): DropView | undefined {
  return drops.find(({ opensAt }) => Date.parse(opensAt) > Date.now()) ?? drops[0];
}

/** Everything about a campaign that is planned: its fields, its drops, its budget, and how it will look. */
export function PlanView({ campaign, drops, mayAct, reload }: PlanViewProps) {
  const { choices, covers, urlOf } = useChoices(campaign.tenantId, mayAct);
  const [edited, setEdited] = useState<DetailsDraft | null>(null);
  const details = edited ?? detailsOf(campaign);
  const shown = dropToShow(drops);
  const { budget, planned, spent, currency } = campaign;
  return (
    <div class="plan">
      <div class="plan-drops stack">
        <section class="card">
          <BudgetBar budget={budget} planned={planned} spent={spent} currency={currency} />
        </section>
        <DropsCard {...{ campaign, drops, mayAct, reload, choices, urlOf }} />
      </div>
      <div class="plan-details">
        <DetailsForm
          {...{ campaign, drops, covers, mayAct }}
          draft={details}
          setDraft={setEdited}
          onSaved={async () => {
            await reload();
            setEdited(null);
          }}
        />
      </div>
      <div class="plan-preview">
        <PhonePreview
          brand={details.brand || campaign.brand}
          greeting={details.greeting}
          coverUrl={details.coverId ? (urlOf(details.coverId) ?? campaign.coverUrl) : undefined}
          drop={shown ? dropDraftOf(shown, currency) : null}
          urlOf={urlOf}
        />
      </div>
    </div>
  );
}
