import type { HistoryLine, HistoryView } from '@app/contracts';
import { useEffect, useState } from 'preact/hooks';
import { useText } from '../i18n/index.js';
import { useFormat } from '../i18n/use-format.js';
import { api } from '../net/api.js';
import { failureOf, type FailureCode } from '../net/failure.js';
import { FailureNote } from '../ui/failure-note.js';
import { CrownIcon } from '../ui/icons.js';
import { Sheet } from '../ui/sheet.js';

type Direction = 'sent' | 'received';
const YEARS_BACK = 5;

interface History {
  view: HistoryView | null;
  failed: FailureCode | null;
  load: (cursor?: string) => void;
}

function useHistory(direction: Direction, year: number): History {
  const [view, setView] = useState<HistoryView | null>(null);
  const [failed, setFailed] = useState<FailureCode | null>(null);
  const fetchPage = async (cursor: string | undefined, wanted: () => boolean) => {
    setFailed(null);
    try {
      const page = await api.history(direction, year, cursor);
      if (!wanted()) return;
      setView((before) => (cursor && before ? { ...page, items: [...before.items, ...page.items] } : page));
    } catch (error) {
      if (wanted()) setFailed(failureOf(error).code);
    }
  };
  useEffect(() => {
    let current = true;
    setView(null);
    void fetchPage(undefined, () => current);
    return () => {
      current = false;
    };
  }, [direction, year]);
  return { view, failed, load: (cursor) => void fetchPage(cursor, () => true) };
}

function Totals({ direction, totals }: { direction: Direction; totals: HistoryView['totals'] }) {
  const t = useText().history;
  const { money } = useFormat();
  return (
    <div class="balance">
      {totals.map(({ currency, count, amount, refunded, bestLuck }) => (
        <div key={currency} data-testid="history-total">
          <p class="balance-amount">{money(amount, currency)}</p>
          <p class="hint">
            {direction === 'sent' ? t.sentTotal(count) : t.receivedTotal(count)}
            {refunded ? ` · ${t.refunded(money(refunded, currency))}` : ''}
            {bestLuck ? (
              <>
                {' · '}
                <CrownIcon /> {t.bestLuck(bestLuck)}
              </>
            ) : null}
          </p>
        </div>
      ))}
    </div>
  );
}

function Line({ line, direction }: { line: HistoryLine; direction: Direction }) {
  const t = useText();
  const { money, when } = useFormat();
  const { greeting, kind, at, amount, currency, count, claimed, refunded } = line;
  const sender = line.senderName || line.senderId || '';
  return (
    <li class="entry" data-testid="history-line">
      <div class="clip">
        <p class="clip">
          {direction === 'received' ? t.history.from(sender) : greeting || t.packet.defaultGreeting}
          {line.bestLuck && <CrownIcon />}
        </p>
        <p class="hint">
          {t.packet[kind]} · <time>{when(Date.parse(at))}</time>
        </p>
        {direction === 'sent' && count !== undefined && claimed !== undefined && (
          <p class="hint">
            {t.details.taken(claimed, count)}
            {refunded ? ` · ${t.history.refunded(money(refunded, currency))}` : ''}
          </p>
        )}
      </div>
      <p class={direction === 'received' ? 'entry-in' : 'entry-out'}>{money(amount, currency)}</p>
    </li>
  );
}

export function HistorySheet() {
  const t = useText();
  const thisYear = new Date().getFullYear();
  const [direction, setDirection] = useState<Direction>('received');
  const [year, setYear] = useState(thisYear);
  const { view, failed, load } = useHistory(direction, year);
  const years = Array.from({ length: YEARS_BACK }, (_, back) => thisYear - back);
  return (
    <Sheet title={t.history.heading}>
      <div class="stack">
        <div class="history-choice">
          <div class="segments segments-flat">
            {(['received', 'sent'] as const).map((one) => (
              <button
                key={one}
                type="button"
                class={`segment${direction === one ? ' is-chosen' : ''}`}
                aria-pressed={direction === one}
                data-testid={`history-${one}`}
                onClick={() => setDirection(one)}
              >
                {t.history[one]}
              </button>
            ))}
          </div>
          <select
            class="input"
            aria-label={t.history.year}
            data-testid="history-year"
            value={String(year)}
            onChange={(event) => setYear(Number(event.currentTarget.value))}
          >
            {years.map((one) => (
              <option key={one} value={String(one)}>
                {one}
              </option>
            ))}
          </select>
        </div>
        {failed && <FailureNote code={failed} retry={() => load()} />}
        {!view && !failed && <p class="hint">{t.loading}</p>}
        {view && <Totals direction={direction} totals={view.totals} />}
        {view && view.items.length === 0 && <p class="hint">{t.history.none}</p>}
        <ul class="entries">
          {view?.items.map((line) => (
            <Line key={line.packetId} line={line} direction={direction} />
          ))}
        </ul>
        {view?.nextCursor && (
          <button type="button" class="button button-soft" onClick={() => load(view.nextCursor)}>
            {t.more}
          </button>
        )}
      </div>
    </Sheet>
  );
}
