import type { ClaimView } from '@app/contracts';
import { useText } from '../i18n/index.js';
import { useFormat } from '../i18n/use-format.js';
import { myId } from '../state/session.js';
import { Avatar } from '../ui/avatar.js';
import { CrownIcon } from '../ui/icons.js';

function ClaimRow({ claim, currency }: { claim: ClaimView<number>; currency: string }) {
  const t = useText();
  const { money, when } = useFormat();
  const { userId, name, ordinal, amount, at, settled, bestLuck } = claim;
  return (
    <li
      class={`claim${bestLuck ? ' is-best' : ''}`}
      data-testid="claim-row"
      data-ordinal={ordinal}
      data-amount={amount}
    >
      <Avatar userId={userId} name={name} />
      <div class="claim-who">
        <p class="clip">
          {name || userId}
          {userId === myId() && <span class="hint"> ({t.you})</span>}
        </p>
        <p class="hint">
          #{ordinal} · <time>{when(at)}</time>
        </p>
      </div>
      <div class="claim-what">
        <p class="claim-amount">
          {bestLuck && (
            <span class="best-luck" data-testid="best-luck">
              <CrownIcon /> {t.details.best}
            </span>
          )}
          {money(amount, currency)}
        </p>
        <p class="hint" data-settled={settled}>
          {settled ? `✓ ${t.details.settled}` : t.details.settling}
        </p>
      </div>
    </li>
  );
}

export function ClaimList({ claims, currency }: { claims: ClaimView<number>[]; currency: string }) {
  return (
    <ol class="claims">
      {claims.map((claim) => (
        <ClaimRow key={claim.ordinal} claim={claim} currency={currency} />
      ))}
    </ol>
  );
}
