import { describe, expect, it } from 'vitest';
import { sampleResult } from '../test-sample.ts';
import { judge } from './judgement.ts';

describe('the headline', () => {
  it('of a run in which all is well says so, three times', () => {
    const { ok, says, goals, money, k6 } = judge(sampleResult());
    expect(says).toBe(
      'It held: every goal was met. The money adds up, to the fen. What was measured is the service, not k6.',
    );
    expect([ok, goals, money, k6]).toEqual([
      true,
      { ok: true, says: 'All 5 goals met' },
      { ok: true, says: 'The money adds up' },
      { ok: true, says: 'k6 was not the bottleneck' },
    ]);
  });

  it('names the goals that were missed', () => {
    const result = sampleResult();
    result.verdicts[0]!.met = false;
    const { ok, says, goals } = judge(result);
    expect(ok).toBe(false);
    expect(goals.says).toBe('1 of 5 goals missed');
    expect(says).toContain('Goals missed: p99 of open grabs.');
  });

  it('of a breakpoint says what broke and when, and tells of the money and of k6 too', () => {
    const { ok, says } = judge(sampleResult({ trouble: true }));
    expect(ok).toBe(false);
    expect(says).toContain('p99 of open grabs broke at 1:53');
    expect(says).toContain('The money does not add up (failed: what was not claimed went back).');
    expect(says).toContain('k6 or its machine was at its limit');
  });

  it('never calls money right that could not be checked', () => {
    const result = sampleResult();
    result.money = {
      ...result.money,
      ok: false,
      audit: { ran: false, ok: false, broken: [], why: 'no store' },
    };
    expect(judge(result).money).toEqual({ ok: false, says: 'Not all of the money could be checked' });
    expect(judge(result).ok).toBe(false);
  });

  it('of a run that was stopped says that first', () => {
    const { ok, says } = judge({ ...sampleResult(), complete: false });
    expect(ok).toBe(false);
    expect(says).toMatch(/^Stopped before the end of the load\./);
  });
});
