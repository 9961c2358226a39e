import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { removePostgres, startPostgres, startRedis, throwawayFolder } from '@app/local-stack';

declare module 'vitest' {
  export interface ProvidedContext {
    databaseUrl: string;
    redisUrl: string;
  }
}

/** One real Postgres and one real Redis for the project `integration`, with the durability of the service. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = throwawayFolder('stores');
  const say = (line: string) => console.log(`[stores] ${line}`);
  const started = await Promise.allSettled([
    startPostgres({ dir: join(folder, 'postgres'), onProgress: say }),
    startRedis({ dir: join(folder, 'redis'), onProgress: say }),
  ]);
  const teardown = async () => {
    await Promise.all(
      started.map(async (server) => (server.status === 'fulfilled' ? server.value.stop() : undefined)),
    );
    removePostgres(join(folder, 'postgres'));
    rmSync(folder, { recursive: true, force: true });
  };
  const [postgres, redis] = started;
  if (postgres.status === 'rejected' || redis.status === 'rejected') {
    await teardown();
    throw [postgres, redis].find((server) => server.status === 'rejected')?.reason;
  }
  project.provide('databaseUrl', postgres.value.url);
  project.provide('redisUrl', redis.value.url);
  return teardown;
}
