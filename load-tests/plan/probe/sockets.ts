import { startTestRedis } from '@app/local-stack';
import { connectSockets, whenReady } from '@app/redis';
import type { CostName } from '../costs.ts';
import { cpuSeconds, splitCost } from './cpu.ts';

const CHANNEL = 'plan';
const FEW_SUBSCRIBERS = 5;
const MANY_SUBSCRIBERS = 105;
const MESSAGES = 2_000;
const MESSAGE_BYTES = 2_400;
const AT_ONCE = 20;
const READY_MS_MAX = 5_000;

/** What one message to all gateways costs the Redis between them, for each gateway that listens. */
export async function measureSockets(): Promise<Partial<Record<CostName, number>>> {
  const server = await startTestRedis({ appendOnly: 'off' });
  const say = (role: string, error: Error) => console.error(role, error.message);
  const publisher = connectSockets(server.url, say);
  const gateways = Array.from({ length: MANY_SUBSCRIBERS }, () => connectSockets(server.url, say));
  try {
    await Promise.all([publisher, ...gateways].map((client) => whenReady(client, READY_MS_MAX)));
    const message = 'x'.repeat(MESSAGE_BYTES);
    const publish = async (listening: number) => {
      const before = cpuSeconds(server.pid);
      for (let k = 0; k < MESSAGES; k += AT_ONCE)
        await Promise.all(Array.from({ length: AT_ONCE }, () => publisher.publish(CHANNEL, message)));
      return { total: (cpuSeconds(server.pid) - before) * 1e6, calls: MESSAGES, items: MESSAGES * listening };
    };
    await Promise.all(gateways.slice(0, FEW_SUBSCRIBERS).map((one) => one.subscribe(CHANNEL)));
    const few = await publish(FEW_SUBSCRIBERS);
    await Promise.all(gateways.slice(FEW_SUBSCRIBERS).map((one) => one.subscribe(CHANNEL)));
    return { 'sockets.delivery': splitCost(few, await publish(MANY_SUBSCRIBERS)).each };
  } finally {
    for (const client of [publisher, ...gateways]) client.disconnect();
    await server.stop();
  }
}
