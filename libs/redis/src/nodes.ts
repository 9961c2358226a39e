import { Cluster, Command, type Redis } from 'ioredis';

const asCluster = (client: Redis): Cluster | undefined =>
  (client as unknown) instanceof Cluster ? (client as unknown as Cluster) : undefined;

export const isCluster = (client: Redis): boolean => asCluster(client) !== undefined;

/** Connections to the servers behind a client: of a cluster its masters, as last heard; else the client itself. */
export function nodesOf(client: Redis): Redis[] {
  return asCluster(client)?.nodes('master') ?? [client];
}

/** Asked of a few keys, again and again: gates and streams. */
const slotByKey = new Map<string, number>();

function slotOfKey(key: string): number {
  let slot = slotByKey.get(key);
  if (slot === undefined) slotByKey.set(key, (slot = new Command('get', [key]).getSlot()));
  return slot;
}

/** The connection to the server that serves one of a few keys, as last heard; undefined while a cluster has none. */
export function nodeOfKey(client: Redis, key: string): Redis | undefined {
  const cluster = asCluster(client);
  if (!cluster) return client;
  const address = cluster.slots[slotOfKey(key)]?.[0];
  return cluster.nodes('master').find(({ options }) => `${options.host}:${options.port}` === address);
}

/**
 * Told whenever it may have changed which nodes a cluster has and what they serve. A single Redis never tells. Not before
 * the cluster is ready: its own check sends a command to a node that nobody uses yet, or gives the whole cluster up.
 */
export function onNodesChanged(client: Redis, tell: () => void): void {
  const cluster = asCluster(client);
  const tellWhenReady = () => {
    if (cluster?.status === 'ready') tell();
  };
  cluster?.on('ready', tellWhenReady);
  cluster?.on('refresh', tellWhenReady);
  tellWhenReady();
}

const NOT_SERVED = /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN|READONLY|MASTERDOWN) /;

/**
 * Whether a node refused a command that was sent to it and no further, because it does not serve the key (any more):
 * then nothing ran. Asks the cluster who does.
 */
export function isNotServedThere(client: Redis, error: Error): boolean {
  if (!NOT_SERVED.test(error.message)) return false;
  asCluster(client)?.refreshSlotsCache();
  return true;
}
