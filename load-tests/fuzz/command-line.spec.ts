import { expect, it } from 'vitest';
import { parseCommandLine } from './command-line.js';

it('runs both fuzzers for a minute with a seed of the moment', () => {
  const options = parseCommandLine([]);
  expect(options).toMatchObject({ seconds: 60, only: ['sockets', 'http'] });
  expect(options).not.toHaveProperty('target');
});

it('takes seconds, seed, one fuzzer and a target', () => {
  const args = ['--seconds', '5', '--seed', '7', '--only', 'http', '--target', 'http://127.0.0.1:8080/'];
  const target = 'http://127.0.0.1:8080';
  expect(parseCommandLine(args)).toEqual({ seconds: 5, seed: 7, only: ['http'], target });
});

it.each([
  [['--only', 'disk'], /there is no disk; there are sockets, http/],
  [['--seconds', '0'], /--seconds is a whole number from 1 to 86400, not 0/],
  [['--seed', 'x'], /--seed is a whole number/],
  [['--target', 'here'], /--target is a URL/],
  [['--nothing'], /nothing/],
])('%j is refused with words', (args, words) => {
  expect(() => parseCommandLine(args)).toThrow(words);
});
