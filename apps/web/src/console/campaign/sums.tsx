import type { CampaignReport } from '@app/contracts';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';

const SIDES = ['here', 'ledger', 'difference'] as const;
type Side = (typeof SIDES)[number];
type Row = Record<Side, number> & { name: 'spent' | 'refunded' | 'held' };

function rowsOf(report: CampaignReport): Row[] {
  return (['spent', 'refunded', 'held'] as const).map((name) => {
    const [here, ledger] = [report[name], report.ledger[name]];
    return { name, here, ledger, difference: here - ledger };
  });
}

function SumsTable({ rows, currency }: { rows: Row[]; currency: string }) {
  const words = useWords().report;
  const { money } = useFigures();
  const inMoney = (minor: number) => (minor < 0 ? `−${money(-minor, currency)}` : money(minor, currency));
  const sumOf = (side: Side) => rows.reduce((sum, row) => sum + row[side], 0);
  return (
    <div class="table-frame">
      <table class="table table-plain sums-table" data-testid="sums">
        <caption class="visually-hidden">{words.sums}</caption>
        <thead>
          <tr>
            <th scope="col">{words.sum}</th>
            {SIDES.map((side) => (
              <th key={side} scope="col" class="number">
                {words[side]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} data-sum={row.name} data-here={row.here} data-ledger={row.ledger}>
              <th scope="row">
                {words[row.name]}
                {row.name === 'held' && <span class="hint">{words.heldHint}</span>}
              </th>
              {SIDES.map((side) => (
                <td
                  key={side}
                  class={`number${row.difference === 0 ? '' : ` off-${side}`}`}
                  data-label={words[side]}
                >
                  {inMoney(row[side])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{words.budget}</th>
            {SIDES.map((side) => (
              <td key={side} class="number" data-label={words[side]}>
                {inMoney(sumOf(side))}
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

/** The campaign's sums and the ledger's, each pair with its difference, and what that means. */
export function Sums({ report }: { report: CampaignReport }) {
  const words = useWords().report;
  const { matches } = report.ledger;
  return (
    <section class={`card sums ${matches ? 'is-good' : 'is-bad'}`}>
      <header class="card-head">
        <div>
          <h2>{words.sums}</h2>
          <p class="hint">{words.sumsHint}</p>
        </div>
        <p
          class={`verdict ${matches ? 'verdict-good' : 'verdict-bad'}`}
          data-testid="verdict"
          data-matches={matches}
        >
          {matches ? `✓ ${words.agrees}` : `✗ ${words.differs}`}
        </p>
      </header>
      {!matches && <p class="note note-bad">{words.differsHint}</p>}
      <SumsTable rows={rowsOf(report)} currency={report.currency} />
    </section>
  );
}
