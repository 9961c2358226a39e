import { describe, expect, it } from 'vitest';
import { parseCsv, recordsOf } from './parse-csv.ts';

describe('a CSV', () => {
  it('is read with quotes, commas, line ends and empty cells', () => {
    expect(parseCsv('\uFEFFa,b\r\n"x, ""y""\nz",\r\n')).toEqual([
      ['a', 'b'],
      ['x, "y"\nz', ''],
    ]);
  });

  it('without an end of line at its end loses no row', () => {
    expect(recordsOf('a,b\n1,2\n3,4')).toEqual([
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ]);
  });

  it('with a broken quote is refused', () => {
    expect(() => parseCsv('a\n"b')).toThrow('row 2');
  });
});
