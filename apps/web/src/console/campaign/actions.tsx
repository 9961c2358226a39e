import { useState } from 'preact/hooks';
import type { CampaignView, DropView } from '@app/contracts';
import { announce } from '../../state/ui.js';
import { consoleApi } from '../net/console-api.js';
import { campaignPath, goTo, tenantPath } from '../routes.js';
import { useAction } from '../state/use-action.js';
import { Confirm } from '../ui/confirm.js';
import { PauseIcon, PlayIcon } from '../ui/icons.js';
import { FailureNote } from '../ui/notes.js';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';
import { Rehearse } from './rehearse.js';
import { Schedule } from './schedule.js';

export interface ActionsProps {
  campaign: CampaignView;
  drops: DropView[];
  reload: () => Promise<void>;
}

/** The one button that matters while it runs: large, and at hand on a phone too. */
function PauseOrResume({ campaign, reload }: ActionsProps) {
  const words = useWords().actions;
  const action = useAction();
  const running = campaign.state === 'running';
  const act = () =>
    void action.run(async () => {
      await consoleApi.act(campaign.campaignId, running ? 'pause' : 'resume');
      announce(running ? words.paused : words.resumed);
      await reload();
    });
  const working = running ? words.pausing : words.resuming;
  const still = running ? words.pause : words.resume;
  return (
    <div class="pause-bar">
      <button
        type="button"
        class={`button button-large ${running ? 'button-red' : 'button-gold'}`}
        disabled={action.working}
        data-testid={running ? 'pause' : 'resume'}
        onClick={act}
      >
        {action.working ? (
          <span class="spinner" aria-hidden="true" />
        ) : running ? (
          <PauseIcon />
        ) : (
          <PlayIcon />
        )}
        {action.working ? working : still}
      </button>
      {action.failure && <FailureNote failure={action.failure} retry={act} />}
    </div>
  );
}

function Cancel({ campaign, reload, onClose }: ActionsProps & { onClose: () => void }) {
  const words = useWords().actions;
  const { money } = useFigures();
  const { campaignId, name, currency, budget, spent, refunded } = campaign;
  return (
    <Confirm
      title={words.cancelHeading}
      submit={words.cancelSubmit}
      working={words.cancelling}
      keep={words.cancelKeep}
      typed={{ label: words.cancelType(name), expected: name }}
      act={async () => {
        await consoleApi.act(campaignId, 'cancel');
        announce(words.cancelled);
        await reload();
      }}
      onClose={onClose}
    >
      {words.cancelText(money(Math.max(0, budget - spent - refunded), currency))}
    </Confirm>
  );
}

function Delete({ campaign, onClose }: { campaign: CampaignView; onClose: () => void }) {
  const words = useWords();
  return (
    <Confirm
      title={words.plan.removeHeading}
      submit={words.plan.remove}
      act={async () => {
        await consoleApi.deleteCampaign(campaign.campaignId);
        goTo(tenantPath(campaign.tenantId));
      }}
      onClose={onClose}
    >
      {words.plan.removeText(campaign.drops)}
    </Confirm>
  );
}

/** What was rehearsed stays as a record: it is cancelled where another draft is deleted. */
function GiveUp({ campaign, reload, onClose }: ActionsProps & { onClose: () => void }) {
  const words = useWords().actions;
  return (
    <Confirm
      title={words.dropItHeading}
      submit={words.dropIt}
      act={async () => {
        await consoleApi.act(campaign.campaignId, 'cancel');
        await reload();
      }}
      onClose={onClose}
    >
      {words.dropItText}
    </Confirm>
  );
}

type Asked = 'schedule' | 'rehearse' | 'cancel' | 'delete' | null;

function DraftActions({ rehearsed, ask }: { rehearsed: boolean; ask: (asked: Asked) => void }) {
  const words = useWords();
  return (
    <>
      <button type="button" class="link-button" data-testid="delete" onClick={() => ask('delete')}>
        {rehearsed ? words.actions.dropIt : words.plan.remove}
      </button>
      <button type="button" class="button button-gold" data-testid="rehearse" onClick={() => ask('rehearse')}>
        {words.actions.rehearse}
      </button>
      <button type="button" class="button button-red" data-testid="schedule" onClick={() => ask('schedule')}>
        {words.actions.schedule}
      </button>
    </>
  );
}

/** What can be done to a campaign in its state. */
export function Actions(props: ActionsProps) {
  const { campaign } = props;
  const words = useWords();
  const [asked, ask] = useState<Asked>(null);
  const close = () => ask(null);
  const { state, rehearsalOf, rehearsalId } = campaign;
  const underWay = state === 'running' || state === 'paused';
  return (
    <div class="actions">
      {state === 'draft' && <DraftActions rehearsed={rehearsalId !== undefined} ask={ask} />}
      {(state === 'scheduled' || underWay) && (
        <button
          type="button"
          class="link-button link-danger"
          data-testid="cancel"
          onClick={() => ask('cancel')}
        >
          {words.actions.cancel}
        </button>
      )}
      {(state === 'scheduled' || underWay) && !rehearsalOf && (
        <button
          type="button"
          class="button button-soft"
          data-testid="rehearse"
          onClick={() => ask('rehearse')}
        >
          {words.actions.rehearse}
        </button>
      )}
      {underWay && <PauseOrResume {...props} />}
      {asked === 'schedule' && <Schedule {...props} onClose={close} />}
      {asked === 'rehearse' && (
        <Rehearse campaign={campaign} onClose={close} onStarted={(id) => goTo(campaignPath(id, 'live'))} />
      )}
      {asked === 'cancel' && <Cancel {...props} onClose={close} />}
      {asked === 'delete' && !rehearsalId && <Delete campaign={campaign} onClose={close} />}
      {asked === 'delete' && rehearsalId && <GiveUp {...props} onClose={close} />}
    </div>
  );
}
