import { describe, expect, it } from 'vitest';
import { sampleResult } from '../test-sample.ts';
import { summary } from './chart.ts';
import type { ChartGroup } from './chart-plan.ts';
import { heardGroup, loadGroup, mostWaiting } from './load-charts.ts';
import { earlierOf } from './report-data.ts';
import { saturationGroup } from './saturation-charts.ts';
import { timeGroups } from './time-charts.ts';

const groupsOf = (data: Parameters<typeof loadGroup>[0]): ChartGroup[] => [
  loadGroup(data),
  ...timeGroups(data),
  heardGroup(data),
  saturationGroup(data),
];
const chartsOf = (data: Parameters<typeof loadGroup>[0]) => groupsOf(data).flatMap(({ charts }) => charts);
const result = sampleResult();

describe('the charts', () => {
  it('draw every series of the result in which something occurred', () => {
    const drawn = new Set(chartsOf({ result }).flatMap(({ lines }) => lines.map(({ values }) => values)));
    const { offered, answered, sends, sent, sockets, outcomes, errors, pushes, times } = result.series;
    const series = [
      ...[offered, answered, sends, sent, sockets],
      ...[outcomes, errors, pushes].flatMap((all) => Object.values(all)),
      ...Object.values(times).flatMap((quantiles) => Object.values(quantiles)),
    ].filter((values) => values.some((value) => value));
    expect(series.filter((values) => !drawn.has(values))).toEqual([]);
    expect(series.length).toBeGreaterThan(50);
  });

  it('draw every process that was looked at', () => {
    const lines = saturationGroup({ result }).charts.flatMap(({ lines: all }) => all);
    const series = result.saturation
      .flatMap(({ series: all }) => all)
      .filter(({ name }) => !name.startsWith('queue'));
    expect(lines).toHaveLength(series.length + 4);
  });

  it('have open, sold-out and duplicate grabs apart, on one scale', () => {
    const [open, soldOut, duplicate] = timeGroups({ result })[0]!.charts;
    expect([open!.id, soldOut!.id, duplicate!.id]).toEqual([
      'time-grab.open',
      'time-grab.soldOut',
      'time-grab.duplicate',
    ]);
    expect(open!.range).toEqual(soldOut!.range);
    expect(open!.range).toEqual(duplicate!.range);
  });

  it('are one each, by their names', () => {
    const ids = chartsOf({ result }).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('draw an earlier run pale, and of its quantiles two at first', () => {
    const data = { result, earlier: earlierOf(sampleResult({ seed: 2 })) };
    const open = chartsOf(data).find(({ id }) => id === 'time-grab.open')!;
    const pale = open.lines.filter((line) => line.pale);
    expect(pale.map(({ name, hidden }) => [name, hidden])).toEqual([
      ['p50 earlier', false],
      ['p95 earlier', true],
      ['p99 earlier', false],
      ['p99.9 earlier', true],
    ]);
  });

  it('show the limit at which a run was to end', () => {
    const trouble = sampleResult({ trouble: true });
    const open = chartsOf({ result: trouble }).find(({ id }) => id === 'time-grab.open')!;
    expect(open.guides).toMatchObject([{ at: 100 }]);
    expect(open.range![1]).toBeGreaterThanOrEqual(100);
  });

  it('say in words what they show', () => {
    const [load] = loadGroup({ result }).charts;
    expect(summary(load!)).toMatch(
      /^Offered and answered, each second\. Grabs offered: most [\d,]+\/s at 1:51, least /,
    );
  });
});

it('grabs that wait are those due up to a second and not answered by its end', () => {
  const series = { ...result.series, offered: [10, 10, 0, 0], answered: [9, 2, 5, 4] };
  expect(mostWaiting(series)).toEqual({ waiting: 9, second: 1 });
  expect(mostWaiting({ ...series, answered: [10, 10, 0, 0] }).waiting).toBe(0);
});
