import { el, section, verdictMark } from './dom.ts';
import { changeLine } from './figures.ts';
import { ms, percent } from './format.ts';
import type { ReportData } from './report-data.ts';

/** Whether the figures are the service's, or k6's own. */
export function bottleneck({ result, earlier }: ReportData): HTMLElement {
  const { k6, says, fullest } = result.bottleneck;
  const { late } = result.totals.times;
  return section(
    'bottleneck',
    'Was k6 in the way?',
    el('p', { class: 'lead' }, verdictMark(!k6, k6 ? 'Yes: k6 or its machine was at its limit.' : 'No.')),
    el('p', {}, says),
    el(
      'ul',
      { class: 'plain' },
      late &&
        el(
          'li',
          {},
          `What was due was done ${ms(late.p50)} late at p50, ${ms(late.p99)} at p99, ${ms(late.p999)} at p99.9.`,
          earlier && changeLine(late.p99, earlier.totals.times.late?.p99, ms, 'less'),
        ),
      fullest && el('li', {}, `Fullest: ${fullest.process}, ${percent(fullest.cpuPercentOfCore)} of a core.`),
    ),
  );
}
