import { describe, expect, it } from 'vitest';
import { compare } from './restart-twice.js';

describe('two restarts', () => {
  const before = new Map([
    ['table claims', 'a'],
    ['hb:{1}:packet:x:meta', 'b'],
  ]);

  it('may change nothing', () => {
    expect(compare(before, new Map(before))).toEqual([]);
  });

  it('are named with what they changed, took away or added', () => {
    expect(
      compare(
        before,
        new Map([
          ['table claims', 'b'],
          ['hb:{1}:packet:y:meta', 'c'],
        ]),
      ),
    ).toMatchObject([
      { invariant: 'I10', ids: ['table claims', 'hb:{1}:packet:x:meta', 'hb:{1}:packet:y:meta'] },
    ]);
  });
});
