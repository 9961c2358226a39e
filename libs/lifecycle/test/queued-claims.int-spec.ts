import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { packClaims } from '@app/contracts';
import { claimsInQueue } from '../src/index.js';
import { useLifecycle } from './lifecycle-bench.js';

const JOBS = 600;
const SETTLED_MEANWHILE = 300;
const bench = useLifecycle();

it('finds every claim whose job is there from beginning to end, while jobs before it are settled', async () => {
  const queue = bench.parts.settlementQueue;
  const packetIds = Array.from({ length: JOBS }, () => randomUUID());
  const claim = { userId: 'u', ordinal: 1, amount: 100, atMs: Date.now() };
  const jobs = await queue.addBulk(
    packetIds.map((packetId) => ({
      name: 'settle-claims',
      data: { claims: packClaims([{ packetId, ...claim }]), entries: [] },
    })),
  );
  const removed = (async () => {
    for (const job of jobs.slice(0, SETTLED_MEANWHILE)) await job.remove();
  })();
  const found = await claimsInQueue(queue);
  await removed;
  const stayed = packetIds.slice(SETTLED_MEANWHILE);
  expect(stayed.filter((packetId) => !found.has(packetId))).toEqual([]);
  expect(found.get(stayed[0]!)).toEqual([claim]);
});
