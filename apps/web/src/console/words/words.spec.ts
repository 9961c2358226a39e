import { ERRORS, REFUSAL_REASONS } from '@app/contracts';
import { describe, expect, it } from 'vitest';
import { leaves, say, shape } from '../../../test/dictionaries.js';
import { en, zh } from './index.js';

describe('the words of the console', () => {
  it('are the same in both languages, each as text or each as a function', () => {
    expect(shape(zh)).toEqual(shape(en));
  });

  it('leave nothing blank and nothing undefined', () => {
    for (const [path, value] of [...leaves(en), ...leaves(zh)]) {
      expect(say(value).trim(), path).not.toBe('');
      expect(say(value), path).not.toMatch(/undefined|\[object/);
    }
  });

  it('know every code that the server can answer, and every reason for which one does not win', () => {
    for (const code of Object.keys(ERRORS)) {
      expect(en.errors).toHaveProperty(code);
      expect(zh.errors).toHaveProperty(code);
    }
    for (const reason of REFUSAL_REASONS) {
      expect(en.funnel.reasons).toHaveProperty(reason);
      expect(zh.funnel.reasons).toHaveProperty(reason);
    }
  });

  it('say one and many in English', () => {
    expect(en.campaign.dropsOf(1)).toBe('1 drop');
    expect(en.campaign.dropsOf(2)).toBe('2 drops');
    expect(en.actions.lateDrops(1)).toContain('Move or delete it first');
  });
});
