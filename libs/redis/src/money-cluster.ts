import { Cluster, type Redis, type RedisOptions } from 'ioredis';
import type { OnError } from './redis-clients.js';

/** `redis://a:6379?cluster`, or with more nodes to begin at: `redis://a:6379?cluster=b:6379,c:6379`. */
const CLUSTER_PARAMETER = 'cluster';
const DEFAULT_PORT = 6_379;
/** A failover in which no command is answered MOVED is seen within this: a node that hangs answers nothing at all. */
const SLOTS_REFRESH_MS = 1_000;
const REDIRECTIONS_MAX = 4;

export interface ClusterAddress {
  nodes: { host: string; port: number }[];
  access: Pick<RedisOptions, 'username' | 'password' | 'tls'>;
}

/** Undefined for a URL of a single Redis. All nodes share the user, the password and TLS (`rediss:`). */
export function clusterAddressOf(url: string): ClusterAddress | undefined {
  const { searchParams, hostname, port, username, password, protocol } = new URL(url);
  const others = searchParams.get(CLUSTER_PARAMETER);
  if (others === null) return undefined;
  const nodes = others
    .split(',')
    .filter(Boolean)
    .map((address) => {
      const { hostname: host, port: itsPort } = new URL(`redis://${address}`);
      return { host, port: Number(itsPort || DEFAULT_PORT) };
    });
  return {
    nodes: [{ host: hostname, port: Number(port || DEFAULT_PORT) }, ...nodes],
    access: {
      ...(username && { username: decodeURIComponent(username) }),
      ...(password && { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' && { tls: {} }),
    },
  };
}

/**
 * A cluster with the promises of a single money connection: nothing that may have run is sent again. ioredis sends a
 * command again by itself for four reasons; of these MOVED, ASK and TRYAGAIN mean that nothing ran and are followed, at
 * most four times. The fourth is a connection that closed under it, and by default it is then sent to another node,
 * where it would run a second time: off (`retryDelayOnFailover`). CLUSTERDOWN is told to whoever asked rather than
 * waited for. It has every method of Redis, so it is passed on as one; what asks a server and not a key (INFO, TIME,
 * SCAN, WAIT) goes by `nodesOf` and `nodeOfKey`.
 */
export function connectCluster(
  role: string,
  { nodes, access }: ClusterAddress,
  options: RedisOptions,
  retryDelayMs: (attempt: number) => number,
  onError: OnError,
): Redis {
  const client = new Cluster(nodes, {
    clusterRetryStrategy: retryDelayMs,
    enableOfflineQueue: false,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    maxRedirections: REDIRECTIONS_MAX,
    slotsRefreshInterval: SLOTS_REFRESH_MS,
    redisOptions: { ...options, ...access },
  });
  client.on('error', (error: Error) => onError(role, error));
  // Of one node; the others go on.
  client.on('node error', (error: Error, address: string) =>
    onError(`${role} node`, Object.assign(error, { message: `${address}: ${error.message}` })),
  );
  // ioredis connects to a node at its first command and refuses the second until that has worked.
  const meetMasters = () => {
    for (const node of client.nodes('master'))
      if (node.status === 'wait') node.connect().catch(() => undefined);
  };
  client.on('ready', meetMasters);
  client.on('refresh', () => client.status === 'ready' && meetMasters());
  return client as unknown as Redis;
}
