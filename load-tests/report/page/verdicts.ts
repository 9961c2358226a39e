import { el, section, table, verdictMark } from './dom.ts';
import { inUnit, NOTHING } from './format.ts';
import type { ReportData } from './report-data.ts';
import { metricWords } from './words.ts';

export function verdicts({ result, earlier }: ReportData): HTMLElement {
  if (result.verdicts.length === 0)
    return section('verdicts', 'Goals', el('p', {}, 'No goals were set for this run.'));
  const shown = (value: number | undefined, unit: string) =>
    value === undefined ? 'not measured' : inUnit(value, unit);
  const then = (metric: string) => earlier?.verdicts.find((other) => other.metric === metric);
  return section(
    'verdicts',
    'Goals',
    table(
      'Goals: what was to be reached, what was measured',
      [
        { head: 'What, and why' },
        { head: 'Goal', figures: true },
        { head: 'Measured', figures: true },
        ...(earlier ? [{ head: 'Earlier', figures: true }] : []),
        { head: 'Met' },
      ],
      result.verdicts.map(({ metric, goal, value, unit, met, because }) => [
        [
          metricWords(metric),
          el('span', { class: 'about' }, el('code', {}, metric), because ? `: ${because}` : ''),
        ],
        // Its unit stays with its number.
        goal.replace(/ (?=\S+$)/, '\u00a0'),
        shown(value, unit),
        ...(earlier ? [then(metric) ? shown(then(metric)!.value, then(metric)!.unit) : NOTHING] : []),
        verdictMark(met, met ? 'met' : 'missed'),
      ]),
    ),
  );
}
