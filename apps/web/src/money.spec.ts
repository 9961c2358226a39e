import { describe, expect, it } from 'vitest';
import { formatMoney, formatSigned, parseMoney, toDecimal } from './money.js';

describe('parseMoney', () => {
  it.each([
    ['1', 100],
    ['0.01', 1],
    ['.5', 50],
    ['12.', 1200],
    ['1.10', 110],
    ['1.100', 110],
    [' ¥ 8.88 ', 888],
    ['１２．３', 1230],
    ['8。88', 888],
    ['0', 0],
    ['000000000000000007', 700],
    ['1.15', 115],
    ['4.35', 435],
    ['999999999999.99', 99999999999999],
  ])('reads %s as %d fen', (typed, minor) => {
    expect(parseMoney(typed)).toEqual({ minor });
  });

  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['.', 'format'],
    ['1,5', 'format'],
    ['-1', 'format'],
    ['1e3', 'format'],
    ['0x10', 'format'],
    ['1.2.3', 'format'],
    ['1.001', 'precision'],
    ['9999999999999', 'huge'],
  ])('refuses %j as %s', (typed, problem) => {
    expect(parseMoney(typed)).toEqual({ problem });
  });

  it('knows currencies without a minor unit', () => {
    expect(parseMoney('120', 0)).toEqual({ minor: 120 });
    expect(parseMoney('1.5', 0)).toEqual({ problem: 'precision' });
  });
});

describe('formatMoney', () => {
  it('writes fen as yuan in both languages', () => {
    expect(formatMoney(123456, 'CNY', 'zh-CN')).toBe('¥1,234.56');
    expect(formatMoney(1, 'CNY', 'en')).toBe('¥0.01');
    expect(formatMoney(500, 'JPY', 'en')).toBe('¥500');
  });

  it('always shows the sign of a movement', () => {
    expect(formatSigned(-100, 'CNY', 'en')).toBe('−¥1.00');
    expect(formatSigned(100, 'CNY', 'en')).toBe('+¥1.00');
  });

  it('keeps every digit', () => {
    expect(toDecimal(9007199254740991, 2)).toBe('90071992547409.91');
    expect(toDecimal(-5, 2)).toBe('-0.05');
    expect(toDecimal(7, 0)).toBe('7');
  });
});
