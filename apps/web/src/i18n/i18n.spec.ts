import { ERRORS, REFUSAL_REASONS } from '@app/contracts';
import { describe, expect, it } from 'vitest';
import { leaves, say, shape } from '../../test/dictionaries.js';
import { dropsEn } from './drops-en.js';
import { dropsZh } from './drops-zh.js';
import { en } from './en.js';
import { pickLanguage } from './index.js';
import { zh } from './zh.js';

describe('the dictionaries', () => {
  it('have the same keys, each as text or each as a function', () => {
    expect(shape(zh)).toEqual(shape(en));
    expect(shape(dropsZh)).toEqual(shape(dropsEn));
  });

  it('leave nothing blank and nothing undefined', () => {
    for (const [path, value] of [en, zh, dropsEn, dropsZh].flatMap((tree) => leaves(tree))) {
      expect(say(value).trim(), path).not.toBe('');
      expect(say(value), path).not.toMatch(/undefined|\[object/);
    }
  });

  it('know every code that the server can answer', () => {
    for (const code of Object.keys(ERRORS)) {
      expect(en.errors).toHaveProperty(code);
      expect(zh.errors).toHaveProperty(code);
    }
  });

  it('have words for every reason of a refusal', () => {
    for (const reason of REFUSAL_REASONS) {
      expect(en.grab.reasons).toHaveProperty(reason);
      expect(zh.grab.reasons).toHaveProperty(reason);
    }
  });

  it('say one and many in English', () => {
    expect(en.rooms.members(1)).toBe('1 member');
    expect(en.rooms.members(2)).toBe('2 members');
    expect(en.people.invited(1)).toBe('1 person invited.');
  });
});

describe('pickLanguage', () => {
  it('takes the first that we speak', () => {
    expect(pickLanguage(['fr-FR', 'zh-TW', 'en'])).toBe('zh');
    expect(pickLanguage(['en-GB', 'zh'])).toBe('en');
    expect(pickLanguage(['de'])).toBe('en');
    expect(pickLanguage([])).toBe('en');
  });
});
