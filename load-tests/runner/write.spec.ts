import { describe, expect, it } from 'vitest';
import { roundedOf } from './write.ts';

describe('a result as it is written', () => {
  it('has fractions of four digits and every fen', () => {
    expect(
      roundedOf({ p99: 12.345678, small: 0.00012346, none: null, money: 123_456_789, list: [1.00001, 'x'] }),
    ).toEqual({
      ...{ p99: 12.35, small: 0.0001235, none: null, money: 123_456_789, list: [1, 'x'] },
    });
  });
});
