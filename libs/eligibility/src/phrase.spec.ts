import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgePhrase, normalisePhrase } from './phrase.js';

const unseen = fc
  .array(
    fc.constantFrom(
      ...[' ', '\t', '\n', '\u00a0', '\u3000', '\u2003', '\u2028'],
      ...['\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u200e', '\u202e', '\ufe0f', '\u180e'],
    ),
    { maxLength: 4 },
  )
  .map((parts) => parts.join(''));
const visible = fc.string({
  unit: fc.constantFrom(...Array.from('红包恭喜發財ｶﾞガabzABZ019ßΣςé！')),
  minLength: 1,
  maxLength: 20,
});

describe('a phrase', () => {
  it.each([
    ['width', '恭喜发财ABC123', '恭喜发财ＡＢＣ１２３'],
    ['width of katakana', 'ガンダム', 'ｶﾞﾝﾀﾞﾑ'],
    ['width of punctuation', '新年好!', '新年好！'],
    ['case', 'Open Sesame', 'oPEN sESAME'],
    ['case of letters with two lower forms', 'ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
    ['case of letters that become two', 'Straße', 'STRASSE'],
    ['case of the capital sharp s', 'STRAẞE', 'strasse'],
    ['spaces', '端午 安康', ' 端午安 康 '],
    ['the ideographic space', '端午安康', '端午　安康'],
    ['zero-width characters', '端午安康', '\ufeff端\u200b午\u2060安\u200d康'],
    ['direction marks', 'sesame', '\u202esesame\u202c'],
    ['the emoji form of a sign', '❤', '❤\ufe0f'],
    ['composed accents', 'Café', 'cafe\u0301'],
  ])('is the same whatever its %s', (_, phrase, given) => {
    expect(judgePhrase(phrase, given)).toBe('met');
    expect(judgePhrase(given, phrase)).toBe('met');
  });

  it.each([
    ['红包', '紅包'],
    ['cafe', 'café'],
    ['新年好。', '新年好.'],
    ['12', '21'],
    ['abc', 'abcd'],
    ['abcd', 'abc'],
  ])('%s is not %s', (phrase, given) => {
    expect(judgePhrase(phrase, given)).toBe('wrong');
  });

  it.each([undefined, '', ' ', '\u3000', '\u200b\ufeff'])('is not given with %j', (given) => {
    expect(judgePhrase('sesame', given)).toBe('unmet');
    expect(judgePhrase('\u200b', given)).toBe('unmet');
  });

  it('is never met when nothing in it can be seen', () => {
    expect(judgePhrase('\u200b', 'a')).toBe('wrong');
  });

  it('normalised is as it was when normalised again, for any text', () => {
    const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 40 }));
    fc.assert(
      fc.property(anyText, (text) => {
        expect(normalisePhrase(normalisePhrase(text))).toBe(normalisePhrase(text));
      }),
      { numRuns: 500 },
    );
  });

  it('normalised is the same for every single character as for its other cases and forms', () => {
    const differing: string[] = [];
    for (let code = 0; code < 0x20000; code += 1) {
      const character = String.fromCodePoint(code);
      const normal = normalisePhrase(character);
      const forms = [normal, character.toLowerCase(), character.toUpperCase()];
      forms.push(character.normalize('NFD'), character.normalize('NFKC'));
      if (forms.some((form) => normalisePhrase(form) !== normal)) differing.push(code.toString(16));
    }
    expect(differing).toEqual([]);
  });

  it('is met in any case and with anything unseen between its characters', () => {
    fc.assert(
      fc.property(visible, fc.array(unseen, { minLength: 21, maxLength: 21 }), (phrase, gaps) => {
        const given =
          phrase
            .split('')
            .map((character, k) => gaps[k]! + character)
            .join('') + gaps.at(-1)!;
        expect(judgePhrase(phrase, given)).toBe('met');
        expect(judgePhrase(phrase, given.toUpperCase())).toBe('met');
        expect(judgePhrase(phrase, given.toLowerCase())).toBe('met');
      }),
      { numRuns: 500 },
    );
  });

  it('is not met by the phrase with anything more in it', () => {
    fc.assert(
      fc.property(visible, fc.constantFrom('红', 'a', '9', '！'), (phrase, more) => {
        expect(judgePhrase(phrase, phrase + more)).toBe('wrong');
        expect(judgePhrase(phrase, more + phrase)).toBe('wrong');
      }),
    );
  });
});
