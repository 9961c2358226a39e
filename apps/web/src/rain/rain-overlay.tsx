import { useEffect } from 'preact/hooks';
import { clockText } from '../drops/countdown.js';
import { leaveRain } from '../drops/seen.js';
import { GateForm } from '../gates/gate-form.js';
import { useDropText } from '../i18n/drops.js';
import { useText } from '../i18n/index.js';
import { useFormat } from '../i18n/use-format.js';
import { useStore } from '../state/store.js';
import { closeDialog, serverNow, uiStore } from '../state/ui.js';
import { prefersStill } from '../ui/count-up.js';
import { CloseIcon } from '../ui/icons.js';
import { Dialog } from '../ui/sheet.js';
import type { Catch } from './lanes.js';
import { RainButtons } from './rain-buttons.js';
import { RainCanvas } from './rain-canvas.js';
import { BeforePanel, RoundPanel, SummaryPanel } from './rain-panels.js';
import { useRain, type Rain } from './use-rain.js';
import './rain.css';

function latestWords(
  latest: Catch | null,
  rain: ReturnType<typeof useDropText>['rain'],
  money: (amount: number) => string,
): string {
  if (!latest || latest.kind === 'gates') return '';
  if (latest.kind === 'won') return rain.won(money(latest.amount));
  if (latest.kind === 'miss') return rain.miss;
  const { stopped } = rain;
  return stopped[latest.reason as keyof typeof stopped] ?? rain.miss;
}

function Hud({ rain }: { rain: Rain }) {
  const t = useDropText().rain;
  const { money } = useFormat();
  const { round, catches, drop, now, latest } = rain;
  const away = useStore(uiStore, ({ link }) => link === 'lost' || link === 'gone');
  if (!round || !catches) return null;
  const leftMs = Math.max(0, round.endsAt - now);
  const { currency } = drop.first;
  const words = latestWords(latest, t, (amount) => money(amount, currency));
  return (
    <div class="rain-hud">
      <div class="rain-line">
        <span>{t.caught(catches.caught, round.catchesPerRound)}</span>
        <span class="rain-left">{clockText(leftMs)}</span>
        <b data-testid="rain-sum" data-amount={catches.amount}>
          {money(catches.amount, currency)}
        </b>
      </div>
      <div class="rain-time" aria-hidden="true">
        {/* One animation for the whole round, run by the compositor: no frame of ours is spent on it. */}
        <i
          key={round.round}
          style={{
            animationDuration: `${round.endsAt - round.opensAt}ms`,
            animationDelay: `${leftMs - (round.endsAt - round.opensAt)}ms`,
          }}
        />
      </div>
      <p class="rain-latest" role="status" data-testid="rain-latest" data-kind={latest?.kind}>
        {away ? t.offline : words}
      </p>
    </div>
  );
}

/** What stands in front of the falling envelopes; null while there is something to catch. */
function Panel({ rain }: { rain: Rain }) {
  const { drop, stage, now, round, catches, standings } = rain;
  switch (stage.stage) {
    case 'over':
      return <SummaryPanel drop={drop} standings={standings} />;
    case 'before':
      return <BeforePanel drop={drop} opensAt={stage.next.opensAt} now={now} />;
    case 'running': {
      if (!catches?.done) return null;
      const endsInSeconds = Math.ceil((stage.round.endsAt - now) / 1_000);
      const next = drop.rounds.find(({ opensAt }) => opensAt >= stage.round.endsAt);
      const nextAt = next?.opensAt ?? null;
      return <RoundPanel {...{ catches, endsInSeconds, nextAt, now }} currency={drop.first.currency} />;
    }
    case 'between': {
      const nextAt = stage.next?.opensAt ?? null;
      if (!round || !catches) return null;
      return <RoundPanel {...{ catches, nextAt, now }} endsInSeconds={null} currency={drop.first.currency} />;
    }
  }
}

function Weather({ rain }: { rain: Rain }) {
  const { money } = useFormat();
  const { drop, stage, round, catches, standings, take } = rain;
  const running = stage.stage === 'running' && !catches?.done;
  if (prefersStill()) {
    return running && round && <RainButtons {...{ round, standings, take }} done={catches?.done ?? false} />;
  }
  return (
    <RainCanvas
      raining={running}
      coverUrl={drop.first.coverUrl}
      take={take}
      amountText={(amount) => `+${money(amount, drop.first.currency)}`}
    />
  );
}

function Gate({ rain }: { rain: Rain }) {
  const t = useDropText().gates;
  const { drop, refused, answered } = rain;
  return (
    <div class="rain-gate">
      <div class="rain-letter">
        <GateForm
          packet={drop.first}
          draftKey={drop.key}
          refused={refused}
          working={false}
          note={null}
          label={t.join}
          submit={answered}
        />
      </div>
    </div>
  );
}

function RainScene({ rain, dropId }: { rain: Rain; dropId: string }) {
  const t = useDropText().rain;
  const { drop, stage, gated } = rain;
  const opensAt = drop.rounds[0]?.opensAt ?? 0;
  useEffect(
    () => () => {
      // Who looked in before the start still wants it to come up.
      if (serverNow() >= opensAt) leaveRain(dropId);
    },
    [opensAt],
  );
  const atGate = gated && stage.stage !== 'over';
  const { round } = rain;
  return (
    <div class="rain-scene" data-testid="rain" data-stage={atGate ? 'gates' : stage.stage}>
      <header class="rain-head">
        <p class="clip">
          {drop.first.senderName}
          {round && <span class="rain-round"> · {t.round(round.round, round.rounds)}</span>}
        </p>
        <button
          type="button"
          class="icon-button"
          aria-label={t.leave}
          data-testid="rain-leave"
          onClick={closeDialog}
        >
          <CloseIcon />
        </button>
      </header>
      {!atGate && stage.stage !== 'over' && <Weather rain={rain} />}
      {atGate ? <Gate rain={rain} /> : <Panel rain={rain} />}
      {!atGate && stage.stage === 'running' && <Hud rain={rain} />}
    </div>
  );
}

export function RainOverlay({ dropId }: { dropId: string }) {
  const t = useDropText().rain;
  const brand = useText().brand;
  const rain = useRain(dropId);
  useEffect(() => {
    if (!rain) closeDialog();
  }, [!rain]);
  if (!rain) return null;
  return (
    <Dialog class="rain" label={t.label(rain.drop.first.senderName || brand)}>
      <RainScene rain={rain} dropId={dropId} />
    </Dialog>
  );
}
