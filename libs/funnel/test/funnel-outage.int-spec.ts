import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startRedis, throwawayFolder, type LocalServer } from '@app/local-stack';
import { connectSockets, whenReady, type Redis } from '@app/redis';
import { until } from '@app/testing';
import { FunnelRecorder, NOTES_WAITING_MAX, readFunnel } from '../src/index.js';

let folder: string;
let server: LocalServer;
let redis: Redis;
let counting: FunnelRecorder;
let told: string[];
const dropId = randomUUID();

const start = (name: string, port?: number) =>
  startRedis({ dir: join(folder, name), ...(port !== undefined && { port }) });
const goAway = async () => {
  await server.kill();
  await until('the client has seen it', () => redis.status !== 'ready');
};
const comeBack = async (name: string) => {
  server = await start(name, server.port);
  await until('the client is back', () => redis.status === 'ready');
};
const tapped = async () => (await readFunnel(redis, dropId)).tapped;

beforeEach(async () => {
  folder = throwawayFolder('funnel');
  server = await start('first');
  redis = connectSockets(server.url, () => undefined);
  await whenReady(redis, 5_000);
  told = [];
  counting = new FunnelRecorder(redis, (error) => told.push(error.message));
  counting.start();
});
afterEach(async () => {
  await counting.stop();
  redis.disconnect();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('while Redis is away', () => {
  it('notes wait, and are written when it is back', async () => {
    counting.tapped(dropId, 'before');
    await until('the first is written', async () => (await tapped()) === 1);
    await goAway();
    for (let k = 0; k < 1_000; k += 1) counting.tapped(dropId, `user-${k}`);
    expect(counting.waiting).toBe(1_000);
    await comeBack('first');
    await until('all are written', async () => (await tapped()) === 1_001);
    expect(counting.dropped).toBe(0);
  });

  it('at most NOTES_WAITING_MAX notes wait; the oldest are dropped, counted and told of', async () => {
    await goAway();
    for (let k = 0; k < NOTES_WAITING_MAX + 11; k += 1) counting.tapped(dropId, `user-${k}`);
    expect([counting.waiting, counting.dropped]).toEqual([NOTES_WAITING_MAX, 11]);
    await comeBack('first');
    await until('the others are written', async () => (await tapped()) === NOTES_WAITING_MAX, 20_000);
    expect(await redis.sismember(`hb:funnel:${dropId}:tapped`, 'user-10')).toBe(0);
    expect(await redis.sismember(`hb:funnel:${dropId}:tapped`, 'user-11')).toBe(1);
    expect(told.at(-1)).toContain('lost 11 notes');
    expect(counting.waiting).toBe(0);
  });

  it('stopping does not wait for it', async () => {
    await goAway();
    counting.tapped(dropId, 'lin');
    await counting.stop();
    expect(counting.waiting).toBe(1);
  });
});

describe('a Redis that takes no writes', () => {
  it('is told of once, and gets the notes when it takes them again', async () => {
    await redis.config('SET', 'maxmemory', '1');
    counting.tapped(dropId, 'lin');
    await until('it is told', () => told.length > 0);
    counting.tapped(dropId, 'wang');
    const failures = () =>
      redis.info('commandstats').then((text) => Number(/cmdstat_sadd.*rejected_calls=(\d+)/.exec(text)?.[1]));
    const before = await failures();
    await until('it was tried again', async () => (await failures()) > before + 1);
    await redis.config('SET', 'maxmemory', '0');
    await until('both are written', async () => (await tapped()) === 2);
    expect(told).toHaveLength(1);
  });
});

describe('a Redis that comes back empty', () => {
  it('gets again who was sent before, as they come', async () => {
    counting.tapped(dropId, 'lin');
    await until('it is written', async () => (await tapped()) === 1);
    await goAway();
    await comeBack('another');
    expect(await tapped()).toBe(0);
    counting.tapped(dropId, 'lin');
    await until('it is written again', async () => (await tapped()) === 1);
  });
});
