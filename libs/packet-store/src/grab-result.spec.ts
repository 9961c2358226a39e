import { describe, expect, it } from 'vitest';
import { REFUSAL_REASONS } from '@app/contracts';
import { grabResultOf, REFUSAL_WORDS } from './grab-result.js';

describe('the answer to somebody who is not eligible', () => {
  it('gives the reason of the store before the gate that the caller knows, and that before membership', () => {
    const capped = { outcome: 'not_eligible', reason: 'cap' } as const;
    expect(grabResultOf(capped, 'CNY', 'quiz').reason).toBe('cap');
    expect(grabResultOf({ outcome: 'not_eligible' }, 'CNY', 'quiz').reason).toBe('quiz');
    expect(grabResultOf({ outcome: 'not_eligible' }, 'CNY').reason).toBe('members');
  });

  it.each(REFUSAL_REASONS)('says %s in words', (reason) => {
    expect(grabResultOf({ outcome: 'not_eligible' }, 'CNY', reason)).toEqual({
      outcome: 'not_eligible',
      reason,
      message: REFUSAL_WORDS[reason],
    });
  });
});
