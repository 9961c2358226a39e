import { useEffect, useState } from 'preact/hooks';
import { useText } from '../i18n/index.js';
import { useFormat } from '../i18n/use-format.js';
import type { Packet } from '../state/merge.js';
import { cardState, packetsStore, type CardState } from '../state/packets.js';
import { myId } from '../state/session.js';
import { useStore } from '../state/store.js';
import { serverNow, showDialog } from '../state/ui.js';
import { Avatar } from '../ui/avatar.js';
import { CrownIcon } from '../ui/icons.js';
import { CoverThumb } from './cover.js';
import { gateLabel } from './gated.js';

/** Seconds until `at`, by the server's clock. */
function useSecondsUntil(at: number, counting: boolean): number {
  const left = () => Math.max(0, Math.ceil((at - serverNow()) / 1_000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    if (!counting) return;
    const timer = setInterval(() => setSeconds(left()), 500);
    return () => clearInterval(timer);
  }, [at, counting]);
  return seconds;
}

function StateLine({ packet, state, won }: { packet: Packet; state: CardState; won: number | undefined }) {
  const t = useText().packet;
  const { money } = useFormat();
  const seconds = useSecondsUntil(packet.opensAt, state === 'armed');
  if (won !== undefined) return <>{t.youWon(money(won, packet.currency))}</>;
  if (state === 'armed') return <>{t.opensIn(seconds)}</>;
  if (state === 'empty') return <>{t.allTaken}</>;
  if (state === 'expired') return <>{t.expired}</>;
  const others = packet.onlyUserIds && !packet.onlyUserIds.includes(myId());
  return <>{others ? t.notYours : t.tapToOpen}</>;
}

/** How much is left, drawn: a person decides in a glance whether to hurry. */
function Remaining({ packet }: { packet: Packet }) {
  const t = useText().packet;
  const left = packet.remaining.count;
  return (
    <span class="remaining">
      <svg class="remaining-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect width="100" height="4" rx="2" class="remaining-all" />
        <rect width={(100 * left) / packet.count} height="4" rx="2" class="remaining-left" />
      </svg>
      <span data-testid="packet-remaining">{t.left(left, packet.count)}</span>
    </span>
  );
}

/** A packet that can still be grabbed is opened; of any other one sees who got what. */
export function tapPacket(packet: Packet, state: CardState): void {
  const kind = state === 'open' || state === 'armed' ? 'open' : 'details';
  showDialog({ kind, packetId: packet.packetId });
}

export function PacketCard({ packetId }: { packetId: string }) {
  const t = useText();
  const { money, time } = useFormat();
  const packet = useStore(packetsStore, (state) => state.byId[packetId]);
  const won = useStore(packetsStore, (state) => state.won[packetId]);
  const fresh = useStore(packetsStore, (state) => packetId in state.fresh);
  if (!packet) return null;
  const { senderId, senderName, bestLuck } = packet;
  const state = cardState(packet, won);
  const greeting = packet.greeting || t.packet.defaultGreeting;
  const label = gateLabel(packet);
  const spent = state !== 'open' && state !== 'armed';
  return (
    <div class={`row row-packet${senderId === myId() ? ' row-own' : ''}${fresh ? ' is-fresh' : ''}`}>
      <Avatar userId={senderId} name={senderName} />
      <div class="row-main">
        <p class="row-name">
          <span class="clip">{senderName || senderId}</span> <time>{time(packet.opensAt)}</time>
        </p>
        <button
          type="button"
          class={`packet-card${spent ? ' is-spent' : ''}`}
          data-testid="packet-card"
          data-packet-id={packetId}
          data-state={state}
          aria-label={`${t.packet.from(senderName || senderId)}: ${greeting}`}
          onClick={() => tapPacket(packet, state)}
        >
          <span class="packet-top">
            <CoverThumb url={packet.coverUrl} />
            <span class="packet-words">
              <span class="packet-greeting">{greeting}</span>
              <span class="packet-state">
                <StateLine packet={packet} state={state} won={won} />
              </span>
            </span>
          </span>
          <span class="packet-foot">
            <span>{label ? t.packet.gated[label] : t.packet[packet.kind]}</span>
            {packet.state === 'open' && packet.remaining.count > 0 && <Remaining packet={packet} />}
            {bestLuck && (
              <span class="packet-best clip">
                <CrownIcon /> {bestLuck.name || bestLuck.userId} {money(bestLuck.amount, packet.currency)}
              </span>
            )}
          </span>
        </button>
      </div>
    </div>
  );
}
