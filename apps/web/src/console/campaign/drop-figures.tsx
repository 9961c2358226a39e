import type { CampaignReport, DropReport, DropState } from '@app/contracts';
import { DataTable, type Column } from '../ui/data-table.js';
import { DropStateMark, PartBar } from '../ui/marks.js';
import { useFigures, type Figures } from '../use-figures.js';
import { useWords, type Words } from '../words/index.js';

function columnsOf(words: Words, figures: Figures, report: CampaignReport): Column<DropReport>[] {
  const { money, count, clock, day, ms } = figures;
  const { currency } = report;
  const worstMs = Math.max(1, ...report.drops.map(({ openedLateMs }) => openedLateMs ?? 0));
  const sum = (
    key: string,
    head: string,
    of: (drop: DropReport) => number,
    text: (value: number) => string,
  ) => ({
    ...{ key, head, number: true, sortBy: of },
    cell: (drop: DropReport) => text(of(drop)),
  });
  const inMoney = (minor: number) => money(minor, currency);
  return [
    {
      ...{ key: 'opensAt', head: words.calendar.opensAt, isHead: true, sortBy: ({ opensAt }) => opensAt },
      cell: ({ opensAt }) => (
        <>
          {clock(opensAt)}
          <span class="hint">{day(opensAt)}</span>
        </>
      ),
    },
    {
      ...{ key: 'state', head: words.calendar.state, sortBy: ({ state }) => state },
      cell: ({ state }) => <DropStateMark state={state as DropState} />,
    },
    {
      ...{
        key: 'late',
        head: words.live.late,
        number: true,
        sortBy: ({ openedLateMs }) => openedLateMs ?? -1,
      },
      cell: ({ openedLateMs }) =>
        openedLateMs === undefined ? (
          words.none
        ) : (
          <span class="drift" title={words.live.lateHint} data-late={openedLateMs}>
            {ms(openedLateMs)}
            <PartBar part={openedLateMs} whole={worstMs} tone="gold" />
          </span>
        ),
    },
    sum('budget', words.report.budget, ({ budget }) => budget, inMoney),
    {
      ...{ key: 'spent', head: words.report.spent, number: true, sortBy: ({ spent }) => spent },
      cell: ({ spent, budget }) => (
        <span class="spent-cell">
          {inMoney(spent)}
          <PartBar part={spent} whole={budget} />
        </span>
      ),
    },
    sum('refunded', words.report.refunded, ({ refunded }) => refunded, inMoney),
    sum('reached', words.funnel.reached, ({ funnel }) => funnel.reached, count),
    sum('tapped', words.funnel.tapped, ({ funnel }) => funnel.tapped, count),
    sum('won', words.funnel.won, ({ funnel }) => funnel.won, count),
    sum('cost', words.report.mean, ({ costPerWinner }) => costPerWinner, inMoney),
    {
      ...{ key: 'p99', head: words.report.p99, number: true, sortBy: ({ latency }) => latency?.p99 ?? -1 },
      cell: ({ latency }) => (latency && latency.count > 0 ? ms(latency.p99) : words.none),
    },
  ];
}

/** The figures of each drop, in a table. */
export function DropFigures({ report }: { report: CampaignReport }) {
  const words = useWords();
  const figures = useFigures();
  return (
    <DataTable
      caption={words.report.dropsCaption}
      columns={columnsOf(words, figures, report)}
      rows={report.drops}
      keyOf={({ dropId }) => dropId}
      sorted={{ key: 'opensAt', down: false }}
      testId="drop-figures"
    />
  );
}
