import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureRedisServer, startRedis, throwawayFolder, type LocalServer } from '@app/local-stack';

const ask = async <T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> => {
  const redis = new Redis(url);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
};

describe('startRedis', () => {
  let folder: string;
  let running: LocalServer[];
  const start = async (options: { port?: number } = {}) => {
    const server = await startRedis({ dir: join(folder, 'redis'), ...options });
    running.push(server);
    return server;
  };

  beforeEach(() => {
    folder = throwawayFolder('redis-test');
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  it('writes every command to disk before it answers, and never evicts', async () => {
    const { url } = await start();
    const settings = await ask(url, (redis) =>
      redis.call('CONFIG', 'GET', 'append*', 'maxmemory-policy', 'save', 'bind', 'protected-mode'),
    );
    const pairs = settings as string[];
    const setting = (name: string) => pairs[pairs.indexOf(name) + 1];
    expect(setting('appendonly')).toBe('yes');
    expect(setting('appendfsync')).toBe('always');
    expect(setting('maxmemory-policy')).toBe('noeviction');
    expect(setting('save')).toBe('');
    expect(setting('bind')).toBe('127.0.0.1');
    expect(setting('protected-mode')).toBe('yes');
  });

  it('keeps what was acknowledged over kill -9 and starts again on the same port', async () => {
    const first = await start();
    await ask(first.url, (redis) => redis.set('kept', '7'));
    await first.kill();
    const second = await start({ port: first.port });
    expect(await ask(second.url, (redis) => redis.get('kept'))).toBe('7');
  });

  it('says in its error what Redis said, when its port is taken', async () => {
    const { port } = await start();
    await expect(startRedis({ dir: join(folder, 'other'), port })).rejects.toThrow(/Address already in use/);
  });
});

describe('ensureRedisServer', () => {
  const path = process.env.PATH;
  afterEach(() => {
    process.env.PATH = path;
  });

  it('tells in one line how to get redis-server where it is missing and nothing can fetch it', async () => {
    process.env.PATH = '/nonexistent';
    const message = await ensureRedisServer({ folders: [], managers: [] }).catch(
      (error: Error) => error.message,
    );
    expect(message).toMatch(
      /^redis-server 7\.0 or newer is needed .*apt-get install redis-server.*REDIS_URL.*$/,
    );
  });
});
