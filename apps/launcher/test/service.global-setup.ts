import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { checkoutRoot, freePort, isAlive, removePostgres, throwawayFolder } from '@app/local-stack';
import { ConsoleReporter } from '../src/progress.js';
import { startService } from '../src/service.js';
import { withoutSettings } from '../src/settings.js';
import type { ServiceUnderTest } from './service-under-test.js';

const WARNINGS_TOLD_MAX = 40;
const WARNING_LENGTH_MAX = 500;

interface Started extends ServiceUnderTest {
  stop(): Promise<void>;
}

/**
 * A whole service for each worker of the project, started as `npm start` does, with data of its own. A project that is set
 * up after another takes that one's: their files do not run at the same time.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const workers = project.config.maxWorkers as number;
  const there = servicesOfOthers(project);
  if (there.length >= workers) {
    provide(project, there);
    return undefined;
  }
  const starts = await Promise.allSettled(
    Array.from({ length: workers }, (_, k) => start(`service ${k + 1}`)),
  );
  const started = starts.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const stop = async () => {
    await Promise.all(started.map((service) => service.stop()));
  };
  const failed = starts.find((one) => one.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  provide(
    project,
    started.map(({ url, env }) => ({ url, env })),
  );
  return stop;
}

function servicesOfOthers(project: TestProject): ServiceUnderTest[] {
  return project.vitest.projects.flatMap((other) =>
    other === project ? [] : (other.getProvidedContext().services ?? []),
  );
}

function provide(project: TestProject, services: ServiceUnderTest[]): void {
  project.provide('services', services);
  if (project.config.maxWorkers !== 1) return;
  project.provide('serviceUrl', services[0]!.url);
  project.provide('serviceEnv', services[0]!.env);
}

/** Settings of the person who runs the tests are left out: nobody's own database may be written to. */
async function start(name: string): Promise<Started> {
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
    reporter: new ConsoleReporter({ write: (text) => process.stdout.write(`[${name}] ${text}`) }),
  }).catch((error: unknown) => {
    removeData();
    throw error;
  });
  return {
    url: service.url,
    env: service.env,
    async stop() {
      const pids = Object.entries(service.pids);
      await service.stop();
      const left = pids.filter(([, pid]) => isAlive(pid));
      tellWarnings(name, join(dataDir, 'logs'));
      if (left.length > 0) throw new Error(`left behind after the stop: ${JSON.stringify(left)}`);
      removeData();
    },
  };
}

/** What the processes complained of goes with the folder; a test that failed once in many runs is explained by it, or not at all. */
function tellWarnings(name: string, folder: string): void {
  const warnings = readdirSync(folder)
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
    .filter((line) => /^\{"level":[456]0/.test(line));
  for (const line of warnings.slice(0, WARNINGS_TOLD_MAX))
    process.stdout.write(`[${name}] ${line.slice(0, WARNING_LENGTH_MAX)}\n`);
  const untold = warnings.length - WARNINGS_TOLD_MAX;
  if (untold > 0) process.stdout.write(`[${name}] and ${untold} more warnings\n`);
}
