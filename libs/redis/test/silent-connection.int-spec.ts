import { afterEach, beforeEach, expect, it } from 'vitest';
import { startFaultProxy, startTestRedis, type FaultProxy } from '@app/local-stack';
import { until } from '@app/testing';
import { connectMoney, whenReady, type Redis } from '../src/index.js';

/** Given up after 5 s, and some for a new connection on a busy machine. */
const BACK_MS_MAX = 15_000;

let redis: Awaited<ReturnType<typeof startTestRedis>>;
let proxy: FaultProxy;
let client: Redis;
beforeEach(async () => {
  redis = await startTestRedis({ appendOnly: 'off' });
  proxy = await startFaultProxy(redis.url);
  client = connectMoney(proxy.url, () => {});
  await whenReady(client, 5_000);
});
afterEach(async () => {
  client.disconnect();
  await proxy.stop();
  await redis.stop();
});

it('a money connection that died without a word is given up for a new one', async () => {
  expect(await client.ping()).toBe('PONG');
  proxy.forget();
  await expect(client.ping()).rejects.toThrow('Command timed out');
  await until('an answer', () => client.ping().catch(() => undefined), BACK_MS_MAX);
});
