import { Redis, type RedisOptions } from 'ioredis';
import { clusterAddressOf, connectCluster } from './money-cluster.js';
import { isCluster, nodesOf } from './nodes.js';

export type { Redis } from 'ioredis';

/** How long one command on the money connection may take before its result counts as unknown. */
export const MONEY_COMMAND_TIMEOUT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 5_000;
/**
 * A connection on which something was asked and nothing at all came for so long is given up for a new one. A machine that went
 * away, or a NAT that forgot, sends no reset: a gateway then answered `busy` for as long as TCP sends again, some 15 minutes.
 */
const MONEY_SILENCE_MS_MAX = 5_000;
const SOCKETS_SILENCE_MS_MAX = 6_000;
/** BullMQ blocks for 10 s at most, on copies of its connection that have its settings. */
const QUEUE_SILENCE_MS_MAX = 12_000;
/** For a connection that only listens. */
const KEEP_ALIVE_MS = 10_000;
const RECONNECT_DELAY_MS_MAX = 1_000;
const SOCKETS_COMMAND_TIMEOUT_MS = 3_000;
/** Margin over the longest BLOCK of a blocking reader. */
const BLOCKING_MARGIN_MS = 5_000;

const reconnectDelayMs = (attempt: number) => Math.min(attempt * 50, RECONNECT_DELAY_MS_MAX);

export type OnError = (role: string, error: Error) => void;

function connect(role: string, url: string, options: RedisOptions, onError: OnError): Redis {
  const named = {
    ...{ connectionName: `hongbao-${role}`, connectTimeout: CONNECT_TIMEOUT_MS, keepAlive: KEEP_ALIVE_MS },
    ...options,
  };
  const cluster = clusterAddressOf(url);
  if (cluster) return connectCluster(role, cluster, named, reconnectDelayMs, onError);
  const client = new Redis(url, { retryStrategy: reconnectDelayMs, ...named });
  client.on('error', (error: Error) => onError(role, error));
  return client;
}

/**
 * Packets, claims and the outbox. Nothing is sent twice by the client: a command cut off by a lost connection rejects,
 * its result is unknown, and whoever asked asks again (the scripts are idempotent by packet and user). With ioredis's
 * defaults a cut command runs twice; with resending off alone its promise can hang (ioredis #2193), hence the timeouts.
 * The URL may name a cluster (money-cluster.ts); those of queues and sockets may not.
 */
export function connectMoney(url: string, onError: OnError): Redis {
  return connect(
    'money',
    url,
    {
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      commandTimeout: MONEY_COMMAND_TIMEOUT_MS,
      socketTimeout: MONEY_SILENCE_MS_MAX,
    },
    onError,
  );
}

/**
 * Reads the outbox with BLOCK; apart from `connectMoney`, because a blocked connection serves nobody else. On a cluster
 * nothing blocks (libs/packet-store): a node that hangs must not keep the others' claims waiting.
 */
export function connectOutboxReader(url: string, blockMs: number, onError: OnError): Redis {
  return connect(
    'outbox-reader',
    url,
    {
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      commandTimeout: clusterAddressOf(url) ? MONEY_COMMAND_TIMEOUT_MS : blockMs + BLOCKING_MARGIN_MS,
      socketTimeout: blockMs + BLOCKING_MARGIN_MS,
    },
    onError,
  );
}

/** BullMQ's connection. It asks for `maxRetriesPerRequest: null` and waits for Redis by itself. */
export function connectQueue(url: string, onError: OnError): Redis {
  return connect('queue', url, { maxRetriesPerRequest: null, socketTimeout: QUEUE_SILENCE_MS_MAX }, onError);
}

/** Socket.IO's adapter, presence and limits: may be lost. Commands don't wait for long. */
export function connectSockets(url: string, onError: OnError, more: RedisOptions = {}): Redis {
  const options = {
    ...{ maxRetriesPerRequest: 1, commandTimeout: SOCKETS_COMMAND_TIMEOUT_MS },
    socketTimeout: SOCKETS_SILENCE_MS_MAX,
    ...more,
  };
  return connect('sockets', url, options, onError);
}

/**
 * Hears what is published, for the adapter. It subscribes again by itself at each new connection, and makes a new one when that
 * fails. ioredis would let the failure go as an unhandled rejection, which ended the gateway when Redis died a moment after
 * it had come back (found by `disk-full-redis` of the fault runner), and forgets the channels. The error is told.
 */
export function connectSubscriber(url: string, onError: OnError): Redis {
  const client = connectSockets(url, onError, {
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
  });
  type Ask = (...channels: string[]) => Promise<unknown>;
  const failed = (error: Error) => onError('subscriber', error);
  for (const [add, remove] of [
    ['subscribe', 'unsubscribe'],
    ['psubscribe', 'punsubscribe'],
  ] as const) {
    const wanted = new Set<string>();
    const ask = client[add].bind(client) as Ask;
    const end = client[remove].bind(client) as Ask;
    const again = (error: Error) => {
      failed(error);
      if (client.status === 'ready') client.disconnect(true);
    };
    client[add] = ((...channels: (string | string[])[]) => {
      for (const channel of channels.flat()) wanted.add(channel);
      // Without a connection it is asked when there is one.
      return client.status === 'ready' ? ask(...channels.flat()).catch(again) : Promise.resolve(0);
    }) as typeof client.subscribe;
    client[remove] = ((...channels: (string | string[])[]) => {
      for (const channel of channels.flat()) wanted.delete(channel);
      return end(...channels.flat()).catch(failed);
    }) as typeof client.unsubscribe;
    client.on('ready', () => {
      if (wanted.size > 0) void ask(...wanted).catch(again);
    });
  }
  return client;
}

/**
 * For the adapter and the emitter, which don't wait for what they publish: a rejected publish would be an unhandled
 * rejection and end the process (seen when 500 people joined at once). A push may be lost; the error is told.
 */
export function connectPublisher(url: string, onError: OnError): Redis {
  const client = connectSockets(url, onError);
  const publish = client.publish.bind(client) as (...args: unknown[]) => Promise<number>;
  client.publish = ((...args: unknown[]) =>
    publish(...args).catch((error: Error) => {
      onError('publisher', error);
      return 0;
    })) as typeof client.publish;
  return client;
}

/** Looks at a server from aside, whatever the other connections are busy with; a look fails at once while the server is away. */
export function connectObserver(url: string, commandMsMax: number): Redis {
  const options = {
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    commandTimeout: commandMsMax,
  };
  // The connections that do the work tell of an outage.
  return connect('observer', url, options, () => {});
}

/** Resolves when the client can serve, a cluster's with every master; rejects after `timeoutMs`. */
export async function whenReady(client: Redis, timeoutMs: number): Promise<void> {
  await whenItselfReady(client, timeoutMs);
  if (isCluster(client)) await Promise.all(nodesOf(client).map((node) => whenItselfReady(node, timeoutMs)));
}

async function whenItselfReady(client: Redis, timeoutMs: number): Promise<void> {
  if (client.status === 'ready') return;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      client.off('ready', onReady);
      reject(new Error(`Redis did not answer within ${timeoutMs} ms`));
    }, timeoutMs);
    const onReady = () => {
      clearTimeout(timer);
      resolve();
    };
    timer.unref();
    client.once('ready', onReady);
  });
}
