import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberField, textField } from './fields.ts';

describe('a field', () => {
  it('is what a parser would read, whatever else stands in the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        fc.maxSafeInteger(),
        (before, text, n) => {
          const json = JSON.stringify(['event', { before, outcome: text, amount: n }]);
          expect(textField(json, 'outcome')).toBe(text);
          expect(numberField(json, 'amount')).toBe(n);
        },
      ),
    );
  });

  it('whose name stands inside of a string is none', () => {
    const json = JSON.stringify({ greeting: '"packetId":"no" {"amount":3}', packetId: 'yes' });
    expect(textField(json, 'packetId')).toBe('yes');
    expect(numberField(json, 'amount')).toBeUndefined();
  });

  it('of another kind, or not there, is undefined', () => {
    expect(textField('{"a":1,"b":null}', 'a')).toBeUndefined();
    expect(textField('{"a":1,"b":null}', 'b')).toBeUndefined();
    expect(numberField('{"a":"x","b":null}', 'a')).toBeUndefined();
    expect(numberField('{"b":-2.5e3}', 'b')).toBe(-2_500);
  });
});
