import { useEffect, useRef } from 'preact/hooks';
import type { GrabResult, MemberView } from '@app/contracts';
import { useText } from '../i18n/index.js';
import { useFormat } from '../i18n/use-format.js';
import type { Packet } from '../state/merge.js';
import type { GrabPhase } from '../state/packets.js';
import { NO_LOG, roomsStore } from '../state/rooms.js';
import { useStore } from '../state/store.js';
import { walletStore } from '../state/wallet.js';
import { useCountUp } from '../ui/count-up.js';

const PETALS = Array.from({ length: 14 }, (_, n) => n);

function Confetti() {
  return (
    <div class="confetti" aria-hidden="true">
      {PETALS.map((n) => (
        <i key={n} />
      ))}
    </div>
  );
}

function Won({ packet, result }: { packet: Packet; result: GrabResult<number> }) {
  const t = useText().grab;
  const { money } = useFormat();
  const amount = result.amount ?? 0;
  const currency = result.currency ?? packet.currency;
  const shown = useCountUp(amount);
  const paid = useStore(walletStore, ({ entries }) =>
    entries.some(({ packetId, kind }) => packetId === packet.packetId && kind === 'claim_settled'),
  );
  const first = result.outcome === 'won';
  return (
    <>
      {first && <Confetti />}
      <p class="result-title">{first ? t.won : t.already}</p>
      <p
        class="result-amount"
        data-testid="grab-amount"
        data-amount={amount}
        aria-label={money(amount, currency)}
      >
        {money(shown, currency)}
      </p>
      {result.ordinal !== undefined && <p class="hint">{t.nth(result.ordinal)}</p>}
      <p class="result-paid">{first && !paid ? t.onItsWay : `✓ ${t.inWallet}`}</p>
    </>
  );
}

function useNames(packet: Packet): string {
  const online: MemberView[] = useStore(
    roomsStore,
    (state) => (state.logs[packet.roomId ?? ''] ?? NO_LOG).room?.onlineUsers ?? EMPTY,
  );
  const names = new Map(online.map(({ userId, name }) => [userId, name]));
  return (packet.onlyUserIds ?? []).map((userId) => names.get(userId) ?? userId).join('、');
}
const EMPTY: MemberView[] = [];

function Missed({ packet, result }: { packet: Packet; result: GrabResult<number> }) {
  const t = useText().grab;
  const names = useNames(packet);
  if (result.outcome === 'not_eligible') {
    // A limit that was reached or a pause is no judgement of the person.
    const aboutMe = result.reason === undefined || result.reason === 'members';
    const only = result.reason === 'members' && names ? t.onlyFor(names) : null;
    return (
      <>
        <p class="result-title result-missed">{aboutMe ? t.notEligible : t.notNow}</p>
        <p class="hint">{only ?? t.reasons[result.reason ?? 'members']}</p>
      </>
    );
  }
  const empty = result.outcome === 'empty';
  return (
    <>
      <p class="result-title result-missed">{empty ? t.empty : t.closed}</p>
      <p class="hint">{empty ? t.emptyHint : t.closedHint}</p>
    </>
  );
}

interface Props {
  packet: Packet;
  phase: Exclude<GrabPhase, { step: 'asking' }>;
  again: () => void;
  seeAll: () => void;
}

/** What came out of the envelope. */
export function GrabResultView({ packet, phase, again, seeAll }: Props) {
  const t = useText();
  const next = useRef<HTMLButtonElement>(null);
  // The seal that was tapped is gone: the focus moves on to what comes next.
  useEffect(() => next.current?.focus(), []);
  const refused = phase.step === 'refused';
  const outcome = refused ? 'refused' : phase.result.outcome;
  const won = outcome === 'won' || outcome === 'already';
  const mayTry = refused || phase.result.reason === 'paused';
  return (
    <div class="result" data-testid="grab-outcome" data-outcome={outcome}>
      <p class="result-from">{t.packet.from(packet.senderName || packet.senderId)}</p>
      {refused && <p class="result-title result-missed">{t.errors[phase.code]}</p>}
      {!refused && won && <Won packet={packet} result={phase.result} />}
      {!refused && !won && <Missed packet={packet} result={phase.result} />}
      <button
        ref={next}
        type="button"
        class="link-button result-next"
        data-testid="see-all"
        onClick={mayTry ? again : seeAll}
      >
        {mayTry ? t.retry : `${t.grab.seeAll} ›`}
      </button>
    </div>
  );
}
