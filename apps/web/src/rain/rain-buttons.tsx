import { useEffect, useState } from 'preact/hooks';
import { useDropText } from '../i18n/drops.js';
import { useFormat } from '../i18n/use-format.js';
import type { LaneStanding, Lanes, Round } from '../drops/rounds.js';
import type { Packet } from '../state/merge.js';
import { serverNow } from '../state/ui.js';
import { EnvelopeIcon } from '../ui/icons.js';

interface Props {
  round: Round;
  standings: Lanes;
  /** As many as one may were caught. */
  done: boolean;
  take: (lane: Packet) => Promise<unknown>;
}

/** True until `at`: the lane has nothing before. */
function useResting(standing: LaneStanding | undefined): boolean {
  const until = standing?.kind === 'resting' ? standing.at : 0;
  const [, renderAgain] = useState(0);
  const left = until - serverNow();
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => renderAgain((times) => times + 1), left + 10);
    return () => clearTimeout(timer);
  }, [until]);
  return left > 0;
}

interface LaneProps extends Omit<Props, 'round' | 'standings'> {
  lane: Packet;
  at: number;
  standing: LaneStanding | undefined;
}

function LaneButton({ lane, at, standing, done, take }: LaneProps) {
  const t = useDropText().rain;
  const { money } = useFormat();
  const resting = useResting(standing);
  const won = standing?.kind === 'won' ? money(standing.amount, lane.currency) : null;
  const gone = standing?.kind === 'gone';
  const asking = standing?.kind === 'asking';
  const label = won
    ? t.envelopeWon(at, won)
    : gone
      ? t.envelopeGone(at)
      : resting
        ? t.envelopeEmpty(at)
        : t.envelope(at);
  const closed = won !== null || gone || resting || asking || done;
  return (
    <button
      type="button"
      class={`lane${won ? ' is-won' : ''}${gone || resting ? ' is-empty' : ''}`}
      aria-label={label}
      aria-disabled={closed}
      data-testid="rain-lane"
      data-standing={resting ? 'resting' : (standing?.kind ?? 'free')}
      onClick={() => {
        if (!closed) void take(lane);
      }}
    >
      <EnvelopeIcon />
      <span>{won ?? at}</span>
    </button>
  );
}

/** For those who want no motion: the round's envelopes stand still, a button each. */
export function RainButtons({ round, standings, done, take }: Props) {
  const t = useDropText().rain;
  return (
    <div class="lanes">
      <p>{t.still}</p>
      <div class="lanes-grid">
        {round.lanes.map((lane, n) => (
          <LaneButton
            key={lane.packetId}
            {...{ lane, done, take }}
            at={n + 1}
            standing={standings[lane.packetId]}
          />
        ))}
      </div>
    </div>
  );
}
