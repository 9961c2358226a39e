import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { CampaignSeries } from '@app/contracts';
import { Chart, type Line } from '../ui/chart.js';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';

const ROWS_SHOWN = 120;

interface ChartsProps {
  series: CampaignSeries;
  currency: string;
}

/** A chart with its figures as a table below, for those who want or need them so. */
function Drawn({
  title,
  children,
  table,
}: {
  title: string;
  children: ComponentChildren;
  table: ComponentChildren;
}) {
  const words = useWords().live;
  return (
    <figure class="card drawn">
      <figcaption>
        <h2>{title}</h2>
      </figcaption>
      {children}
      <details class="more">
        <summary>{words.asTable}</summary>
        <div class="rejected" tabIndex={0} role="region" aria-label={title}>
          {table}
        </div>
      </details>
    </figure>
  );
}

interface FigureTableProps {
  caption: string;
  heads: string[];
  rows: string[][];
  /** Of series the end, which is what moves. */
  fromEnd?: boolean;
}

function FigureTable({ caption, heads, rows, fromEnd = false }: FigureTableProps) {
  const words = useWords().live;
  const shown = fromEnd ? rows.slice(-ROWS_SHOWN).reverse() : rows;
  return (
    <table class="table table-plain">
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {heads.map((head, n) => (
            <th key={head} scope="col" class={n > 0 ? 'number' : undefined}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.map(([first, ...others]) => (
          <tr key={first}>
            <th scope="row">{first}</th>
            {others.map((value, n) => (
              <td key={n} class="number">
                {value}
              </td>
            ))}
          </tr>
        ))}
        {shown.length < rows.length && (
          <tr>
            <td colSpan={heads.length} class="hint">
              {words.more(rows.length - shown.length)}
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

export function BurnChart({ series, currency }: ChartsProps) {
  const words = useWords();
  const { money, moneyShort, count, clock } = useFigures();
  const { points } = series;
  const xs = useMemo(() => points.map(({ at }) => Date.parse(at) / 1_000), [points]);
  const lines = useMemo<Line[]>(() => {
    const budget = points.map(({ budgetLeft }) => budgetLeft);
    const stock = points.map(({ stockLeft }) => stockLeft);
    return [
      {
        ...{ label: words.live.budgetSeries, values: budget, color: 'red-ink', as: 'steps' },
        format: (minor) => money(Math.round(minor), currency),
        short: (minor) => moneyShort(Math.round(minor), currency),
      },
      { label: words.live.stockSeries, values: stock, color: 'gold-deep', format: count, right: true },
    ];
  }, [points, words, currency]);
  const rows = points.map(({ at, budgetLeft, stockLeft }) => [
    clock(at),
    money(budgetLeft, currency),
    count(stockLeft),
  ]);
  const heads = [words.live.time, words.live.budgetSeries, words.live.stockSeries];
  const title = words.live.budgetChart;
  return (
    <Drawn title={title} table={<FigureTable caption={title} heads={heads} rows={rows} fromEnd />}>
      <Chart label={title} along={words.live.time} xs={xs} lines={lines} locale={words.locale} />
    </Drawn>
  );
}

export function WinnersChart({ series }: ChartsProps) {
  const words = useWords();
  const { count, clock } = useFigures();
  const { points, bucketSeconds } = series;
  const xs = useMemo(() => points.map(({ at }) => Date.parse(at) / 1_000), [points]);
  const sums = useMemo(() => {
    let sum = 0;
    return points.map(({ winners }) => (sum += winners));
  }, [points]);
  const each = words.live.winnersPer(bucketSeconds);
  const lines = useMemo<Line[]>(
    () => [
      { label: each, values: points.map(({ winners }) => winners), color: 'good', as: 'bars', format: count },
      { label: words.live.winnersSum, values: sums, color: 'red-ink', format: count, right: true },
    ],
    [points, sums, each],
  );
  const rows = points.map(({ at, winners }, n) => [clock(at), count(winners), count(sums[n]!)]);
  const title = words.live.winnersChart;
  const heads = [words.live.time, each, words.live.winnersSum];
  return (
    <Drawn title={title} table={<FigureTable caption={title} heads={heads} rows={rows} fromEnd />}>
      <Chart label={title} along={words.live.time} xs={xs} lines={lines} locale={words.locale} />
    </Drawn>
  );
}

export function AmountsChart({ series, currency }: ChartsProps) {
  const words = useWords();
  const { money, moneyShort, count } = useFigures();
  const { amounts } = series;
  const names = useMemo(
    () =>
      amounts.map(({ from, to }) =>
        from === to ? money(from, currency) : `${money(from, currency)}–${money(to, currency)}`,
      ),
    [amounts, words, currency],
  );
  const ticks = amounts.map(({ from }) => moneyShort(from, currency));
  const xs = useMemo(() => amounts.map((_, n) => n), [amounts]);
  const lines = useMemo<Line[]>(
    () => [
      {
        ...{ label: words.live.claims, color: 'gold-deep', as: 'bars', format: count },
        values: amounts.map(({ claims }) => claims),
      },
    ],
    [amounts, words],
  );
  const rows = amounts.map(({ claims }, n) => [names[n]!, count(claims)]);
  const title = words.live.amountsChart;
  return (
    <Drawn
      title={title}
      table={<FigureTable caption={title} heads={[words.live.amountRange, words.live.claims]} rows={rows} />}
    >
      <Chart
        label={title}
        along={words.live.amountRange}
        xs={xs}
        lines={lines}
        names={names}
        ticks={ticks}
        locale={words.locale}
      />
    </Drawn>
  );
}
