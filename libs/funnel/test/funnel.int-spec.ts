import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectSockets, whenReady, type Redis } from '@app/redis';
import { until } from '@app/testing';
import { FUNNEL_KEPT_SECONDS, FunnelRecorder, funnelKeys, readFunnel, readFunnelOf } from '../src/index.js';

const people = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => `user-${from + k}`);
const nothing = { reached: 0, tapped: 0, refused: {} };
let redis: Redis;
let recorders: FunnelRecorder[] = [];
const recorder = () => {
  const made = new FunnelRecorder(redis, (error) => {
    throw error;
  });
  recorders.push(made);
  return made;
};
const flushed = async (...made: FunnelRecorder[]) => {
  await Promise.all(made.map((each) => each.stop()));
};

beforeAll(async () => {
  // A logical database of its own: it is looked at as a whole below.
  redis = connectSockets(`${inject('redisUrl')}/5`, () => undefined);
  await whenReady(redis, 5_000);
});
afterEach(async () => {
  await flushed(...recorders);
  recorders = [];
});
afterAll(() => redis.disconnect());

describe('the funnel of a drop', () => {
  it('is empty before anything was noted', async () => {
    expect(await readFunnel(redis, randomUUID())).toEqual(nothing);
    expect(await readFunnelOf(redis, [])).toEqual(nothing);
    expect(await readFunnelOf(redis, [randomUUID(), randomUUID()])).toEqual(nothing);
  });

  it('counts each person once for each step, over all processes', async () => {
    const dropId = randomUUID();
    const [one, two] = [recorder(), recorder()];
    for (const process of [one, two, one]) {
      process.reached(dropId, people(0, 50));
      for (const userId of people(0, 20)) process.tapped(dropId, userId);
      for (const userId of people(0, 7)) process.refused(dropId, 'quiz', userId);
      process.refused(dropId, 'empty', 'user-1');
    }
    two.reached(dropId, ['someone-else']);
    await flushed(one, two);
    expect(await readFunnel(redis, dropId)).toEqual({
      reached: 51,
      tapped: 20,
      refused: { empty: 1, quiz: 7 },
    });
  });

  it('is written by itself, soon after something was noted', async () => {
    const dropId = randomUUID();
    const counting = recorder();
    counting.start();
    counting.tapped(dropId, 'lin');
    counting.answered(dropId, 3);
    await until('the tap is counted', async () => (await readFunnel(redis, dropId)).tapped === 1, 5_000);
    expect(counting.waiting).toBe(0);
    counting.tapped(dropId, 'wang');
    await until('the next too', async () => (await readFunnel(redis, dropId)).tapped === 2, 5_000);
    expect((await readFunnel(redis, dropId)).latency!.count).toBe(1);
  });

  it('is not sent who was sent before', async () => {
    const dropId = randomUUID();
    const counting = recorder();
    for (let tap = 0; tap < 100; tap += 1) counting.tapped(dropId, 'lin');
    await counting.stop();
    expect(await redis.smembers(funnelKeys.tapped(dropId))).toEqual(['lin']);
    await redis.del(funnelKeys.tapped(dropId));
    for (const userId of ['lin', 'wang', 'lin']) counting.tapped(dropId, userId);
    counting.refused(dropId, 'tries', 'lin');
    await counting.stop();
    expect(await redis.smembers(funnelKeys.tapped(dropId))).toEqual(['wang']);
    expect((await readFunnel(redis, dropId)).refused).toEqual({ tries: 1 });
  });

  it('takes an audience of 23,456 told at once', async () => {
    const dropId = randomUUID();
    const counting = recorder();
    counting.reached(dropId, people(0, 23_456));
    await counting.stop();
    expect(await readFunnel(redis, dropId)).toEqual({ ...nothing, reached: 23_456 });
  });

  it('sums the latencies of all processes into quantiles', async () => {
    const dropId = randomUUID();
    const [one, two] = [recorder(), recorder()];
    for (let ms = 1; ms <= 100; ms += 1) {
      one.answered(dropId, ms);
      two.answered(dropId, ms);
    }
    await flushed(one, two);
    one.answered(dropId, 1);
    await one.stop();
    const { count, p50, p95, p99 } = (await readFunnel(redis, dropId)).latency!;
    expect(count).toBe(201);
    for (const [seen, exact] of [
      [p50, 50],
      [p95, 95],
      [p99, 99],
    ] as const)
      expect(Math.abs(seen - exact)).toBeLessThan(exact * 0.1);
  });

  it('is kept for 35 days, in keys that all expire', async () => {
    const dropId = randomUUID();
    const counting = recorder();
    counting.reached(dropId, ['lin']);
    counting.tapped(dropId, 'lin');
    counting.refused(dropId, 'cap', 'lin');
    counting.answered(dropId, 5);
    await counting.stop();
    const keys = await redis.keys(`hb:funnel:${dropId}:*`);
    expect(keys.map((key) => key.split(':').slice(3).join(':')).sort()).toEqual([
      'latency',
      'reached',
      'reasons',
      'refused:cap',
      'tapped',
    ]);
    for (const key of keys) {
      const seconds = await redis.ttl(key);
      expect(seconds).toBeGreaterThan(FUNNEL_KEPT_SECONDS - 60);
      expect(seconds).toBeLessThanOrEqual(FUNNEL_KEPT_SECONDS);
    }
  });
});

describe('the funnel over several drops', () => {
  it('counts who came to more than one of them once', async () => {
    const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()];
    const counting = recorder();
    counting.reached(a, people(0, 3_000));
    counting.reached(b, people(1_500, 4_700));
    counting.reached(c, people(10, 20));
    for (const userId of people(0, 5)) counting.tapped(a, userId);
    for (const userId of people(3, 9)) counting.refused(b, 'quiz', userId);
    for (const userId of people(8, 12)) counting.refused(c, 'quiz', userId);
    counting.refused(c, 'place', 'user-1');
    counting.answered(a, 4);
    counting.answered(c, 4);
    await counting.stop();
    const together = await readFunnelOf(redis, [a, b, c, randomUUID(), a]);
    expect(together).toMatchObject({ reached: 4_700, tapped: 5, refused: { place: 1, quiz: 9 } });
    expect(together.latency!.count).toBe(2);
    expect(await readFunnelOf(redis, [c])).toEqual(await readFunnel(redis, c));
    expect(await redis.keys(funnelKeys.union('*'))).toEqual([]);
  });
});
