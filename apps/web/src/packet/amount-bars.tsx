import type { ClaimView } from '@app/contracts';
import { useText } from '../i18n/index.js';
import { useFormat } from '../i18n/use-format.js';
import type { Packet } from '../state/merge.js';
import { myId } from '../state/session.js';

const HEIGHT = 40;
const STEP = 10;
const BAR = 7;
/** Fewer shares than these stand in the middle: bars as wide as the sheet compare nothing. */
const SLOTS_MIN = 8;

function barClass(claim: ClaimView<number>): string {
  if (claim.bestLuck) return 'bar bar-best';
  return claim.userId === myId() ? 'bar bar-own' : 'bar';
}

/** What each place in the queue got, with the mean as a line: luck is seen sooner than read. */
export function AmountBars({ packet, claims }: { packet: Packet; claims: ClaimView<number>[] }) {
  const t = useText().details;
  const { money } = useFormat();
  const most = Math.max(...claims.map(({ amount }) => amount));
  const slots = Math.max(packet.count, SLOTS_MIN);
  const from = ((slots - packet.count) / 2) * STEP;
  const to = from + packet.count * STEP;
  const mean = packet.amount / packet.count;
  const y = HEIGHT - (HEIGHT * Math.min(mean, most)) / most;
  return (
    <svg
      class="bars"
      viewBox={`0 0 ${slots * STEP} ${HEIGHT + 2}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={t.bars}
    >
      <line x1={from} x2={to} y1={y} y2={y} class="bars-mean" />
      {claims.map((claim) => {
        const height = Math.max(1.5, (HEIGHT * claim.amount) / most);
        return (
          <rect
            key={claim.ordinal}
            class={barClass(claim)}
            x={from + (claim.ordinal - 1) * STEP + (STEP - BAR) / 2}
            y={HEIGHT - height}
            width={BAR}
            height={height}
          >
            <title>{`#${claim.ordinal} ${claim.name}: ${money(claim.amount, packet.currency)}`}</title>
          </rect>
        );
      })}
      <line x1={from} x2={to} y1={HEIGHT + 1} y2={HEIGHT + 1} class="bars-floor" />
    </svg>
  );
}
