import { useDropText } from '../i18n/drops.js';
import { useText } from '../i18n/index.js';
import { useFormat } from '../i18n/use-format.js';
import { clockText } from '../drops/countdown.js';
import type { Drop } from '../drops/drops.js';
import { catchesOf, type Lanes, type Round, type RoundCatches } from '../drops/rounds.js';
import { useCover } from '../packet/cover.js';
import { closeDialog } from '../state/ui.js';
import { EnvelopeIcon } from '../ui/icons.js';

/** The number that everyone looks at: seconds alone at the end, as a clock before. */
function BigClock({ leftMs }: { leftMs: number }) {
  const seconds = Math.max(0, Math.ceil(leftMs / 1_000));
  return (
    <p class="rain-clock" role="timer" aria-live="off" data-testid="rain-countdown">
      {seconds <= 10 ? seconds : clockText(leftMs)}
    </p>
  );
}

export function BeforePanel({ drop, opensAt, now }: { drop: Drop; opensAt: number; now: number }) {
  const t = useText().packet;
  const rain = useDropText().rain;
  const { first } = drop;
  const { cover, failed } = useCover(first.coverUrl);
  const { catchesPerRound, rounds } = first.rain!;
  return (
    <div class="rain-panel">
      {cover ? <img class="rain-cover" src={cover} alt="" onError={failed} /> : <EnvelopeIcon />}
      <p>{t.from(first.senderName)}</p>
      <p class="rain-greeting">{first.greeting || t.defaultGreeting}</p>
      <p>{rain.startsIn}</p>
      <BigClock leftMs={opensAt - now} />
      <p class="rain-how">{rain.how(catchesPerRound, rounds)}</p>
      <p class="rain-how rain-keys">{rain.keys}</p>
    </div>
  );
}

interface RoundPanelProps {
  catches: RoundCatches;
  currency: string;
  /** When the round goes on without me: until its end, in seconds. */
  endsInSeconds: number | null;
  nextAt: number | null;
  now: number;
}

/** What a round brought, and when the next one begins. */
export function RoundPanel({ catches, currency, endsInSeconds, nextAt, now }: RoundPanelProps) {
  const t = useDropText().rain;
  const { money } = useFormat();
  const { amount, caught } = catches;
  return (
    <div class="rain-panel" data-testid="rain-round-sum" data-amount={amount} data-count={caught}>
      <p>{t.roundSum}</p>
      <p class="rain-sum">{caught > 0 ? money(amount, currency) : t.roundNone}</p>
      {caught > 0 && <p>{t.count(caught)}</p>}
      {endsInSeconds !== null && (
        <p class="rain-how">
          {t.roundDone} {t.endsIn(endsInSeconds)}
        </p>
      )}
      {nextAt !== null && (
        <>
          <p>{t.nextIn}</p>
          <BigClock leftMs={nextAt - now} />
        </>
      )}
      {endsInSeconds === null && nextAt === null && <p>{t.nextSoon}</p>}
    </div>
  );
}

/** After the last round: every catch, round by round. */
export function SummaryPanel({ drop, standings }: { drop: Drop; standings: Lanes }) {
  const t = useDropText().rain;
  const { money } = useFormat();
  const { currency } = drop.first;
  const lines = drop.rounds.flatMap((round: Round) => {
    const catches = catchesOf(round, standings);
    return catches.caught > 0 ? [{ round, catches }] : [];
  });
  const total = lines.reduce((sum, { catches }) => sum + catches.amount, 0);
  return (
    <div class="rain-panel" data-testid="rain-summary" data-amount={total}>
      <p class="rain-greeting">{t.summary}</p>
      {lines.length === 0 && <p>{t.summaryNone}</p>}
      {lines.length > 0 && (
        <>
          <ul class="rain-lines">
            {lines.map(({ round: { round, rounds }, catches: { amount, caught } }) => (
              <li key={round}>
                <span>{t.round(round, rounds)}</span>
                <span>{t.count(caught)}</span>
                <b>{money(amount, currency)}</b>
              </li>
            ))}
          </ul>
          <p>{t.total}</p>
          <p class="rain-sum">{money(total, currency)}</p>
          <p class="rain-how">{t.toWallet}</p>
        </>
      )}
      <button type="button" class="button button-gold" data-testid="rain-finish" onClick={closeDialog}>
        {t.finish}
      </button>
    </div>
  );
}
