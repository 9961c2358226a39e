import { afterEach, beforeEach, describe, it } from 'vitest';
import { startFaultProxy, startTestRedis, type FaultProxy, type Relayed } from '@app/local-stack';
import { until } from '@app/testing';
import { connectSockets, connectSubscriber, type Redis } from '../src/index.js';

/** A command on the sockets connection takes 3 s at most, and a new connection a moment. */
const AGAIN_MS_MAX = 15_000;

let redis: Awaited<ReturnType<typeof startTestRedis>>;
let proxy: FaultProxy;
let publisher: Redis;
let subscriber: Redis;
let heard: string[];
let errors: string[];
beforeEach(async () => {
  redis = await startTestRedis({ appendOnly: 'off' });
  proxy = await startFaultProxy(redis.url);
  publisher = connectSockets(redis.url, () => {});
  [heard, errors] = [[], []];
  subscriber = connectSubscriber(proxy.url, (_role, error) => errors.push(error.message));
  subscriber.on('message', (_channel, text) => heard.push(text));
  subscriber.on('pmessage', (_pattern, _channel, text) => heard.push(text));
});
afterEach(async () => {
  for (const client of [subscriber, publisher]) client.disconnect();
  await proxy.stop();
  await redis.stop();
});

/** Published until both subscriptions have heard it. */
const untilHeard = (text: string) =>
  until(
    `${text} was heard`,
    async () => {
      await publisher.publish('room:1', text);
      await publisher.publish('news', text);
      return heard.filter((one) => one === text).length >= 2;
    },
    AGAIN_MS_MAX,
  );

describe('a subscriber', () => {
  it('asked before it is connected, and after each lost connection, hears what is published', async () => {
    void subscriber.subscribe('news');
    void subscriber.psubscribe('room:*');
    await untilHeard('first');
    proxy.reset();
    await untilHeard('second');
  });

  it('whose subscribing is not answered tells the error, rejects nowhere, and subscribes again', async () => {
    void subscriber.subscribe('news');
    void subscriber.psubscribe('room:*');
    await untilHeard('first');
    const asked = new WeakSet<Relayed>();
    proxy.watch((chunk, way, connection) => {
      if (chunk.includes('subscribe')) asked.add(connection);
      return way === 'down' && asked.has(connection) ? 'drop' : 'pass';
    });
    proxy.reset();
    // An unhandled rejection would end the run here, as it ended the gateway.
    await until('it failed', () => errors.includes('Command timed out'), AGAIN_MS_MAX);
    proxy.watch(undefined);
    await untilHeard('second');
  });
});
