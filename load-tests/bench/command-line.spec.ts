import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './command-line.js';

const known = ['B1', 'B2', 'B10'];

describe('the command line of the bench', () => {
  it('means all of them, and keeps the results, when nothing is said', () => {
    expect(parseCommandLine([], known)).toEqual({ ids: known, isShort: false, keep: true });
  });

  it('runs the ones named in the order of the list, and keeps them only when told', () => {
    expect(parseCommandLine(['--only', 'b10, B1'], known)).toEqual({
      ...{ ids: ['B1', 'B10'], isShort: false, keep: false },
    });
    expect(parseCommandLine(['--only', 'B2', '--keep', '--json', 'x.json'], known)).toEqual({
      ...{ ids: ['B2'], isShort: false, keep: true, json: 'x.json' },
    });
  });

  it('makes large packets of another size, and does not keep that', () => {
    expect(parseCommandLine(['--shares', '10000000'], known)).toMatchObject({
      shares: 10_000_000,
      keep: false,
    });
    expect(() => parseCommandLine(['--shares', '1e7'], known)).toThrow('--shares takes a number');
  });

  it('keeps nothing of a short run', () => {
    expect(parseCommandLine(['--short'], known)).toMatchObject({ isShort: true, keep: false });
  });

  it('names what there is when asked for what there is not', () => {
    expect(() => parseCommandLine(['--only', 'B1,B7'], known)).toThrow(
      'there is no B7; there are B1, B2, B10',
    );
    expect(() => parseCommandLine(['--fast'], known)).toThrow('--fast');
  });
});
