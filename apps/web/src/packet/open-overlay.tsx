import { useEffect } from 'preact/hooks';
import { grab } from '../flows/grab.js';
import { useText } from '../i18n/index.js';
import type { Packet } from '../state/merge.js';
import { packetsStore, type GrabPhase } from '../state/packets.js';
import { useStore } from '../state/store.js';
import { closeDialog, showDialog } from '../state/ui.js';
import { Avatar } from '../ui/avatar.js';
import { CloseIcon } from '../ui/icons.js';
import { Dialog } from '../ui/sheet.js';
import { GrabResultView } from './grab-result.js';

type Stage = 'sealed' | 'asking' | 'open';

function stageOf(phase: GrabPhase | undefined): Stage {
  if (!phase) return 'sealed';
  return phase.step === 'asking' ? 'asking' : 'open';
}

/** Two lines of large letters, a Chinese one as wide as two Latin ones; more would run under the seal. */
const LARGE_WIDTH_MAX = 40;

function isLong(greeting: string): boolean {
  const width = Array.from(greeting).reduce((sum, letter) => sum + (letter < '\u2e80' ? 1 : 2), 0);
  return width > LARGE_WIDTH_MAX;
}

const NOTES = { busy: 'busy', unknown: 'unknown', offline: 'offline', not_open: 'notOpen' } as const;

function Front({ packet, phase }: { packet: Packet; phase: GrabPhase | undefined }) {
  const t = useText();
  const asking = phase?.step === 'asking';
  const greeting = packet.greeting || t.packet.defaultGreeting;
  const note = asking && phase.note ? t.grab[NOTES[phase.note]] : null;
  return (
    <>
      <div class="envelope-front">
        <Avatar userId={packet.senderId} name={packet.senderName} large />
        <p class="envelope-from">{t.packet.from(packet.senderName || packet.senderId)}</p>
        <p class={`envelope-greeting${isLong(greeting) ? ' is-long' : ''}`}>{greeting}</p>
        <p class="envelope-kind">{packet.onlyUserIds ? t.packet.named : t.packet[packet.kind]}</p>
      </div>
      <button
        type="button"
        class={`seal${asking ? ' is-turning' : ''}`}
        data-autofocus
        data-testid="packet-open"
        aria-disabled={asking}
        aria-label={asking ? t.grab.opening : t.grab.heading}
        onClick={() => void grab(packet.packetId)}
      >
        <span class="seal-face">開</span>
      </button>
      <p class="envelope-note" role="status">
        {note ?? (asking ? <span class="visually-hidden">{t.grab.opening}</span> : null)}
      </p>
    </>
  );
}

export function OpenOverlay({ packetId }: { packetId: string }) {
  const t = useText();
  const packet = useStore(packetsStore, (state) => state.byId[packetId]);
  const phase = useStore(packetsStore, (state) => state.grabs[packetId]);
  const stage = stageOf(phase);
  useEffect(() => {
    if (!packet) closeDialog();
  }, [!packet]);
  if (!packet) return null;
  return (
    <Dialog class="overlay" label={t.packet.from(packet.senderName || packet.senderId)}>
      <div class={`envelope is-${stage}`}>
        <div class="envelope-letter" role="status">
          {phase && phase.step !== 'asking' && (
            <GrabResultView
              packet={packet}
              phase={phase}
              again={() => void grab(packetId)}
              seeAll={() => showDialog({ kind: 'details', packetId })}
            />
          )}
        </div>
        <div class="envelope-pocket" aria-hidden="true" />
        <div class="envelope-cover" aria-hidden="true" />
        {stage !== 'open' && <Front packet={packet} phase={phase} />}
      </div>
      <button type="button" class="overlay-close" aria-label={t.close} onClick={closeDialog}>
        <CloseIcon />
      </button>
    </Dialog>
  );
}
