import { nodesOf, type Redis } from '@app/redis';

export type RedisRole = 'money' | 'queues' | 'sockets';

/** How busy and how full one Redis server is, or all masters of a cluster. Counts are since its start, which `runId` names. */
export interface RedisLoad {
  runId: string;
  /** Of the server and its threads. A rewrite of the append-only file runs in a child, which counts only once it has ended. */
  cpuSeconds: number;
  memoryBytes: number;
  /** Undefined: no limit. */
  memoryBytesMax?: number;
  commands: number;
  clients: number;
}

export async function readRedisLoad(client: Redis): Promise<RedisLoad> {
  const infos = await Promise.all(
    nodesOf(client).map((node) => node.info('server', 'clients', 'memory', 'stats', 'cpu')),
  );
  return infos.map(redisLoadOf).reduce(added);
}

function added(a: RedisLoad, b: RedisLoad): RedisLoad {
  const isLimited = a.memoryBytesMax !== undefined && b.memoryBytesMax !== undefined;
  return {
    runId: `${a.runId} ${b.runId}`,
    cpuSeconds: a.cpuSeconds + b.cpuSeconds,
    memoryBytes: a.memoryBytes + b.memoryBytes,
    ...(isLimited ? { memoryBytesMax: a.memoryBytesMax! + b.memoryBytesMax! } : {}),
    commands: a.commands + b.commands,
    clients: a.clients + b.clients,
  };
}

/** From the text that INFO answers. Throws when a figure is missing: 0 would be a claim. */
export function redisLoadOf(info: string): RedisLoad {
  const fields = new Map(info.split('\r\n').map((line) => line.split(':', 2) as [string, string]));
  const figure = (name: string) => {
    const value = Number.parseFloat(fields.get(name) ?? '');
    if (!Number.isFinite(value)) throw new Error(`INFO without ${name}`);
    return value;
  };
  const runId = fields.get('run_id');
  if (!runId) throw new Error('INFO without run_id');
  const memoryBytesMax = figure('maxmemory');
  return {
    runId,
    cpuSeconds: figure('used_cpu_user') + figure('used_cpu_sys'),
    memoryBytes: figure('used_memory'),
    ...(memoryBytesMax > 0 ? { memoryBytesMax } : {}),
    commands: figure('total_commands_processed'),
    clients: figure('connected_clients'),
  };
}

/** Where roles share one server it is told once, under the first of them. */
export function withoutRepeats(
  loads: readonly { role: RedisRole; load: RedisLoad }[],
): { role: RedisRole; load: RedisLoad }[] {
  return loads.filter(({ load }, k) => loads.findIndex((other) => other.load.runId === load.runId) === k);
}
