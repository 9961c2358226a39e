import type { Result } from '../../model/result.ts';
import { el, verdictMark } from './dom.ts';
import { clock, inUnit, perSecond, utc } from './format.ts';
import { judge } from './judgement.ts';
import { metricUnit, metricWords } from './words.ts';
import { differences } from './change.ts';
import type { Earlier, ReportData } from './report-data.ts';

const scaleWords = (scale: number) => `scale ${scale}`;

/** Who, what, when, and in words how it went. */
export function top({ result, earlier }: ReportData): HTMLElement {
  const { ok, says, goals, money, k6 } = judge(result);
  const facts = [
    result.workload,
    scaleWords(result.scale),
    clock(result.seconds),
    utc(result.startedAt),
    result.target,
    `commit ${result.commit.slice(0, 12)}`,
  ];
  return el(
    'header',
    { class: 'top' },
    el(
      'p',
      { class: 'brand' },
      el('span', { class: 'seal', lang: 'zh', 'aria-hidden': 'true' }, '红'),
      'Hongbao load report',
    ),
    el('h1', {}, result.title),
    el(
      'ul',
      { class: 'facts', 'aria-label': 'The run' },
      facts.map((fact) => el('li', {}, fact)),
    ),
    el(
      'div',
      { class: `judgement ${ok ? 'good' : 'bad'}`, 'data-testid': 'judgement' },
      el('p', { class: 'says' }, says),
      el(
        'ul',
        { class: 'answers' },
        [goals, money, k6].map((answer) => el('li', {}, verdictMark(answer.ok, answer.says))),
      ),
    ),
    notComplete(result),
    broke(result),
    earlier && compared(result, earlier),
  );
}

function notComplete({ complete, seconds, series }: Result): HTMLElement | null {
  if (complete) return null;
  const played = series.offered.length < seconds ? ` after about ${clock(series.offered.length)}` : '';
  return notice(
    'incomplete',
    'Not played to the end',
    el(
      'p',
      {},
      `The load was to last ${clock(seconds)} and was stopped${played}, by hand or at the breakpoint. All figures are of what was played.`,
    ),
  );
}

function broke({ breakpoint }: Result): HTMLElement | null {
  if (!breakpoint) return null;
  const { metric, atMost, atSecond, offeredPerSecond, answeredPerSecond, full, says } = breakpoint;
  const facts: [string, string][] = [
    ['Offered there', perSecond(offeredPerSecond)],
    ['Answered there', perSecond(answeredPerSecond)],
    ['Nearest to full', full],
    ['Broken', `${metricWords(metric)} over ${inUnit(atMost, metricUnit(metric))}`],
    ['At', clock(atSecond)],
  ];
  return notice(
    'breakpoint',
    'Where it broke',
    el('p', {}, says),
    el(
      'dl',
      { class: 'broke-facts' },
      facts.map(([term, value]) => el('div', {}, el('dt', {}, term), el('dd', {}, value))),
    ),
  );
}

function compared(result: Result, earlier: Earlier): HTMLElement {
  const unlike = differences(result, earlier);
  const then = `Compared with ${earlier.runId}: ${earlier.title}, ${utc(earlier.startedAt)}, commit ${earlier.commit.slice(0, 12)}.`;
  if (unlike.length === 0)
    return notice('compared', 'Comparison', el('p', {}, `${then} Same workload, size and machine.`));
  return notice(
    'compared warning',
    'Comparison: not like with like',
    el('p', {}, `${then} These differ, and the changes shown below may come from them:`),
    el(
      'ul',
      {},
      unlike.map((difference) => el('li', {}, difference)),
    ),
  );
}

function notice(kind: string, title: string, ...children: Node[]): HTMLElement {
  return el(
    'aside',
    { class: `notice ${kind}`, 'data-testid': kind.split(' ')[0] },
    el('h2', {}, title),
    ...children,
  );
}
