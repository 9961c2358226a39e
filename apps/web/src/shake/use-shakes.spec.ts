import { describe, expect, it } from 'vitest';
import { afterShake } from './use-shakes.js';

describe('a shake', () => {
  it('that misses may be followed by another at once', () => {
    expect(afterShake({ outcome: 'not_eligible', reason: 'luck' }, 5)).toEqual({
      ...{ end: false, last: 'missed', restUntil: 5 },
    });
  });

  it('that came before the next share was released is a miss until then', () => {
    expect(afterShake({ outcome: 'not_open', opensAt: 900 }, 5)).toEqual({
      ...{ end: false, last: 'missed', restUntil: 900 },
    });
  });

  it('during a pause does not end the shaking', () => {
    expect(afterShake({ outcome: 'not_eligible', reason: 'paused' }, 5)).toMatchObject({ last: 'paused' });
  });

  it('ends with a win, with nothing left, and with a gate or limit', () => {
    for (const outcome of ['won', 'already', 'empty', 'closed'] as const) {
      expect(afterShake({ outcome }, 5)).toEqual({ end: true });
    }
    for (const reason of ['quiz', 'cap', 'tries', 'members'] as const) {
      expect(afterShake({ outcome: 'not_eligible', reason }, 5)).toEqual({ end: true });
    }
  });
});
