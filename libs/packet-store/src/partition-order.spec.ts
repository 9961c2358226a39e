import { describe, expect, it } from 'vitest';
import { homeOf, partitionAt } from './partition-order.js';

const packetId = '0192f0c4-7d1e-7c3a-9b55-2f6f3f1f0a5c';
const orderOf = (userId: string, partitions: number) =>
  Array.from({ length: partitions }, (_, step) => partitionAt(packetId, userId, partitions, step));

describe('the order in which a user visits partitions', () => {
  it.each([2, 3, 10, 12, 100])('has each of %i once', (partitions) => {
    for (let k = 0; k < 300; k += 1) expect(new Set(orderOf(`user-${k}`, partitions)).size).toBe(partitions);
  });

  // Another order for a packet that is open would let people win twice.
  it('is the same for ever', () => {
    expect(orderOf('user-1', 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(orderOf('王小明', 4)).toEqual([3, 0, 1, 2]);
  });

  it('spreads homes evenly, and differently for another packet', () => {
    const [users, partitions] = [20_000, 10];
    const counts = Array.from({ length: partitions }, () => 0);
    let same = 0;
    for (let k = 0; k < users; k += 1) {
      const home = homeOf(packetId, `user-${k}`, partitions);
      counts[home]! += 1;
      if (home === homeOf(`${packetId.slice(0, -1)}d`, `user-${k}`, partitions)) same += 1;
    }
    for (const count of counts) expect(Math.abs(count - users / partitions)).toBeLessThan(150);
    expect(Math.abs(same - users / partitions)).toBeLessThan(200);
  });

  it('differs among those who share a home, so that a dry one does not send all to the same next', () => {
    const nexts = new Set<number>();
    for (let k = 0; k < 500; k += 1)
      if (homeOf(packetId, `user-${k}`, 10) === 0) nexts.add(partitionAt(packetId, `user-${k}`, 10, 1));
    expect(nexts.size).toBe(4);
  });
});
