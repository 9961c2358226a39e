import { useEffect, useState } from 'preact/hooks';
import type { Told } from '../flows/grab.js';
import { GateForm } from '../gates/gate-form.js';
import { useDropText } from '../i18n/drops.js';
import { useText } from '../i18n/index.js';
import { needsForm, toCorrect } from '../packet/gated.js';
import { GrabResultView } from '../packet/grab-result.js';
import type { Packet } from '../state/merge.js';
import { forgetGrab, packetsStore } from '../state/packets.js';
import { useStore } from '../state/store.js';
import { closeDialog, showDialog } from '../state/ui.js';
import { CloseIcon } from '../ui/icons.js';
import { Dialog } from '../ui/sheet.js';
import { ShakePanel } from './shake-panel.js';
import './shake.css';

/** What the shaking ended with, in the open envelope. */
function Opened({ packet, told }: { packet: Packet; told: Told }) {
  const { packetId } = packet;
  return (
    <div class="envelope is-open">
      <div class="envelope-letter" role="status">
        <GrabResultView
          packet={packet}
          phase={told}
          again={() => forgetGrab(packetId)}
          seeAll={() => showDialog({ kind: 'details', packetId })}
        />
      </div>
      <div class="envelope-pocket" aria-hidden="true" />
      <div class="envelope-cover" aria-hidden="true" />
    </div>
  );
}

function Inside({ packet }: { packet: Packet }) {
  const t = useDropText().gates;
  const { packetId } = packet;
  const phase = useStore(packetsStore, (state) => state.grabs[packetId]);
  const [joined, setJoined] = useState(false);
  const wrong = toCorrect(packet, phase);
  if (wrong || (!phase && needsForm(packet) && !joined)) {
    const submit = () => {
      forgetGrab(packetId);
      setJoined(true);
    };
    return (
      <div class="envelope is-gates">
        <div class="envelope-letter">
          <GateForm
            {...{ packet, submit }}
            draftKey={packetId}
            refused={wrong}
            working={false}
            note={null}
            label={t.join}
          />
        </div>
      </div>
    );
  }
  if (phase && phase.step !== 'asking') return <Opened packet={packet} told={phase} />;
  return <ShakePanel packet={packet} />;
}

export function ShakeOverlay({ packetId }: { packetId: string }) {
  const t = useText();
  const heading = useDropText().shake.heading;
  const packet = useStore(packetsStore, (state) => state.byId[packetId]);
  useEffect(() => {
    if (!packet) closeDialog();
  }, [!packet]);
  if (!packet) return null;
  return (
    <Dialog class="overlay" label={`${heading}: ${t.packet.from(packet.senderName || packet.senderId)}`}>
      <Inside packet={packet} />
      <button type="button" class="overlay-close" aria-label={t.close} onClick={closeDialog}>
        <CloseIcon />
      </button>
    </Dialog>
  );
}
