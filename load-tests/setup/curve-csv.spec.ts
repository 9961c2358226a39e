import { describe, expect, it } from 'vitest';
import { curveOfCsv } from './curve-csv.ts';

describe("a curve of the user's own", () => {
  it('is read with its header, comments and empty lines', () => {
    const text = '# my evening\nsecond,perSecond\n\n0,10\n30 , 20.5 # the ad break\r\n60,0\n';
    expect(curveOfCsv(text)).toEqual([
      { atSecond: 0, perSecond: 10 },
      { atSecond: 30, perSecond: 20.5 },
      { atSecond: 60, perSecond: 0 },
    ]);
  });

  it('needs no header, and may begin with the mark that spreadsheets put first', () => {
    expect(curveOfCsv('\uFEFF0,10\n5,10')).toHaveLength(2);
    expect(curveOfCsv('\uFEFFSecond,PerSecond\n0,10\n5,10')).toHaveLength(2);
  });

  it.each([
    ['0,10\n5,ten', 'line 2: perSecond must be a number that is not negative, not "ten".'],
    ['0,10\n5,-1', 'line 2: perSecond must be a number that is not negative, not "-1".'],
    ['0,10\n5,0x10', 'not "0x10".'],
    ['0,10\n5,', 'not "".'],
    ['0,10\n5,Infinity', 'not "Infinity".'],
    ['0,10\n5,1e999', 'not "1e999".'],
    ['# c\n0,10\nsoon,5', 'line 3: second must be a number'],
    ['0,10\nsecond,perSecond\n5,1', 'line 2: second must be a number'],
    ['0,10\n5;7', 'line 2: expected second,perSecond, and found 1 fields.'],
    ['0,10\n5,7,9', 'line 2: expected second,perSecond, and found 3 fields.'],
    ['0,10\n0,7', 'line 2: second 0 does not come after 0, the one before.'],
    ['9,10\n5,7', 'line 2: second 5 does not come after 9, the one before.'],
  ])('%j is refused, and the line is named', (text, message) => {
    expect(() => curveOfCsv(text, 'evening.csv')).toThrow(message);
    expect(() => curveOfCsv(text, 'evening.csv')).toThrow(/^evening\.csv, line \d+: /);
  });

  it.each([
    ['', 'needs at least two lines of second,perSecond; it has 0.'],
    ['second,perSecond\n0,10', 'needs at least two lines of second,perSecond; it has 1.'],
    ['0,0\n60,0', 'asks for less than one arrival in all.'],
  ])('%j is refused as a whole', (text, message) => {
    expect(() => curveOfCsv(text)).toThrow(`the curve ${message}`);
  });
});
