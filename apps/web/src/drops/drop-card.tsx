import { useDropText } from '../i18n/drops.js';
import { useText } from '../i18n/index.js';
import { useFormat } from '../i18n/use-format.js';
import { CoverThumb } from '../packet/cover.js';
import { gateLabel } from '../packet/gated.js';
import { showDialog } from '../state/ui.js';
import { CloseIcon } from '../ui/icons.js';
import { clockText } from './countdown.js';
import type { Drop, DropPhase, Standing } from './drops.js';
import { roundAt } from './rounds.js';
import { dismiss } from './seen.js';

/** So close to the opening a countdown is all that matters. */
const IMMINENT_MS = 10_000;

function StateWords({ standing, now }: { standing: Standing; now: number }) {
  const t = useDropText().strip;
  const { money } = useFormat();
  const { drop, phase, won } = standing;
  const { first, rounds } = drop;
  switch (phase) {
    case 'announced':
      return <>{rounds.length > 0 ? t.rainsIn : t.opensIn}</>;
    case 'paused':
      return <>{standing.opensAt === null ? t.nextSoon : t.nextIn}</>;
    case 'open': {
      const at = roundAt(rounds, now);
      if (at.stage === 'running') return <>{t.raining(at.round.round, at.round.rounds)}</>;
      return <>{first.shake ? t.shakeIt : t.tapToOpen}</>;
    }
    case 'won':
      return <>{t.youWon(money(won, first.currency))}</>;
    case 'empty':
      return <>{t.allTaken}</>;
    case 'over':
      return <>{t.over}</>;
  }
}

function labelOf({ first, rounds }: Drop, strip: { rain: string; shake: string }): string | null {
  if (rounds.length > 0) return strip.rain;
  return first.shake ? strip.shake : null;
}

function Chips({ drop, phase }: { drop: Drop; phase: DropPhase }) {
  const t = useText().packet;
  const strip = useDropText().strip;
  const { first } = drop;
  const gate = gateLabel(first);
  const { count, remaining } = first;
  const left =
    phase === 'open' && drop.rounds.length === 0 ? Math.ceil((100 * remaining.count) / count) : null;
  const words = [labelOf(drop, strip), gate && t.gated[gate]].filter(Boolean);
  return (
    <span class="drop-chips">
      {words.length === 0 && <span>{t[first.kind]}</span>}
      {words.map((word) => (
        <span key={word}>{word}</span>
      ))}
      {first.rehearsal && <span>{strip.rehearsal}</span>}
      {left !== null && <span class="drop-left">{strip.left(left)}</span>}
    </span>
  );
}

function enter({ drop, phase }: Standing): void {
  const { packetId } = drop.first;
  if (drop.rounds.length > 0) return showDialog({ kind: 'rain', dropId: drop.key });
  const toOpen = phase === 'announced' || phase === 'open';
  showDialog({ kind: toOpen ? 'open' : 'details', packetId });
}

export function DropCard({ standing, now }: { standing: Standing; now: number }) {
  const t = useText();
  const strip = useDropText().strip;
  const { drop, phase, opensAt } = standing;
  const { first } = drop;
  const leftMs = opensAt === null ? null : opensAt - now;
  const imminent = leftMs !== null && leftMs <= IMMINENT_MS;
  const done = phase === 'won' || phase === 'empty' || phase === 'over';
  const state = [imminent && 'is-imminent', done && 'is-spent', phase === 'open' && 'is-live'].filter(
    Boolean,
  );
  const greeting = first.greeting || t.packet.defaultGreeting;
  return (
    <li class={['drop', ...state].join(' ')} data-testid="drop" data-drop={drop.key} data-phase={phase}>
      <button
        type="button"
        class="drop-card"
        data-testid="drop-card"
        aria-label={`${t.packet.from(first.senderName)}: ${greeting}`}
        onClick={() => enter(standing)}
      >
        <CoverThumb url={first.coverUrl} />
        <span class="drop-words">
          <span class="drop-brand clip">{first.senderName}</span>
          <span class="drop-greeting">{greeting}</span>
          <Chips drop={drop} phase={phase} />
        </span>
        <span class="drop-state">
          <span class="drop-state-words">
            <StateWords standing={standing} now={now} />
          </span>
          {leftMs !== null && (
            <span class="drop-clock" role="timer" aria-live="off" data-testid="drop-countdown">
              {imminent ? Math.max(0, Math.ceil(leftMs / 1_000)) : clockText(leftMs)}
            </span>
          )}
        </span>
      </button>
      <button
        type="button"
        class="drop-close"
        aria-label={`${strip.dismiss}: ${first.senderName}`}
        data-testid="drop-dismiss"
        onClick={() => dismiss(drop.key)}
      >
        <CloseIcon />
      </button>
    </li>
  );
}
