import { describe, expect, it } from 'vitest';
import { REJECTED_LINES_MAX } from '@app/contracts';
import { ListCheck } from './list-check.js';

function check(texts: (string | undefined)[], idsMax?: number) {
  const list = new ListCheck(idsMax);
  const ids = texts.map((text, k) => list.take({ number: k + 1, text })).filter((id) => id !== undefined);
  return { ids, rejected: list.rejected, count: list.rejectedCount };
}

describe('a list', () => {
  it('may begin with a byte order mark, blank lines and a header, and have quotes around its ids', () => {
    const marked = check(['\u00ef\u00bb\u00bfuser_id', '', '  ', '"alice"', 'bob@shop.example']);
    expect(marked).toEqual({ ids: ['alice', 'bob@shop.example'], rejected: [], count: 0 });
    expect(check(['', '"userId"', 'a']).ids).toEqual(['a']);
    expect(check(['\u00ef\u00bb\u00bfalice']).ids).toEqual(['alice']);
  });

  it('takes the name of a header for an id anywhere else', () => {
    expect(check(['a', 'userid']).ids).toEqual(['a', 'userid']);
  });

  it.each([
    'a b',
    ' a',
    'a,b',
    '"a',
    '""',
    '=1+1',
    'a:b',
    '{a}',
    'x'.repeat(65),
    '\u00e4\u00bd\u00a0',
    'a\u0000',
    undefined,
  ])('refuses %j as no id', (text) => {
    expect(check(['a', text]).rejected).toEqual([{ line: 2, reason: 'invalid_user_id' }]);
  });

  it('names the line of an id that was there before, in quotes or not', () => {
    expect(check(['a', 'b', '"a"', 'A'])).toEqual({
      ids: ['a', 'b', 'A'],
      rejected: [{ line: 3, reason: 'duplicate' }],
      count: 1,
    });
  });

  it('is full at its limit, and still knows its own', () => {
    expect(check(['a', 'b', 'c', 'a', '?', 'c'], 2)).toEqual({
      ids: ['a', 'b'],
      rejected: [
        { line: 3, reason: 'too_many' },
        { line: 4, reason: 'duplicate' },
        { line: 5, reason: 'invalid_user_id' },
        { line: 6, reason: 'too_many' },
      ],
      count: 4,
    });
  });

  it('names the first refused lines and counts all', () => {
    const { rejected, count } = check(Array.from({ length: REJECTED_LINES_MAX + 5 }, () => '?'));
    expect(rejected).toHaveLength(REJECTED_LINES_MAX);
    expect(count).toBe(REJECTED_LINES_MAX + 5);
  });
});
