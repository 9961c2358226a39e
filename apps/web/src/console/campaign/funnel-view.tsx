import type { Funnel } from '@app/contracts';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';

const STEPS = ['audience', 'reached', 'tapped', 'won'] as const;

/** Claims, not people: who won in three drops has three, so they are drawn on no scale of people. */
function Settled({ funnel }: { funnel: Funnel }) {
  const words = useWords().funnel;
  const { count } = useFigures();
  const { settled, won } = funnel;
  return (
    <tr class="funnel-settled" data-step="settled" data-people={settled}>
      <th scope="row">{words.settled}</th>
      <td colSpan={2}>
        <div class="funnel-cell">
          <span class="funnel-count">{count(settled)}</span>
          <span class="hint">
            {words.settledHint}
            {won > 0 && settled > won && ` · ${words.perWinner((settled / won).toFixed(1))}`}
          </span>
        </div>
      </td>
    </tr>
  );
}

/** People from audience to win, drawn against the largest step, with how many came on from the step before. */
export function FunnelView({ funnel }: { funnel: Funnel }) {
  const words = useWords().funnel;
  const { count, percent } = useFigures();
  const widest = Math.max(1, ...STEPS.map((step) => funnel[step] ?? 0));
  return (
    <table class="funnel" data-testid="funnel">
      <caption class="visually-hidden">{words.caption}</caption>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">{words.step}</th>
          <th scope="col">{words.people}</th>
          <th scope="col">{words.share}</th>
        </tr>
      </thead>
      <tbody>
        {STEPS.map((step, n) => {
          const people = funnel[step];
          const before = n > 0 ? funnel[STEPS[n - 1]!] : null;
          return (
            <tr key={step} data-step={step} data-people={people ?? ''}>
              <th scope="row">{words[step]}</th>
              <td>
                <div class="funnel-cell">
                  {people === null ? (
                    <span class="hint">{words.unknown}</span>
                  ) : (
                    <>
                      <span
                        class="funnel-bar"
                        style={{ width: `${(100 * people) / widest}%` }}
                        aria-hidden="true"
                      />
                      <span class="funnel-count">{count(people)}</span>
                    </>
                  )}
                </div>
              </td>
              <td
                class="number hint"
                title={people !== null && before ? words.ofBefore(percent(people / before)) : ''}
              >
                {people !== null && before ? percent(people / before) : ''}
              </td>
            </tr>
          );
        })}
        <Settled funnel={funnel} />
      </tbody>
    </table>
  );
}

/** Why people did not win, the most frequent first. */
export function Refusals({ refused }: { refused: Funnel['refused'] }) {
  const words = useWords();
  const { count } = useFigures();
  const rows = Object.entries(refused)
    .filter(([, people]) => people > 0)
    .sort((a, b) => b[1] - a[1]);
  if (rows.length === 0) return <p class="hint">{words.live.noneRefused}</p>;
  const most = rows[0]![1];
  return (
    <table class="funnel funnel-refused" data-testid="refusals">
      <caption class="visually-hidden">{words.live.refused}</caption>
      <tbody>
        {rows.map(([reason, people]) => (
          <tr key={reason} data-reason={reason}>
            <th scope="row">{words.funnel.reasons[reason] ?? reason}</th>
            <td>
              <div class="funnel-cell">
                <span class="funnel-bar" style={{ width: `${(100 * people) / most}%` }} aria-hidden="true" />
                <span class="funnel-count">{count(people)}</span>
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
