import { describe, expect, it } from 'vitest';
import { clockText, msToNextTick } from './countdown.js';

describe('the countdown', () => {
  it('reads like a clock and reaches zero only at the instant', () => {
    expect(clockText(3_723_000)).toBe('1:02:03');
    expect(clockText(123_000)).toBe('2:03');
    expect(clockText(9_000)).toBe('0:09');
    expect(clockText(1)).toBe('0:01');
    expect(clockText(0)).toBe('0:00');
    expect(clockText(-500)).toBe('0:00');
  });

  it('ticks at the instant itself, though it lies between two seconds', () => {
    expect(msToNextTick(10_000, [12_345])).toBe(345);
    expect(msToNextTick(11_345, [12_345])).toBe(1_000);
    expect(msToNextTick(12_000, [12_345, 99_001])).toBe(1);
    expect(msToNextTick(12_345, [12_345])).toBe(1_000);
    expect(msToNextTick(0, [])).toBe(1_000);
  });
});
