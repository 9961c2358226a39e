import { ERRORS } from '@app/contracts';
import { describe, expect, it } from 'vitest';
import { en } from './en.js';
import { pickLanguage } from './index.js';
import { zh } from './zh.js';

type Tree = { [key: string]: unknown };

function leaves(tree: Tree, path = ''): [string, unknown][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null
      ? leaves(value as Tree, `${path}${key}.`)
      : [[path + key, value] as [string, unknown]],
  );
}

const say = (value: unknown): string => (typeof value === 'function' ? String(value(2, 3)) : String(value));

describe('the dictionaries', () => {
  it('have the same keys, each as text or each as a function', () => {
    const shape = (tree: Tree) => leaves(tree).map(([path, value]) => `${path}: ${typeof value}`);
    expect(shape(zh)).toEqual(shape(en));
  });

  it('leave nothing blank and nothing undefined', () => {
    for (const [path, value] of [...leaves(en), ...leaves(zh)]) {
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
