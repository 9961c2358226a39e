import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from './ports.js';
import { waitUntil, type LocalServer } from './processes.js';
import { startRedis } from './redis.js';
import { throwawayFolder } from './test-stores.js';

const MASTERS = 3;
const SLOTS = 16_384;
/** A master that does not answer for so long is taken for dead; its replica stands for election at once. */
const NODE_TIMEOUT_MS = 1_000;
const FORM_MS_MAX = 20_000;
const ASK_MS_MAX = 2_000;

export interface ClusterNode extends LocalServer {
  /** In the cluster, 40 hex digits. */
  id: string;
}

/** Three masters, and behind each, in the same place of `replicas`, its replica. */
export interface RedisCluster {
  /** As REDIS_MONEY_URL takes it. */
  url: string;
  masters: ClusterNode[];
  replicas: ClusterNode[];
  /** Starts one again that was killed, on its port and with its files. */
  restart(node: ClusterNode): Promise<void>;
  stop(): Promise<void>;
}

interface Place {
  dir: string;
  busPort: number;
}
type Options = { appendOnly?: 'always' | 'everysec' | 'off'; nodeTimeoutMs?: number };

/**
 * A Redis Cluster of the test's own on this machine, complete and in sync. A slot whose master is gone does not keep the
 * others from being served (`cluster-require-full-coverage no`).
 */
export async function startTestRedisCluster(options: Options = {}): Promise<RedisCluster> {
  const dir = throwawayFolder('redis-cluster');
  const starts = await Promise.allSettled(
    Array.from({ length: 2 * MASTERS }, async (_, k) =>
      startNode({ dir: join(dir, String(k)), busPort: await freePort() }, options),
    ),
  );
  const started = starts.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const stop = async () => {
    await Promise.all(started.map((node) => node.stop()));
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const failed = starts.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    await form(started);
  } catch (error) {
    await stop();
    throw error;
  }
  const [first, ...others] = started.map(({ port }) => `127.0.0.1:${port}`);
  const url = `redis://${first}?cluster=${others.join(',')}`;
  const restart = async (node: ClusterNode) => {
    const place = started.find(({ id }) => id === node.id)!;
    Object.assign(place, await startNode(place, options, place.port));
  };
  return { url, masters: started.slice(0, MASTERS), replicas: started.slice(MASTERS), restart, stop };
}

async function startNode(
  { dir, busPort }: Place,
  { appendOnly = 'always', nodeTimeoutMs = NODE_TIMEOUT_MS }: Options,
  port?: number,
): Promise<ClusterNode & Place> {
  const server = await startRedis({
    dir,
    port,
    appendOnly,
    extraArgs: [
      ...['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf'],
      ...['--cluster-node-timeout', String(nodeTimeoutMs), '--cluster-port', String(busPort)],
      ...['--cluster-require-full-coverage', 'no', '--repl-diskless-sync-delay', '0'],
    ],
  });
  return { ...server, id: (await askRedis(server.port, 'CLUSTER MYID')).trim(), dir, busPort };
}

async function form(nodes: (ClusterNode & Place)[]): Promise<void> {
  const masters = nodes.slice(0, MASTERS);
  for (const [k, { port }] of masters.entries()) {
    const from = Math.floor((k * SLOTS) / MASTERS);
    const to = Math.floor(((k + 1) * SLOTS) / MASTERS) - 1;
    await askRedis(port, `CLUSTER ADDSLOTSRANGE ${from} ${to}`);
    // Two masters of the same epoch would have to settle that first.
    await askRedis(port, `CLUSTER SET-CONFIG-EPOCH ${k + 1}`);
  }
  for (const { port, busPort } of nodes.slice(1))
    await askRedis(nodes[0]!.port, `CLUSTER MEET 127.0.0.1 ${port} ${busPort}`);
  const each = async (what: string, isSo: (node: ClusterNode, k: number) => Promise<boolean>) => {
    const all = async () => (await Promise.all(nodes.map(isSo))).every(Boolean);
    await waitUntil(all, { what: `a Redis Cluster: ${what}`, timeoutMs: FORM_MS_MAX });
  };
  const known = `cluster_known_nodes:${nodes.length}`;
  await each('all know each other', async ({ port }) =>
    (await askRedis(port, 'CLUSTER INFO')).includes(known),
  );
  for (const [k, { port }] of nodes.slice(MASTERS).entries())
    await askRedis(port, `CLUSTER REPLICATE ${masters[k]!.id}`);
  await each('it serves', async ({ port }) =>
    (await askRedis(port, 'CLUSTER INFO')).includes('cluster_state:ok'),
  );
  await each('replicas are in sync', async ({ port }, k) => {
    const info = await askRedis(port, 'INFO replication');
    return info.includes(k < MASTERS ? 'state=online' : 'master_link_status:up');
  });
  await each('all know the replicas', async ({ port }) => {
    const told = await askRedis(port, 'CLUSTER NODES');
    return (
      told.split('\n').filter((line) => / (myself,)?slave /.test(line)).length === nodes.length - MASTERS
    );
  });
}

/** One command, by a bare socket: its answer as text. Throws on an error. */
export function askRedis(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1', timeout: ASK_MS_MAX });
    socket.once('connect', () => socket.write(`${command}\r\n`));
    socket.on('data', (data) => {
      text += data.toString();
      const end = text.indexOf('\r\n');
      if (end === -1) return;
      const head = text.slice(1, end);
      const isWhole = text[0] !== '$' || text.length >= end + 4 + Number(head);
      if (!isWhole) return;
      socket.destroy();
      if (text[0] === '-') reject(new Error(`${command}: ${head}`));
      else resolve(text[0] === '$' ? text.slice(end + 2) : head);
    });
    socket.once('timeout', () => socket.destroy(new Error(`${command}: no answer on port ${port}`)));
    socket.once('error', reject);
  });
}
