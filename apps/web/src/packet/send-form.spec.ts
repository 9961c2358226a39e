import { describe, expect, it } from 'vitest';
import { checkDraft, fieldOfFailure, toRequest, type Draft } from './send-form.js';

const draft: Draft = {
  kind: 'lucky',
  amount: '10',
  count: '5',
  greeting: '',
  expiresInSeconds: 600,
  only: null,
  phrase: '',
  hint: '',
};
const check = (change: Partial<Draft>, available: number | null = 1_000_000) =>
  checkDraft({ ...draft, ...change }, available);

describe('checkDraft', () => {
  it('reads yuan and shares', () => {
    expect(check({})).toEqual({ amount: 1000, count: 5, problems: {} });
  });

  it.each([
    [{ amount: '' }, 'amountEmpty'],
    [{ amount: 'ten' }, 'amountFormat'],
    [{ amount: '1.001' }, 'amountPrecision'],
    [{ amount: '0' }, 'shareSmall'],
    [{ amount: '0.04' }, 'shareSmall'],
    [{ amount: '1000.01' }, 'shareLarge'],
    [{ amount: '9999.99' }, 'shareLarge'],
  ])('says at the amount what is wrong with %j', (change, what) => {
    expect(check(change).problems.amount).toMatchObject({ what });
  });

  it.each([
    ['', 'countEmpty'],
    ['0', 'countFormat'],
    ['1.5', 'countFormat'],
    ['-2', 'countFormat'],
    ['101', 'countMany'],
    ['99999999999', 'countFormat'],
  ])('says at the count what is wrong with %j', (count, what) => {
    expect(check({ count }).problems.count).toMatchObject({ what });
  });

  it('offers the nearest amounts that divide, for equal shares only', () => {
    expect(check({ kind: 'fixed', count: '3' }).problems.amount).toEqual({
      what: 'notDivisible',
      below: 999,
      above: 1002,
    });
    expect(check({ kind: 'lucky', count: '3' }).problems).toEqual({});
    expect(check({ kind: 'fixed' }).problems).toEqual({});
  });

  it('takes the bounds themselves', () => {
    expect(check({ amount: '0.05' }).problems).toEqual({});
    expect(check({ amount: '1000' }).problems).toEqual({});
    expect(check({ amount: '200', count: '100' }).problems).toEqual({});
  });

  it('sees an empty wallet only when it knows the wallet', () => {
    expect(check({}, 999).problems.amount).toEqual({ what: 'funds' });
    expect(check({}, 1000).problems).toEqual({});
    expect(check({}, null).problems).toEqual({});
  });

  it('wants someone named when only the named may win', () => {
    expect(check({ only: [] }).problems.only).toEqual({ what: 'onlyNone' });
    expect(check({ only: ['mei'] }).problems).toEqual({});
  });
});

describe('toRequest', () => {
  it('asks for what was typed, in fen', () => {
    const asked = toRequest({ ...draft, greeting: ' hi ', only: ['mei'] }, check({ only: ['mei'] }), 'r1');
    expect(asked).toEqual({
      roomId: 'r1',
      kind: 'lucky',
      amount: 1000,
      count: 5,
      currency: 'CNY',
      expiresInSeconds: 600,
      greeting: 'hi',
      onlyUserIds: ['mei'],
    });
  });

  it('makes a password gate of a phrase, with its hint, and none of blanks', () => {
    const asked = (phrase: string, hint: string) =>
      toRequest({ ...draft, phrase, hint }, check({}), 'r1')?.gates;
    expect(asked(' 恭喜发财 ', ' 过年说的话 ')).toEqual([
      { kind: 'password', phrase: '恭喜发财', hint: '过年说的话' },
    ]);
    expect(asked('spring', '')).toEqual([{ kind: 'password', phrase: 'spring' }]);
    expect(asked('  ', 'nobody sees this')).toBeUndefined();
  });

  it('asks for nothing while something is wrong', () => {
    expect(toRequest(draft, check({ amount: '' }), 'r1')).toBeNull();
  });
});

it('a refusal of the server is shown at the field that it is about', () => {
  expect(fieldOfFailure('too_many_shares')).toBe('count');
  expect(fieldOfFailure('insufficient_funds')).toBe('amount');
  expect(fieldOfFailure('internal')).toBeNull();
});
