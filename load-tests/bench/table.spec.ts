import { describe, expect, it } from 'vitest';
import { absolute, compared } from './measurement.js';
import { tableOf } from './table.js';

const rows = [
  compared(
    { atMost: 0.9 },
    {
      ...{
        id: 'B2',
        work: 'gateway CPU for one winning grab, acknowledged, over sockets that are signed in',
      },
      ...{ against: 'CPU of a bare Socket.IO server that acknowledges a constant to the same clients' },
      ...{ unit: 'µs of CPU', value: 24.123456, bare: 30 },
    },
  ),
  compared('report', { id: 'B2', work: 'the same', against: 'bare ws', unit: 'µs', value: 24, bare: 16 }),
  absolute({ atMost: 10 }, { id: 'B9', work: 'the longest single call', unit: 'ms', value: 12.5 }),
];

describe('the table of the bench', () => {
  it('is no wider than 120 columns, with every word and figure in it', () => {
    const table = tableOf(rows, true);
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
    for (const text of ['24.12 µs of CPU', '0.804×', '≤ 0.9×', '≤ 10 ms', '12.5 ms', 'constant'])
      expect(table).toContain(text);
  });

  it('has the figures of a row on its first line, under their heads', () => {
    const [head, , first] = tableOf(rows, true).split('\n');
    const end = head!.indexOf('ratio') + 'ratio'.length;
    expect(first!.slice(0, end).endsWith('0.804×')).toBe(true);
  });

  it('judges a bound, not a report, and nothing in a short run', () => {
    const verdicts = (isJudged: boolean) =>
      tableOf(rows, isJudged)
        .split('\n')
        .flatMap((line) => /(NOT MET|met|–)$/.exec(line)?.[1] ?? []);
    expect(verdicts(true)).toEqual(['met', '–', 'NOT MET']);
    expect(verdicts(false)).toEqual(['–', '–', '–']);
  });
});
