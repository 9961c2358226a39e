import type { Result } from '../../model/result.ts';
import { el, section, type Child } from './dom.ts';
import { bytes, clock, count, ms, some, utc } from './format.ts';
import type { ReportData } from './report-data.ts';

const METHOD = [
  'An open model: when people tap and send is laid down before the run, and they do it then, whatever was answered before. A service that slows down is not asked less for it.',
  'Each time is counted from the instant at which the thing was due, not from when k6 came to write it: waiting behind a slow answer is part of the time, so nothing is left out (no coordinated omission).',
  'Times are counted in buckets of 4 % and added up over all processes before quantiles are taken: each quantile is at most 4 % too high.',
  'Grabs that win, come too late, or come again cost the service differently; they are measured apart and never averaged.',
  'A grab without an answer is unknown, not refused. The money is checked afterwards against what the service says of every packet.',
];

function facts({ result, earlier }: ReportData): [string, Child][] {
  const { machine, k6, people } = result;
  const { late } = result.totals.times;
  const failed = Object.entries(people.failed).map(([why, n]) => `${why} ${count(n)}`);
  const versions = Object.entries(result.versions).map(([what, version]) => `${what} ${version}`);
  return [
    ['Run', el('code', {}, result.runId)],
    [
      'Workload',
      `${result.workload} at scale ${result.scale}, ${clock(result.seconds)} long${result.complete ? '' : ', not played to the end'}`,
    ],
    ['Started', utc(result.startedAt)],
    ['Service', `${result.target}, commit ${result.commit}`],
    [
      'Machine',
      `${machine.cpu}, ${some(machine.cores, 'core')}, ${bytes(machine.memoryBytes)} of memory, ${machine.os}; ${
        machine.sameAsTarget
          ? 'k6 and the service shared it, so each took from the other'
          : 'the service ran elsewhere'
      }`,
    ],
    ['Versions', versions.join(', ')],
    [
      'k6',
      `${k6.version}, ${some(k6.processes, 'process', 'processes')}, ${some(k6.vus, 'VU')}${late ? `; it did what was due ${ms(late.p50)} late (p50), ${ms(late.p99)} (p99)` : ''}`,
    ],
    [
      'People',
      `${count(people.connected)} connected, ${count(people.watchers)} of them only watch${failed.length > 0 ? `; failed to connect: ${failed.join(', ')}` : '; none failed to connect'}`,
    ],
    ...(earlier
      ? [
          [
            'Compared with',
            [el('code', {}, earlier.runId), ` of ${utc(earlier.startedAt)}, commit ${earlier.commit}`],
          ] as [string, Child],
        ]
      : []),
  ];
}

const list = (title: string, lines: string[]) =>
  lines.length === 0
    ? null
    : el(
        'div',
        {},
        el('h3', {}, title),
        el(
          'ul',
          {},
          lines.map((line) => el('li', {}, line)),
        ),
      );

export function measured(data: ReportData): HTMLElement {
  const { result }: { result: Result } = data;
  return section(
    'measured',
    'How it was measured',
    el('p', { class: 'lead-text' }, result.about),
    el(
      'dl',
      { class: 'facts-list' },
      facts(data).map(([term, value]) => el('div', {}, el('dt', {}, term), el('dd', {}, value))),
    ),
    list('Method', METHOD),
    el(
      'div',
      { class: 'side-by-side' },
      list('Sources', result.sources),
      list('Assumptions', result.assumptions),
    ),
  );
}
