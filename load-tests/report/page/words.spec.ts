import { expect, it } from 'vitest';
import { byOutcome, metricUnit, metricWords } from './words.ts';

it('metrics are said in words, and those nobody knows stay as they are', () => {
  const metrics = {
    'grab.open.p99': 'p99 of open grabs',
    'grab.soldOut.p999': 'p99.9 of sold out grabs',
    'settlement.p95': 'p95 of settlement',
    'late.p99': 'p99 of k6’s lateness',
    'share.unknown': 'answers that were unknown',
    'answered.ofOffered': 'grabs answered, of those offered',
    'memory.growth.gateway': 'growth of gateway’s memory',
    'something.else': 'something.else',
  };
  expect(Object.keys(metrics).map(metricWords)).toEqual(Object.values(metrics));
  expect(['push.p99', 'share.busy'].map(metricUnit)).toEqual(['ms', '%']);
});

it('outcomes are in the order of their stack, new words last', () => {
  const shuffled = ['unknown', 'a_new_word', 'empty', 'won', 'already'];
  expect(shuffled.toSorted(byOutcome)).toEqual(['won', 'already', 'empty', 'unknown', 'a_new_word']);
});
