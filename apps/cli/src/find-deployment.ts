import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

export type Environment = Record<string, string | undefined>;

export interface FoundDeployment {
  databaseUrl: string;
  moneyUrl: string;
  queueUrl: string;
  seedKey?: string;
}

/** What apps/launcher writes into the data folder, as far as it matters here. */
const runSchema = z.object({
  databaseUrl: z.string(),
  redisUrl: z.string(),
  env: z.record(z.string(), z.string()).optional(),
});
const secretsSchema = z.object({ SEED_KEY: z.string() });

/** Says what a person has to do, in one line. */
export class NoDeploymentError extends Error {}

const SEED_KEY = /^[0-9a-f]{64}$/;
const STORES = ['DATABASE_URL', 'REDIS_URL', 'REDIS_MONEY_URL', 'REDIS_QUEUE_URL'] as const;

/**
 * The stores of the deployment to look at: those of the environment, else those of the service that runs here, by the
 * `run.json` that `npm start` writes. Where the environment names another Postgres than that service's, nothing of that
 * service is taken: half of one deployment beside half of another would look like a catastrophe.
 */
export function findDeployment(env: Environment, dataDir: string): FoundDeployment {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value));
  const running = runningSettings(dataDir);
  const sameService = STORES.every((name) => !given[name] || given[name] === running[name]);
  const settings: Environment = sameService ? { ...running, ...given } : given;
  const { DATABASE_URL: databaseUrl, REDIS_URL, REDIS_MONEY_URL, REDIS_QUEUE_URL } = settings;
  const moneyUrl = REDIS_MONEY_URL ?? REDIS_URL;
  const queueUrl = REDIS_QUEUE_URL ?? REDIS_URL;
  if (!databaseUrl || !moneyUrl || !queueUrl) {
    throw new NoDeploymentError(
      'no deployment found: run `npm start` in another terminal, or set DATABASE_URL and REDIS_URL',
    );
  }
  const seedKey =
    settings.SEED_KEY ??
    (sameService ? readRecord(join(dataDir, 'secrets.json'), secretsSchema).SEED_KEY : undefined);
  if (seedKey && !SEED_KEY.test(seedKey)) {
    throw new NoDeploymentError('SEED_KEY must be 64 lower-case hex characters');
  }
  return { databaseUrl, moneyUrl, queueUrl, ...(seedKey ? { seedKey } : {}) };
}

/** Its own settings, and where an older record has only the URLs, those. */
function runningSettings(dataDir: string): Environment {
  const { databaseUrl, redisUrl, env } = readRecord(join(dataDir, 'run.json'), runSchema);
  if (!databaseUrl || !redisUrl) return {};
  return { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, ...env };
}

/** Nothing where there is no such file, or while a start has written only the half of it. */
function readRecord<T extends object>(file: string, schema: z.ZodType<T>): Partial<T> {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
