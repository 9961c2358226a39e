import { describe, expect, it } from 'vitest';
import { bucketOf } from '../model/histogram.ts';
import type { Line } from '../model/lines.ts';
import { Tally } from './tally.ts';

function tally(): { tally: Tally; lines: () => Line[] } {
  const printed: string[] = [];
  return {
    tally: new Tally(4, (line) => printed.push(line)),
    lines: () => printed.splice(0).map((line) => JSON.parse(line) as Line),
  };
}

describe('a tally', () => {
  it('prints the seconds that are over, and keeps the one that runs', () => {
    const { tally: counted, lines } = tally();
    counted.count(-2, 'connects');
    counted.count(0, 'offered');
    counted.count(1, 'offered', 3);
    counted.time(0, 'grab.open', 5);
    counted.flush(1);
    expect(lines()).toEqual([
      { k: 'window', vu: 4, s: -2, counts: { connects: 1 }, times: {} },
      { k: 'window', vu: 4, s: 0, counts: { offered: 1 }, times: { 'grab.open': [bucketOf(5), 1] } },
    ]);
    counted.flush(Infinity);
    expect(lines()).toEqual([{ k: 'window', vu: 4, s: 1, counts: { offered: 3 }, times: {} }]);
    counted.flush(Infinity);
    expect(lines()).toEqual([]);
  });

  it('prints what came later to a second as a further line, which adds up', () => {
    const { tally: counted, lines } = tally();
    counted.count(3, 'offered');
    counted.flush(4);
    counted.time(3, 'grab.soldOut', 900);
    counted.time(3, 'grab.soldOut', 900);
    counted.flush(5);
    expect(lines()).toEqual([
      { k: 'window', vu: 4, s: 3, counts: { offered: 1 }, times: {} },
      { k: 'window', vu: 4, s: 3, counts: {}, times: { 'grab.soldOut': [bucketOf(900), 2] } },
    ]);
  });

  it('prints every win and every unknown grab once, 500 to a line', () => {
    const { tally: counted, lines } = tally();
    for (let k = 1; k <= 501; k += 1) counted.win('p', k, k, 10);
    counted.unanswered('p', 7);
    counted.flush(0);
    const [first, second, unknown, ...rest] = lines();
    expect(first).toMatchObject({ k: 'wins' });
    expect(first?.k === 'wins' && first.wins).toHaveLength(500);
    expect(second).toEqual({ k: 'wins', wins: [['p', 501, 501, 10]] });
    expect(unknown).toEqual({ k: 'unknown', grabs: [['p', 7]] });
    expect(rest).toEqual([]);
    counted.flush(0);
    expect(lines()).toEqual([]);
  });
});
