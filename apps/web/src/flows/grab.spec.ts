import { describe, expect, it } from 'vitest';
import { Failure } from '../net/failure.js';
import { afterFailure, afterResult, jittered } from './grab.js';

describe('a grab', () => {
  it.each(['won', 'already', 'empty', 'closed', 'not_eligible'] as const)('ends with %s', (outcome) => {
    expect(afterResult({ outcome }, 0)).toEqual({ done: { step: 'told', result: { outcome } } });
  });

  it('asks again after the stated time when it is busy', () => {
    expect(afterResult({ outcome: 'busy', retryAfterMs: 250 }, 0)).toEqual({ waitMs: 250, note: 'busy' });
    expect(afterFailure(new Failure('rate_limited', 900), true)).toEqual({ waitMs: 900, note: 'busy' });
  });

  it('waits for the opening', () => {
    expect(afterResult({ outcome: 'not_open', opensAt: 1500 }, 1000)).toEqual({
      waitMs: 500,
      note: 'not_open',
    });
  });

  it('takes no answer as unknown, never as refused', () => {
    expect(afterFailure(new Failure('no_answer'), true)).toMatchObject({ note: 'unknown' });
    expect(afterFailure(new Failure('no_answer'), false)).toMatchObject({ note: 'offline' });
  });

  it('ends with a refusal that asking again would not change', () => {
    expect(afterFailure(new Failure('not_found'), true)).toEqual({
      done: { step: 'refused', code: 'not_found' },
    });
  });

  it('spreads its attempts', () => {
    expect(jittered(100, 0)).toBe(50);
    expect(jittered(100, 1)).toBe(150);
  });
});
