import { useState } from 'preact/hooks';
import { Avatar } from '../../ui/avatar.js';
import { EnvelopeIcon } from '../../ui/icons.js';
import { Choice } from '../ui/choice.js';
import { useWords } from '../words/index.js';
import type { DropDraft } from './drop-draft.js';
import { PreviewGates } from './preview-gates.js';
import { numberOf } from './check-value.js';
import { UNIT_SECONDS } from './instants.js';

type Stage = 'announced' | 'gate' | 'open' | 'rain' | 'shake';

export interface PreviewProps {
  brand: string;
  greeting: string;
  coverUrl: string | undefined;
  /** Absent: a plain packet. */
  drop: DropDraft | null;
  /** Pictures of clues. */
  urlOf: (coverId: string) => string | undefined;
}

function stagesOf(drop: DropDraft | null): Stage[] {
  const last: Stage = drop && drop.way !== 'plain' ? drop.way : 'open';
  const gated = drop?.gates.some(({ kind }) => kind !== 'members') ?? false;
  return ['announced', ...(gated ? (['gate'] as const) : []), last];
}

function countdownOf(drop: DropDraft | null): string {
  const { n, unit } = drop?.announce ?? { n: '60', unit: 's' as const };
  const seconds = Math.round((numberOf(n) ?? 0) * UNIT_SECONDS[unit]);
  const [hours, rest] = [Math.floor(seconds / 3_600), seconds % 3_600];
  const two = (part: number) => String(part).padStart(2, '0');
  return `${hours > 0 ? `${hours}:` : ''}${two(Math.floor(rest / 60))}:${two(rest % 60)}`;
}

function Announced({ brand, greeting, coverUrl, drop }: PreviewProps) {
  const words = useWords().preview;
  return (
    <div class="pv-chat">
      <div class="pv-strip">
        {coverUrl ? <img class="pv-thumb" src={coverUrl} alt="" /> : <EnvelopeIcon />}
        <span class="pv-strip-words">
          <span class="pv-brand clip">{brand}</span>
          <strong class="clip">{greeting}</strong>
        </span>
        <span class="pv-strip-clock">
          <span>{words.opensIn}</span>
          <strong>{countdownOf(drop)}</strong>
        </span>
      </div>
      <span class="pv-bubble" />
      <span class="pv-bubble pv-bubble-own" />
      <span class="pv-bubble pv-bubble-short" />
      <span class="pv-bubble pv-bubble-own pv-bubble-short" />
    </div>
  );
}

function Sealed({ brand, greeting, coverUrl, drop }: PreviewProps) {
  const words = useWords().preview;
  const kind = drop?.packet.kind ?? 'lucky';
  const isLong = greeting.length > 20;
  return (
    <div class="pv-overlay">
      <div class={`pv-envelope${coverUrl ? ' has-cover' : ''}`}>
        {coverUrl ? <img src={coverUrl} alt="" /> : <span class="pv-flap" />}
        <div class="pv-front">
          <Avatar userId={brand} name={brand} />
          <p>{words.from(brand)}</p>
          <p class={`pv-greeting${isLong ? ' is-long' : ''}`}>{greeting}</p>
          <p class="pv-kind">{words[kind]}</p>
        </div>
        <span class="pv-seal">開</span>
      </div>
    </div>
  );
}

const FALLING = [8, 28, 52, 74, 18, 40, 64, 86, 4, 33, 57, 80];

function Rain({ brand, drop }: PreviewProps) {
  const words = useWords().preview;
  const { rounds, roundSeconds } = drop!.rain;
  return (
    <div class="pv-overlay pv-rain">
      {FALLING.map((left, n) => (
        <span
          key={left}
          class="pv-falling"
          style={{ left: `${left}%`, top: `${10 + ((n * 37) % 70)}%`, rotate: `${((n * 53) % 50) - 25}deg` }}
        >
          <EnvelopeIcon />
        </span>
      ))}
      <p class="pv-rain-words">
        <strong>{brand}</strong>
        <span>{words.rain(numberOf(rounds) ?? 0, numberOf(roundSeconds) ?? 0)}</span>
      </p>
    </div>
  );
}

function Shake({ brand, greeting }: PreviewProps) {
  const words = useWords().preview;
  return (
    <div class="pv-overlay pv-shake">
      <span class="pv-shaking">
        <EnvelopeIcon />
      </span>
      <strong>{words.shake}</strong>
      <span>
        {brand} · {greeting}
      </span>
    </div>
  );
}

function Screen({ stage, ...props }: PreviewProps & { stage: Stage }) {
  switch (stage) {
    case 'announced':
      return <Announced {...props} />;
    case 'gate':
      return <PreviewGates gates={props.drop!.gates} {...props} />;
    case 'open':
      return <Sealed {...props} />;
    case 'rain':
      return <Rain {...props} />;
    case 'shake':
      return <Shake {...props} />;
  }
}

/** The packet as a phone will show it, at each of its moments. */
export function PhonePreview(props: PreviewProps) {
  const words = useWords().preview;
  const [chosen, choose] = useState<Stage | null>(null);
  const stages = stagesOf(props.drop);
  const stage = chosen && stages.includes(chosen) ? chosen : stages.at(-1)!;
  const shown = {
    ...props,
    brand: props.brand.trim() || words.brandless,
    greeting: props.drop?.greeting.trim() || props.greeting.trim() || words.defaultGreeting,
  };
  return (
    <section class="preview" aria-label={words.label} data-testid="preview">
      <h2>{words.heading}</h2>
      <Choice
        compact
        legend={words.label}
        name="preview"
        value={stage}
        options={stages.map((value) => ({ value, text: words.stages[value] }))}
        onChange={choose}
      />
      <div class="phone" data-stage={stage}>
        <span class="phone-notch" />
        <div class="phone-screen">
          <Screen stage={stage} {...shown} />
        </div>
      </div>
    </section>
  );
}
