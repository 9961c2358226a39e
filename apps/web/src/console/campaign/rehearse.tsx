import type { CampaignView } from '@app/contracts';
import { consoleApi } from '../net/console-api.js';
import { campaignPath, isUnsaved } from '../routes.js';
import { useAction } from '../state/use-action.js';
import { Link } from '../ui/link.js';
import { Modal } from '../ui/modal.js';
import { FailureNote } from '../ui/notes.js';
import { useWords } from '../words/index.js';

interface RehearseProps {
  campaign: CampaignView;
  onStarted: (rehearsalId: string) => void;
  onClose: () => void;
}

export function Rehearse({ campaign, onStarted, onClose }: RehearseProps) {
  const words = useWords();
  const action = useAction();
  const missing = campaign.drops === 0 ? words.actions.noDrops : null;
  const blocked = isUnsaved() ? words.actions.unsaved : missing;
  // The only other state that refuses it shows no button for it.
  const isRunning = action.failure?.code === 'wrong_state' && campaign.rehearsalId !== undefined;
  const start = async () => {
    let started: string | undefined;
    const done = await action.run(async () => {
      started = (await consoleApi.act(campaign.campaignId, 'rehearse')).rehearsalId;
    });
    if (!done) return;
    onClose();
    if (started) onStarted(started);
  };
  return (
    <Modal
      title={words.actions.rehearseHeading}
      onClose={onClose}
      testId="rehearse-dialog"
      foot={
        <>
          <button type="button" class="button button-soft" onClick={onClose}>
            {words.cancel}
          </button>
          <button
            type="button"
            class="button button-gold"
            data-autofocus
            disabled={action.working || blocked !== null}
            data-testid="rehearse-submit"
            onClick={() => void start()}
          >
            {action.working ? words.actions.rehearsing : words.actions.rehearseSubmit}
          </button>
        </>
      }
    >
      <div class="stack">
        <p>{words.actions.rehearseText}</p>
        {blocked && <p class="field-problem">{blocked}</p>}
        {isRunning && (
          <p class="note note-rehearsal" role="alert">
            <span>{words.actions.rehearsalRuns}</span>
            <Link to={campaignPath(campaign.rehearsalId!, 'live')} class="link-button">
              {words.campaign.lastRehearsal}
            </Link>
          </p>
        )}
        {action.failure && !isRunning && (
          <FailureNote failure={action.failure} leftOver={action.failure.issues} />
        )}
      </div>
    </Modal>
  );
}
