import { describe, expect, it } from 'vitest';
import type { Saturation } from '../../model/result.ts';
import { atNothing, bridged, grouped } from './saturation-groups.ts';

const count = (name: string, most: number, full?: number): Saturation['series'][number] => ({
  name,
  unit: 'count',
  ...(full === undefined ? {} : { full }),
  values: [0, most],
});
const cpu = { name: 'CPU', unit: 'percent of a core', full: 100, values: [10, 20] } as const;
const memory = { name: 'memory', unit: 'bytes', values: [1, 2] } as const;
const own = (series: Saturation['series']) =>
  grouped([{ process: 'worker', series }]).map(({ title, lines }) => [
    title,
    ...lines.map(({ label }) => label),
  ]);

describe('saturation', () => {
  it('of several processes stands in one chart for each thing, CPU first', () => {
    const processes = ['gateway', 'redis'].map((process) => ({
      process,
      series: [
        { ...memory, values: [1, 2] },
        { ...cpu, values: [10, 20] },
      ],
    }));
    expect(grouped(processes).map(({ title, lines }) => [title, ...lines.map(({ label }) => label)])).toEqual(
      [
        ['CPU', 'gateway', 'redis'],
        ['memory', 'gateway', 'redis'],
      ],
    );
  });

  it('of one process parts what would lie flat beside the other', () => {
    expect(own([count('sockets', 5_000), count('grabs waiting', 30)])).toEqual([
      ['worker: sockets', 'sockets'],
      ['worker: grabs waiting', 'grabs waiting'],
    ]);
    expect(own([count('sockets', 50), count('clients', 30)])).toEqual([
      ['worker: sockets, clients', 'sockets', 'clients'],
    ]);
  });

  it('of one family stays together, under its last names', () => {
    expect(own([count('sessions active', 2, 100), count('sessions idle', 90, 100)])).toEqual([
      ['worker: sessions', 'active', 'idle'],
    ]);
  });

  it('that was nothing all the time is told, not drawn; a percentage is drawn', () => {
    const series = [count('jobs', 0), { ...cpu, values: [0, 0] }];
    expect(atNothing([{ process: 'worker', series }])).toEqual(['worker: jobs']);
    expect(own(series)).toEqual([['worker: CPU', 'CPU']]);
  });

  it('bridges a few seconds in which nobody could ask, and leaves longer ones open', () => {
    expect(bridged([2, null, 4, null, null, null, null, 9])).toEqual([2, 3, 4, null, null, null, null, 9]);
    expect(bridged([null, 1, null])).toEqual([null, 1, null]);
  });
});
