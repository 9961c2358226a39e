import { describe, expect, it } from 'vitest';
import { UnansweredError } from '@app/client';
import { RefusalError } from '@app/contracts';
import { eachOf, patiently } from './patience.ts';

/** Throws these in turn, then answers how often it was asked. */
function answering(...errors: Error[]): () => Promise<number> {
  let asked = 0;
  return () => {
    asked += 1;
    const error = errors[asked - 1];
    return error ? Promise.reject(error) : Promise.resolve(asked);
  };
}

const limited = new RefusalError('rate_limited', { retryAfterMs: 1 });
const busy = new RefusalError('busy', { retryAfterMs: 1 });

describe('a patient call', () => {
  it('waits out a busy server and a limit', async () => {
    expect(await patiently(answering(limited, busy, limited))).toBe(4);
  });

  it('gives up at any other refusal', async () => {
    const funds = new RefusalError('insufficient_funds');
    await expect(patiently(answering(busy, funds))).rejects.toBe(funds);
  });

  it('does not repeat what may have been done and has no key', async () => {
    const unanswered = new UnansweredError('POST /campaigns/1/drops');
    await expect(patiently(answering(unanswered), { repeatable: false })).rejects.toBe(unanswered);
    expect(await patiently(answering(busy), { repeatable: false })).toBe(2);
  });

  it('does not wait for ever', async () => {
    await expect(patiently(answering(...Array<Error>(100).fill(busy)))).rejects.toBe(busy);
  });
});

describe('many calls', () => {
  it('are under way a few at a time, and answer in order', async () => {
    let underWay = 0;
    let most = 0;
    const done: number[] = [];
    const answers = await eachOf(
      [5, 1, 4, 2, 3],
      2,
      async (n, k) => {
        underWay += 1;
        most = Math.max(most, underWay);
        for (let turn = 0; turn < n; turn += 1) await Promise.resolve();
        underWay -= 1;
        return `${k}:${n}`;
      },
      (count) => done.push(count),
    );
    expect(answers).toEqual(['0:5', '1:1', '2:4', '3:2', '4:3']);
    expect(most).toBe(2);
    expect(done).toEqual([1, 2, 3, 4, 5]);
  });

  it('begin no more once one has failed', async () => {
    const begun: number[] = [];
    const failing = eachOf([1, 2, 3, 4, 5, 6], 2, async (n) => {
      begun.push(n);
      await Promise.resolve();
      if (n === 2) throw new Error('two');
    });
    await expect(failing).rejects.toThrow('two');
    expect(begun.length).toBeLessThan(6);
  });
});
