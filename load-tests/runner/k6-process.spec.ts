import { describe, expect, it } from 'vitest';
import { failureOf, k6Arguments } from './k6-process.ts';

function segmentOf(part: number, parts: number): string[] {
  const args = k6Arguments({ planFile: 'plan.json', part, parts }, 'lines', 'play.ts');
  return args.filter((_, k) => args[k - 1]?.startsWith('--execution-segment'));
}

describe('k6', () => {
  it('alone plays the whole', () => {
    expect(segmentOf(0, 1)).toEqual([]);
  });

  it('in several processes plays segments that follow on one another, with the same sequence', () => {
    expect(segmentOf(0, 3)).toEqual(['0:1/3', '0,1/3,2/3,1']);
    expect(segmentOf(1, 3)).toEqual(['1/3:2/3', '0,1/3,2/3,1']);
    expect(segmentOf(2, 3)).toEqual(['2/3:1', '0,1/3,2/3,1']);
  });

  it('that was told to stop has not failed', () => {
    expect(failureOf({ code: 0, signal: null }, false)).toBeUndefined();
    expect(failureOf({ code: 105, signal: null }, true)).toBeUndefined();
    expect(failureOf({ code: 105, signal: null }, false)).toContain('105');
    expect(failureOf({ code: 107, signal: null }, true)).toContain('107');
    expect(failureOf({ code: null, signal: 'SIGKILL' }, false)).toContain('SIGKILL');
  });
});
