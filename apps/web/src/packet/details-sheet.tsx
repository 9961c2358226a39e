import { useEffect } from 'preact/hooks';
import { inspect } from '../flows/packets.js';
import { useText } from '../i18n/index.js';
import { useFormat } from '../i18n/use-format.js';
import type { Packet } from '../state/merge.js';
import { cardState, packetsStore, type Claims } from '../state/packets.js';
import { myId } from '../state/session.js';
import { useStore } from '../state/store.js';
import { showDialog } from '../state/ui.js';
import { Avatar } from '../ui/avatar.js';
import { FailureNote } from '../ui/failure-note.js';
import { Sheet } from '../ui/sheet.js';
import { dialogToGrab } from './gated.js';
import { AmountBars } from './amount-bars.js';
import { ClaimList } from './claim-list.js';
import { VerifyPanel } from './verify-panel.js';

/** More would be thinner than a line. */
const BARS_MAX = 100;
const NO_CLAIMS: Claims = { list: [], failed: null, loading: true };

/** My own part, first of all. */
function Own({ packet, claims }: { packet: Packet; claims: Claims }) {
  const t = useText();
  const { money } = useFormat();
  const won = useStore(packetsStore, (state) => state.won[packet.packetId]);
  const state = cardState(packet, won);
  const settled = claims.list.find(({ userId }) => userId === myId())?.settled;
  if (won !== undefined) {
    return (
      <div class="own">
        <p class="own-amount">{money(won, packet.currency)}</p>
        {settled !== undefined && (
          <p class="result-paid">{settled ? `✓ ${t.grab.inWallet}` : t.grab.onItsWay}</p>
        )}
      </div>
    );
  }
  if (state === 'open' || state === 'armed') {
    return (
      <button
        type="button"
        class="button button-gold"
        data-testid="details-grab"
        onClick={() => showDialog(dialogToGrab(packet))}
      >
        {t.details.grabIt}
      </button>
    );
  }
  return <p class="own-missed">{state === 'expired' ? t.packet.expired : t.grab.empty}</p>;
}

function Summary({ packet, claims }: { packet: Packet; claims: Claims }) {
  const t = useText().details;
  const { money, when } = useFormat();
  const { currency } = packet;
  const taken = Math.max(packet.count - packet.remaining.count, claims.list.length);
  const sum = claims.list.reduce((total, { amount }) => total + amount, 0);
  return (
    <div class="summary">
      <p data-testid="packet-summary">
        {t.taken(taken, packet.count)} · {t.sum(money(sum, currency), money(packet.amount, currency))}
      </p>
      {packet.state === 'open' && <p class="hint">{t.until(when(packet.expiresAt))}</p>}
      {packet.refunded !== undefined && packet.refunded > 0 && (
        <p class="hint" data-testid="packet-refunded">
          {t.refunded(money(packet.refunded, currency))}
        </p>
      )}
    </div>
  );
}

function Banner({ packet, claims }: { packet: Packet; claims: Claims }) {
  const t = useText().packet;
  return (
    <div class="details-banner">
      <Avatar userId={packet.senderId} name={packet.senderName} large />
      <p class="details-from">{t.from(packet.senderName || packet.senderId)}</p>
      <p class="details-greeting">{packet.greeting || t.defaultGreeting}</p>
      <Own packet={packet} claims={claims} />
    </div>
  );
}

export function DetailsSheet({ packetId }: { packetId: string }) {
  const t = useText();
  const packet = useStore(packetsStore, (state) => state.byId[packetId]);
  const claims = useStore(packetsStore, (state) => state.claims[packetId] ?? NO_CLAIMS);
  useEffect(() => void inspect(packetId), [packetId]);
  const awaited = claims.list.some(({ settled }) => !settled);
  useEffect(() => {
    // Being paid takes a moment and tells nobody but the winner: look again until it is done.
    if (!awaited || claims.loading) return;
    const timer = setTimeout(() => void inspect(packetId), 2_000);
    return () => clearTimeout(timer);
  }, [awaited, claims.loading]);
  return (
    <Sheet title={t.details.heading} testId="packet-claims">
      {packet && <Banner packet={packet} claims={claims} />}
      {claims.failed && <FailureNote code={claims.failed} retry={() => void inspect(packetId)} />}
      {packet && <Summary packet={packet} claims={claims} />}
      {packet && claims.list.length > 0 && packet.count <= BARS_MAX && (
        <AmountBars packet={packet} claims={claims.list} />
      )}
      {claims.loading && claims.list.length === 0 && <p class="hint">{t.loading}</p>}
      {!claims.loading && !claims.failed && claims.list.length === 0 && (
        <p class="hint">{t.details.nobody}</p>
      )}
      {packet && <ClaimList claims={claims.list} currency={packet.currency} />}
      {packet && <VerifyPanel packet={packet} claims={claims.list} />}
    </Sheet>
  );
}
