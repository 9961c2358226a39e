import { useEffect, useRef, useState } from 'preact/hooks';
import { clockText, useServerNow } from '../drops/countdown.js';
import { useDropText } from '../i18n/drops.js';
import { useText } from '../i18n/index.js';
import { useCover } from '../packet/cover.js';
import type { Packet } from '../state/merge.js';
import { askForMotion, hearShakes, motionNeedsPermission } from './motion.js';
import { useShakes, type Shakes } from './use-shakes.js';

type Sensor = 'unknown' | 'ask' | 'denied' | 'felt';

function useSensor(shaken: () => void): { sensor: Sensor; allow: () => void } {
  const [sensor, setSensor] = useState<Sensor>(() => (motionNeedsPermission() ? 'ask' : 'unknown'));
  const latest = useRef(shaken);
  latest.current = shaken;
  useEffect(
    // Heard from the start: browsers that can ask need not ask, and those that must stay silent until they have.
    () =>
      hearShakes(
        () => latest.current(),
        () => setSensor('felt'),
      ),
    [],
  );
  const allow = () => void askForMotion().then((allowed) => setSensor(allowed ? 'unknown' : 'denied'));
  return { sensor, allow };
}

function Phone({ shakes }: { shakes: Shakes }) {
  const { tries, asking } = shakes;
  const moves = asking ? ' is-asking' : tries > 0 ? ' is-missed' : '';
  return (
    // A new key for each try, so that the movement begins again.
    <svg key={tries} class={`shaken-phone${moves}`} viewBox="0 0 96 120" aria-hidden="true">
      <rect x="24" y="10" width="48" height="92" rx="9" class="phone-body" />
      <rect x="29" y="19" width="38" height="70" rx="4" class="phone-glass" />
      <circle cx="48" cy="54" r="12" class="phone-seal" />
      <path d="M14 40c-6 9-6 19 0 28M82 40c6 9 6 19 0 28" class="phone-waves" />
    </svg>
  );
}

function Words({ shakes }: { shakes: Shakes }) {
  const t = useDropText().shake;
  const { asking, last, note, tries } = shakes;
  if (asking) return <>{note ? t.busy : t.asking}</>;
  if (last === 'paused') return <>{t.paused}</>;
  if (last === 'missed') return <>{t.misses[tries % t.misses.length]}</>;
  return null;
}

/** A phone to shake, and a button for those without one. */
export function ShakePanel({ packet }: { packet: Packet }) {
  const t = useDropText().shake;
  const text = useText().packet;
  const now = useServerNow([packet.opensAt]);
  const shakes = useShakes(packet);
  const { cover, failed } = useCover(packet.coverUrl);
  const closed = now < packet.opensAt;
  const shaken = () => {
    if (!closed) shakes.shake();
  };
  const { sensor, allow } = useSensor(shaken);
  return (
    <div class="shake-panel" data-testid="shake" data-tries={shakes.tries}>
      {cover && <img class="shake-picture" src={cover} alt="" onError={failed} />}
      <p class="envelope-from">{text.from(packet.senderName)}</p>
      <p class="envelope-greeting">{packet.greeting || text.defaultGreeting}</p>
      <Phone shakes={shakes} />
      {closed ? (
        <>
          <p>{t.opensIn}</p>
          <p class="shake-clock" role="timer" aria-live="off">
            {clockText(packet.opensAt - now)}
          </p>
        </>
      ) : (
        <p class="shake-words" role="status" data-testid="shake-words" data-last={shakes.last}>
          <Words shakes={shakes} />
        </p>
      )}
      <button
        type="button"
        class="button button-gold"
        data-autofocus
        data-testid="shake-button"
        aria-disabled={closed || shakes.asking}
        onClick={shaken}
      >
        {t.button}
      </button>
      {sensor === 'ask' && (
        <button type="button" class="link-button" data-testid="shake-allow" onClick={allow}>
          {t.allow}
        </button>
      )}
      <p class="shake-how">
        {sensor === 'denied' ? t.denied : shakes.tries > 0 ? t.tries(shakes.tries) : t.how}
      </p>
    </div>
  );
}
