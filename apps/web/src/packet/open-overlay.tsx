import type { Answers } from '@app/contracts';
import { useEffect, useState } from 'preact/hooks';
import { gatesChunk } from '../chunks.js';
import { grab } from '../flows/grab.js';
import { useText } from '../i18n/index.js';
import type { Packet } from '../state/merge.js';
import { forgetGrab, packetsStore, type GrabPhase } from '../state/packets.js';
import { useStore } from '../state/store.js';
import { closeDialog, showDialog } from '../state/ui.js';
import { Avatar } from '../ui/avatar.js';
import { FailureNote } from '../ui/failure-note.js';
import { CloseIcon } from '../ui/icons.js';
import { Dialog } from '../ui/sheet.js';
import { fetchSoon, useChunk } from '../ui/use-chunk.js';
import { useCover } from './cover.js';
import { gateLabel, needsForm, stageOf, toCorrect, type Stage } from './gated.js';
import { GrabResultView } from './grab-result.js';

/** Two lines of large letters, a Chinese one as wide as two Latin ones; more would run under the seal. */
const LARGE_WIDTH_MAX = 40;

function isLong(greeting: string): boolean {
  const width = Array.from(greeting).reduce((sum, letter) => sum + (letter < '\u2e80' ? 1 : 2), 0);
  return width > LARGE_WIDTH_MAX;
}

const NOTES = { busy: 'busy', unknown: 'unknown', offline: 'offline', not_open: 'notOpen' } as const;

function useNote(phase: GrabPhase | undefined): string | null {
  const t = useText().grab;
  return phase?.step === 'asking' && phase.note ? t[NOTES[phase.note]] : null;
}

interface FrontProps {
  packet: Packet;
  phase: GrabPhase | undefined;
  tap: () => void;
}

function Front({ packet, phase, tap }: FrontProps) {
  const t = useText();
  const asking = phase?.step === 'asking';
  const greeting = packet.greeting || t.packet.defaultGreeting;
  const note = useNote(phase);
  const label = gateLabel(packet);
  return (
    <>
      <div class="envelope-front">
        <Avatar userId={packet.senderId} name={packet.senderName} large />
        <p class="envelope-from">{t.packet.from(packet.senderName || packet.senderId)}</p>
        <p class={`envelope-greeting${isLong(greeting) ? ' is-long' : ''}`}>{greeting}</p>
        <p class="envelope-kind">{label ? t.packet.gated[label] : t.packet[packet.kind]}</p>
      </div>
      <button
        type="button"
        class={`seal${asking ? ' is-turning' : ''}`}
        data-autofocus
        data-testid="packet-open"
        aria-disabled={asking}
        aria-label={asking ? t.grab.opening : t.grab.heading}
        onClick={tap}
      >
        <span class="seal-face">開</span>
      </button>
      <p class="envelope-note" role="status">
        {note ?? (asking ? <span class="visually-hidden">{t.grab.opening}</span> : null)}
      </p>
    </>
  );
}

function Gates({ packet, phase }: { packet: Packet; phase: GrabPhase | undefined }) {
  const { part, failed, load } = useChunk(gatesChunk);
  const note = useNote(phase);
  if (failed) return <FailureNote code="offline" retry={load} />;
  if (!part) return null;
  return (
    <part.GateForm
      packet={packet}
      draftKey={packet.packetId}
      refused={toCorrect(packet, phase)}
      working={phase?.step === 'asking'}
      note={note}
      submit={(answers: Answers) => void grab(packet.packetId, answers)}
    />
  );
}

/** The envelope itself, the picture of its cover over both halves of the front. */
function Envelope({ packet, phase, stage, tap, again }: FrontProps & { stage: Stage; again: () => void }) {
  const { packetId } = packet;
  const { cover, failed } = useCover(packet.coverUrl);
  return (
    <div class={`envelope is-${stage}${cover ? ' has-picture' : ''}`} data-testid="envelope">
      <div class="envelope-letter" role={stage === 'gates' ? undefined : 'status'}>
        {stage === 'gates' && <Gates packet={packet} phase={phase} />}
        {stage === 'open' && phase && phase.step !== 'asking' && (
          <GrabResultView
            packet={packet}
            phase={phase}
            again={again}
            seeAll={() => showDialog({ kind: 'details', packetId })}
          />
        )}
      </div>
      <div class="envelope-pocket" aria-hidden="true" />
      <div class="envelope-cover" aria-hidden="true" />
      {cover && (
        <img
          class="envelope-picture"
          src={cover}
          alt=""
          decoding="async"
          data-testid="envelope-cover"
          onError={failed}
        />
      )}
      {(stage === 'sealed' || stage === 'asking') && <Front packet={packet} phase={phase} tap={tap} />}
    </div>
  );
}

export function OpenOverlay({ packetId }: { packetId: string }) {
  const t = useText();
  const packet = useStore(packetsStore, (state) => state.byId[packetId]);
  const phase = useStore(packetsStore, (state) => state.grabs[packetId]);
  const [tapped, setTapped] = useState(false);
  useEffect(() => {
    if (!packet) closeDialog();
    else if (needsForm(packet)) fetchSoon(gatesChunk, 0);
  }, [!packet]);
  if (!packet) return null;
  const tap = () => (needsForm(packet) ? setTapped(true) : void grab(packetId));
  const again = () => {
    // What was answered is still in the form.
    if (needsForm(packet)) forgetGrab(packetId);
    tap();
  };
  return (
    <Dialog class="overlay" label={t.packet.from(packet.senderName || packet.senderId)}>
      <Envelope {...{ packet, phase, tap, again }} stage={stageOf(packet, phase, tapped)} />
      <button type="button" class="overlay-close" aria-label={t.close} onClick={closeDialog}>
        <CloseIcon />
      </button>
    </Dialog>
  );
}
