import { describe, expect, it } from 'vitest';
import {
  bytes,
  clock,
  count,
  inUnit,
  ms,
  percent,
  perSecond,
  short,
  shortMs,
  some,
  utc,
  yuan,
} from './format.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ').replaceAll('\u2212', '-');

describe('numbers as text', () => {
  it('have separators, and small ones keep their digits', () => {
    expect([0, 0.25, 9.876, 99.6, 1_234.5, -1_234].map(count).map(plain)).toEqual([
      '0',
      '0.25',
      '9.88',
      '99.6',
      '1,235',
      '-1,234',
    ]);
    expect(perSecond(12_345)).toBe('12,345/s');
    expect([950, 12_300, 1_200_000].map(short)).toEqual(['950', '12.3K', '1.2M']);
  });

  it('of time go from milliseconds to seconds', () => {
    expect([0.6612, 8.25, 99.5, 1_234, 12_345].map(ms).map(plain)).toEqual([
      '0.661 ms',
      '8.25 ms',
      '99.5 ms',
      '1,234 ms',
      '12.3 s',
    ]);
    expect([0.5, 200, 1_000, 5_000].map(shortMs).map(plain)).toEqual(['0.5 ms', '200 ms', '1 s', '5 s']);
  });

  it('of money are yuan from fen, exact to the fen', () => {
    expect([0, 1, 100, 123_456_789, -5].map(yuan).map(plain)).toEqual([
      '¥0.00',
      '¥0.01',
      '¥1.00',
      '¥1,234,567.89',
      '-¥0.05',
    ]);
  });

  it('in percent never say a hundred of what is a little less', () => {
    expect([0, 0.014, 42.123, 99.9999, 99.95, 100].map(percent).map(plain)).toEqual([
      '0 %',
      '0.01 %',
      '42.1 %',
      '99.999 %',
      '99.95 %',
      '100 %',
    ]);
  });

  it('of memory go by powers of two', () => {
    expect([0, 512, 2_048, 150 * 1_024 ** 2, 8 * 1_024 ** 3].map(bytes).map(plain)).toEqual([
      '0 B',
      '512 B',
      '2 KiB',
      '150 MiB',
      '8 GiB',
    ]);
  });

  it('of instants are the second of the load, or UTC', () => {
    expect([0, 65.9, 3_725].map(clock)).toEqual(['0:00', '1:05', '1:02:05']);
    expect(utc('2016-02-07T12:00:00.000Z', 65)).toBe('2016-02-07 12:01:05 UTC');
    expect(utc('no instant')).toBe('no instant');
  });

  it('take the unit that they are given in words', () => {
    expect([inUnit(5, 'ms'), inUnit(5, '%'), inUnit(5, 'count'), inUnit(5, 'rooms')].map(plain)).toEqual([
      '5 ms',
      '5 %',
      '5',
      '5 rooms',
    ]);
    expect([some(1, 'grab'), some(2, 'grab'), some(2, 'process', 'processes')]).toEqual([
      '1 grab',
      '2 grabs',
      '2 processes',
    ]);
  });
});
