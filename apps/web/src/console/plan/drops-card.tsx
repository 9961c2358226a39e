import { useState } from 'preact/hooks';
import type { CampaignView, DropView } from '@app/contracts';
import { remember, remembered } from '../../state/storage.js';
import { PlusIcon } from '../../ui/icons.js';
import { consoleApi } from '../net/console-api.js';
import { useAction } from '../state/use-action.js';
import { Choice } from '../ui/choice.js';
import { Confirm } from '../ui/confirm.js';
import { FailureNote } from '../ui/notes.js';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';
import type { DropChoices } from './audience-fields.js';
import { Calendar } from './calendar.js';
import { requestOfDrop } from './drop-check.js';
import { dropDraftOf, newDrop, type DropDraft } from './drop-draft.js';
import { DropForm } from './drop-form.js';
import { DropList } from './drop-list.js';
import { toLocal } from './instants.js';
import { LIMITS } from './limits.js';

const VIEWS = ['day', 'week', 'list'] as const;
type View = (typeof VIEWS)[number];
const VIEW_KEY = 'console.drops';
const HALF_HOUR_MS = 1_800_000;
const FIVE_MINUTES_MS = 300_000;

interface DropsCardProps {
  campaign: CampaignView;
  drops: DropView[];
  mayAct: boolean;
  reload: () => Promise<void>;
  choices: DropChoices;
  urlOf: (coverId: string) => string | undefined;
}

/** Half an hour after the last one, within the campaign, and not in the past. */
function nextOpening({ startsAt, endsAt }: CampaignView, drops: DropView[]): number {
  const last = Math.max(...drops.map(({ opensAt }) => Date.parse(opensAt)));
  const wanted = drops.length > 0 ? last + HALF_HOUR_MS : Date.parse(startsAt);
  const soon = Math.ceil((Date.now() + 60_000) / FIVE_MINUTES_MS) * FIVE_MINUTES_MS;
  const at = Math.max(wanted, Math.max(soon, Date.parse(startsAt)));
  return at < Date.parse(endsAt)
    ? at
    : Math.max(Date.parse(startsAt), Math.min(soon, Date.parse(endsAt) - 60_000));
}

interface Opened {
  draft: DropDraft;
  drop?: DropView;
}

function useDrops({ campaign, drops, mayAct, reload }: DropsCardProps) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const [removing, setRemoving] = useState<DropView | null>(null);
  const moving = useAction();
  const { currency, campaignId } = campaign;
  const isOver = campaign.state === 'ended' || campaign.state === 'cancelled';
  const mayEdit = mayAct && !isOver && !campaign.rehearsalOf;
  const isMovable = (drop: DropView) => mayEdit && drop.state === 'planned' && !drop.packetId;
  return {
    ...{ opened, setOpened, removing, setRemoving, moving, mayEdit, isMovable },
    add: (at?: number) => setOpened({ draft: newDrop(at ?? nextOpening(campaign, drops)) }),
    open: (drop: DropView) => setOpened({ draft: dropDraftOf(drop, currency), drop }),
    copy: (drop: DropView) =>
      setOpened({
        draft: { ...dropDraftOf(drop, currency), opensAt: toLocal(nextOpening(campaign, drops)) },
      }),
    remove: async ({ dropId }: DropView) => {
      await consoleApi.deleteDrop(campaignId, dropId);
      await reload();
    },
    move: async (drop: DropView, at: number) => {
      await moving.run(async () => {
        await consoleApi.editDrop(campaignId, drop.dropId, requestOfDrop(drop, new Date(at).toISOString()));
      });
      await reload();
    },
  };
}

function DropDialogs(props: DropsCardProps & { state: ReturnType<typeof useDrops> }) {
  const { campaign, choices, urlOf, reload, state } = props;
  const words = useWords();
  const { instant } = useFigures();
  const { opened, setOpened, removing, setRemoving, mayEdit, isMovable } = state;
  const isFixed = !mayEdit || (opened?.drop !== undefined && !isMovable(opened.drop));
  const close = () => setOpened(null);
  return (
    <>
      {opened && (
        <DropForm
          {...{ campaign, choices, urlOf }}
          {...(opened.drop ? { drop: opened.drop } : {})}
          initial={opened.draft}
          lock={isFixed ? words.drop.fixed : null}
          onSaved={reload}
          onClose={close}
          onRemove={() => {
            setRemoving(opened.drop ?? null);
            close();
          }}
        />
      )}
      {removing && (
        <Confirm
          title={words.calendar.removeHeading}
          submit={words.remove}
          act={() => state.remove(removing)}
          onClose={() => setRemoving(null)}
        >
          {words.calendar.removeText(instant(removing.opensAt))}
        </Confirm>
      )}
    </>
  );
}

/** The drops of a campaign: in the calendar or as a list, to add, move, change and delete. */
export function DropsCard(props: DropsCardProps) {
  const { campaign, drops, choices } = props;
  const words = useWords();
  const [view, setView] = useState<View>(() => remembered<View>(VIEW_KEY) ?? 'day');
  const state = useDrops(props);
  const { mayEdit, isMovable, moving } = state;
  const choose = (next: View) => {
    remember(VIEW_KEY, next);
    setView(next);
  };
  const listName = (id: string) => choices.lists.find(({ audienceId }) => audienceId === id)?.name;
  const calls = { onOpen: state.open, isMovable, mayEdit };
  return (
    <section class="card drops-card">
      <header class="card-head">
        <h2>{words.calendar.heading}</h2>
        <Choice
          compact
          legend={words.calendar.view}
          name="drops-view"
          value={VIEWS.includes(view) ? view : 'day'}
          options={VIEWS.map((value) => ({ value, text: words.calendar[value] }))}
          onChange={choose}
        />
        {mayEdit && drops.length < LIMITS.drops && (
          <button type="button" class="button button-red" data-testid="add-drop" onClick={() => state.add()}>
            <PlusIcon /> {words.calendar.add}
          </button>
        )}
      </header>
      {moving.failure && <FailureNote failure={moving.failure} leftOver={moving.failure.issues} />}
      {drops.length === 0 && mayEdit && <p class="note">{words.calendar.noneHint}</p>}
      {view !== 'list' && (
        <Calendar {...{ campaign, drops, view, ...calls }} onAdd={state.add} onMove={state.move} />
      )}
      {view === 'list' && drops.length === 0 && <p class="hint">{words.calendar.none}</p>}
      {view === 'list' && drops.length > 0 && (
        <DropList
          {...{ campaign, drops, listName, ...calls }}
          onCopy={state.copy}
          onRemove={state.setRemoving}
        />
      )}
      <DropDialogs {...props} state={state} />
    </section>
  );
}
