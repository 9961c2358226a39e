import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { checkoutRoot, freePort, isAlive, removePostgres, throwawayFolder } from '@app/local-stack';
import { ConsoleReporter } from '../src/progress.js';
import { startService } from '../src/service.js';
import { withoutSettings } from '../src/settings.js';

declare module 'vitest' {
  export interface ProvidedContext {
    serviceUrl: string;
    /** The settings that its processes got: DATABASE_URL, REDIS_URL, JWT_SECRET and all others. */
    serviceEnv: Record<string, string>;
  }
}

/**
 * The whole service for the project `e2e`, started as `npm start` does, with data of its own. Settings of the person who
 * runs the tests are left out: nobody's own database may be written to.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = throwawayFolder('service');
  const dataDir = join(folder, 'data');
  const removeData = () => {
    removePostgres(join(dataDir, 'postgres'));
    rmSync(folder, { recursive: true, force: true });
  };
  const service = await startService({
    root: checkoutRoot,
    dataDir,
    env: {
      ...withoutSettings(process.env),
      NODE_ENV: 'development',
      PORT: String(await freePort()),
      DEMO_ROBOTS: '0',
    },
    reporter: new ConsoleReporter({ write: (text) => process.stdout.write(`[service] ${text}`) }),
  }).catch((error: unknown) => {
    removeData();
    throw error;
  });
  project.provide('serviceUrl', service.url);
  project.provide('serviceEnv', service.env);
  return async () => {
    const pids = Object.entries(service.pids);
    await service.stop();
    const left = pids.filter(([, pid]) => isAlive(pid));
    if (left.length > 0) throw new Error(`left behind after the stop: ${JSON.stringify(left)}`);
    removeData();
  };
}
