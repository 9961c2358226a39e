import type { CampaignView, DropView } from '@app/contracts';
import { announce } from '../../state/ui.js';
import { consoleApi } from '../net/console-api.js';
import { isUnsaved } from '../routes.js';
import { useAction } from '../state/use-action.js';
import { useLoad } from '../state/use-load.js';
import { Modal } from '../ui/modal.js';
import { Await, FailureNote } from '../ui/notes.js';
import { TopUp } from '../ui/top-up.js';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';
import type { ActionsProps } from './actions.js';

/** As the server's: a drop may be so late when its campaign is scheduled. */
const LATE_MS_MAX = 60_000;

/** What keeps a draft from being scheduled, in words; null: nothing. */
function useBlocked(drops: DropView[]): string | null {
  const words = useWords().actions;
  if (isUnsaved()) return words.unsaved;
  if (drops.length === 0) return words.noDrops;
  const late = drops.filter(({ opensAt }) => Date.parse(opensAt) < Date.now() - LATE_MS_MAX).length;
  return late > 0 ? words.lateDrops(late) : null;
}

/** What moves from where to where, before it does. */
function MoneyMove({ campaign, available }: { campaign: CampaignView; available: number }) {
  const words = useWords().actions;
  const { money } = useFigures();
  const { budget, currency } = campaign;
  const left = available - budget;
  return (
    <dl class="money-move" data-testid="money-move">
      <div>
        <dt>{words.account}</dt>
        <dd>{money(available, currency)}</dd>
      </div>
      <div class="is-moving">
        <dt>{words.moves}</dt>
        <dd>−{money(budget, currency)}</dd>
      </div>
      <div class={left < 0 ? 'is-short' : undefined}>
        <dt>{words.afterwards}</dt>
        <dd>{left < 0 ? `−${money(-left, currency)}` : money(left, currency)}</dd>
      </div>
    </dl>
  );
}

function Facts({ campaign, drops }: { campaign: CampaignView; drops: DropView[] }) {
  const words = useWords();
  const { money, instant, percent } = useFigures();
  const { planned, budget, currency } = campaign;
  const first = drops[0];
  return (
    <dl class="facts">
      {first && (
        <div>
          <dt>{words.actions.firstDrop}</dt>
          <dd>{instant(first.opensAt)}</dd>
        </div>
      )}
      <div>
        <dt>{words.actions.planned}</dt>
        <dd>
          {money(planned, currency)} ({percent(budget > 0 ? planned / budget : 0)})
        </dd>
      </div>
    </dl>
  );
}

/** Says what will be moved from where, leads to a top-up when that is too little, and schedules. */
export function Schedule({ campaign, drops, reload, onClose }: ActionsProps & { onClose: () => void }) {
  const words = useWords();
  const { money } = useFigures();
  const { campaignId, tenantId, currency, budget } = campaign;
  const balance = useLoad(`balance ${tenantId}`, () => consoleApi.balance(tenantId));
  const action = useAction();
  const blocked = useBlocked(drops);
  const available = balance.data?.balances.find((one) => one.currency === currency)?.available ?? 0;
  const missing = balance.data ? Math.max(0, budget - available) : 0;
  const schedule = async () => {
    const done = await action.run(
      async () => {
        const { state } = await consoleApi.act(campaignId, 'schedule');
        announce(words.states[state]);
        await reload();
      },
      ({ code }) => void (code === 'insufficient_funds' && balance.reload()),
    );
    if (done) onClose();
  };
  return (
    <Modal
      title={words.actions.scheduleHeading}
      onClose={onClose}
      testId="schedule-dialog"
      foot={
        <>
          <button type="button" class="button button-soft" onClick={onClose}>
            {words.cancel}
          </button>
          <button
            type="button"
            class="button button-red"
            disabled={action.working || blocked !== null || missing > 0 || !balance.data}
            data-testid="schedule-submit"
            onClick={() => void schedule()}
          >
            {action.working
              ? words.actions.scheduling
              : words.actions.scheduleSubmit(money(budget, currency))}
          </button>
        </>
      }
    >
      <div class="stack">
        <p>{words.actions.scheduleText}</p>
        <Facts campaign={campaign} drops={drops} />
        <Await of={balance}>{() => <MoneyMove campaign={campaign} available={available} />}</Await>
        {missing > 0 && (
          <div class="sub stack">
            <p class="field-problem" role="alert" data-testid="missing">
              {words.actions.missing(money(missing, currency))}
            </p>
            <TopUp
              key={missing}
              tenantId={tenantId}
              currency={currency}
              suggested={missing}
              onDone={() => void balance.reload()}
            />
          </div>
        )}
        {blocked && <p class="field-problem">{blocked}</p>}
        {action.failure && <FailureNote failure={action.failure} leftOver={action.failure.issues} />}
        <p class="hint">{words.actions.fixedAfter}</p>
      </div>
    </Modal>
  );
}
