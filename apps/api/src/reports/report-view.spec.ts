import { describe, expect, it } from 'vitest';
import { costPerWinner } from './report-view.js';

describe('the cost of a winner', () => {
  it.each([
    [0, 0, 0],
    [0, 3, 0],
    [100, 3, 33],
    [200, 3, 67],
    [5, 2, 3],
    [3, 2, 2],
    [49, 100, 0],
    [50, 100, 1],
    [Number.MAX_SAFE_INTEGER, 2, 4_503_599_627_370_496],
    [Number.MAX_SAFE_INTEGER, 1, Number.MAX_SAFE_INTEGER],
  ])('of %s fen among %s people is %s', (spent, people, cost) => {
    expect(costPerWinner(spent, people)).toBe(cost);
  });
});
